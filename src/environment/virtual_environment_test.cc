#include "environment/virtual_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "action/sandbox.h"
#include "io/files.h"
#include "made_wheel.h"

namespace assay {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Environment : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(fs::temp_directory_path(), "environment-test");
    ASSERT_TRUE(made) << made.error().message;
    folder_.emplace(*std::move(made));
    auto store = Store::open(folder_->path() / "store");
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(*std::move(store));
    auto host = find_interpreter("host");
    ASSERT_TRUE(host) << host.error().message;
    interpreter_ = *std::move(host);
  }

  Result<> make(const std::vector<MadeWheel>& wheels) {
    std::vector<WheelFile> files;
    for (const auto& wheel : wheels) files.push_back(wheel.put(*store_));
    if (const auto removed = remove_tree(env()); !removed) return removed;
    return make_environment(*store_, interpreter_, files, env(), "/env");
  }

  std::string refusal(const std::vector<MadeWheel>& wheels) {
    const auto made = make(wheels);
    if (made) return "made";
    EXPECT_EQ(made.error().kind, ErrorKind::invalid_input) << made.error().message;
    return made.error().message;
  }

  std::string run(std::vector<std::string> argv) {
    SandboxCommand command;
    command.argv = std::move(argv);
    command.environment = {{"PATH", "/env/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
    for (const auto& root : interpreter_.roots) command.mounts.push_back({root, root, false});
    command.mounts.push_back({env(), "/env", false});
    const auto result = run_sandboxed(command);
    if (!result) return result.error().message;
    return result->output + (result->ok() ? "" : result->describe());
  }

  fs::path env() const { return folder_->path() / "env"; }
  fs::path site_packages() const {
    return env() / "lib" / ("python" + interpreter_.version) / "site-packages";
  }
  Store& store() { return *store_; }
  const Interpreter& interpreter() const { return interpreter_; }

 private:
  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  Interpreter interpreter_;
};

MadeWheel demo() {
  MadeWheel wheel;
  wheel.files = {
      {"demo/__init__.py", "class Tool:\n  @staticmethod\n  def main(): print('tool')\n"}};
  return wheel;
}

}  // namespace

TEST_F(Environment, IsAVirtualEnvironmentToPython) {
  ASSERT_TRUE(make({}));
  EXPECT_EQ(run({"python", "-c", "import sys; print(sys.prefix, sys.prefix != sys.base_prefix)"}),
            "/env True\n");
  EXPECT_EQ(run({"python", "-c",
                 "import sysconfig as s; print(s.get_path('purelib'), s.get_path('scripts'))"}),
            "/env/lib/python" + interpreter().version + "/site-packages /env/bin\n");
  EXPECT_EQ(
      run({"python3", "-c", "import pip"}).find("ModuleNotFoundError: No module named 'pip'") !=
          std::string::npos,
      true);
}

TEST_F(Environment, WheelIsInstalledAsTheFieldExpects) {
  auto wheel = demo();
  wheel.files[wheel.dist_info() + "/entry_points.txt"] =
      "[console_scripts]\ntool = demo:Tool.main\n\n[other]\nnot-a-script = demo\n";
  wheel.files["demo-1.0.data/scripts/old-style"] = "#!python\nprint('old style')\n";
  wheel.files["demo-1.0.data/scripts/plain"] = "#!/bin/sh\necho plain\n";
  wheel.files["demo-1.0.data/data/share/demo/words"] = "words";
  wheel.files["demo-1.0.data/headers/demo.h"] = "#pragma once\n";
  wheel.files["demo-1.0.data/platlib/demo_native.py"] = "x = 1\n";
  const auto made = make({wheel});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(run({"tool"}), "tool\n");
  EXPECT_EQ(run({"old-style"}), "old style\n");
  EXPECT_EQ(run({"plain"}), "plain\n");
  EXPECT_EQ(read_file(env() / "share/demo/words").value_or(""), "words");
  EXPECT_TRUE(
      fs::exists(env() / "include/site" / ("python" + interpreter().version) / "demo/demo.h"));
  EXPECT_FALSE(fs::exists(env() / "bin/not-a-script"));
  EXPECT_EQ(run({"python", "-c",
                 "import demo_native\n"
                 "from importlib.metadata import distribution\n"
                 "d = distribution('demo')\n"
                 "print(d.version, d.read_text('INSTALLER').strip())\n"
                 "print(sorted(str(f) for f in d.files if not f.locate().is_file()))\n"
                 "print(len(d.files), all(f.hash for f in d.files if f.name != 'RECORD'))\n"}),
            "1.0 assay\n[]\n12 True\n");
}

TEST_F(Environment, NothingIsCompiledAndNothingIsRun) {
  auto wheel = demo();
  wheel.files["demo.pth"] = "open('" + (env() / "ran").string() + "', 'w')\n";
  ASSERT_TRUE(make({wheel}));
  for (const auto& entry : fs::recursive_directory_iterator(site_packages())) {
    EXPECT_NE(entry.path().extension(), ".pyc");
  }
  EXPECT_FALSE(fs::exists(env() / "ran"));
}

TEST_F(Environment, LongPrefixStillStartsPython) {
  auto wheel = demo();
  wheel.files[wheel.dist_info() + "/entry_points.txt"] = "[gui_scripts]\ntool = demo:Tool.main\n";
  const std::string prefix = "/" + std::string(150, 'e');
  ASSERT_TRUE(make_environment(store(), interpreter(), {wheel.put(store())}, env(), prefix));
  SandboxCommand command;
  command.argv = {prefix + "/bin/tool"};
  for (const auto& root : interpreter().roots) command.mounts.push_back({root, root, false});
  command.mounts.push_back({env(), prefix, false});
  const auto result = run_sandboxed(command);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->output, "tool\n");
}

TEST_F(Environment, RecordThatLiesIsRefused) {
  auto changed = demo();
  changed.files[changed.dist_info() + "/RECORD"] =
      "demo/__init__.py,sha256=AAAA,3\ngone.py,sha256=AAAA,1\ndemo-1.0.dist-info/RECORD,,\n";
  EXPECT_THAT(refusal({changed}), AllOf(HasSubstr("demo-1.0-py3-none-any.whl"),
                                        HasSubstr("another digest for demo/__init__.py"),
                                        HasSubstr("another size for demo/__init__.py"),
                                        HasSubstr("gone.py, which is not there"),
                                        HasSubstr("demo-1.0.dist-info/METADATA is not in RECORD")));
}

TEST_F(Environment, WheelsThatMeetAreRefusedUnlessTheyAgree) {
  auto first = demo();
  auto second = demo();
  second.name = "other";
  EXPECT_EQ(refusal({first, second}), "made");
  second.files["demo/__init__.py"] = "print('another')\n";
  EXPECT_THAT(refusal({first, second}),
              AllOf(HasSubstr("other-1.0"), HasSubstr("site-packages/demo/__init__.py")));
  second.files = {{"demo", "a file where a folder is"}};
  EXPECT_THAT(refusal({first, second}), HasSubstr("site-packages/demo"));
}

TEST_F(Environment, WheelCannotReplaceTheEnvironmentItself) {
  for (const std::string path : {"bin/python", "pyvenv.cfg", "lib64/evil.py"}) {
    auto wheel = demo();
    wheel.files["demo-1.0.data/data/" + path] = "evil";
    EXPECT_THAT(refusal({wheel}), HasSubstr("where something else already is")) << path;
  }
  auto script = demo();
  script.files[script.dist_info() + "/entry_points.txt"] =
      "[console_scripts]\npython = demo:Tool.main\n";
  EXPECT_THAT(refusal({script}), HasSubstr("bin/python"));
}

TEST_F(Environment, OddWheelsAreRefused) {
  auto unknown = demo();
  unknown.files["demo-1.0.data/kernel/module"] = "x";
  EXPECT_THAT(refusal({unknown}), HasSubstr("no place for demo-1.0.data/kernel/module"));

  auto injected = demo();
  injected.files[injected.dist_info() + "/entry_points.txt"] =
      "[console_scripts]\n../../evil = demo:Tool.main\n";
  EXPECT_NE(refusal({injected}), "made");

  auto foreign = demo();
  foreign.tag = "cp27-cp27m-win32";
  EXPECT_THAT(refusal({foreign}), HasSubstr("not for Python"));

  const auto garbage = store().blobs.put("no zip at all");
  ASSERT_TRUE(garbage);
  EXPECT_FALSE(make_environment(store(), interpreter(),
                                {{"demo-1.0-py3-none-any.whl", garbage->digest}}, env(), "/env"));
}

TEST_F(Environment, WheelThatTheStoreLostIsNotFound) {
  const auto made = make_environment(
      store(), interpreter(), {{"demo-1.0-py3-none-any.whl", sha256("lost")}}, env(), "/env");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
}

TEST_F(Environment, CheckOfAGoodWheelPasses) {
  const auto checked = check_wheel(store(), demo().put(store()));
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST_F(Environment, CheckTellsAllThatIsWrong) {
  auto wheel = demo();
  wheel.files[wheel.dist_info() + "/METADATA"] =
      "Metadata-Version: 2.1\nName: other\nVersion: 2.0\n";
  wheel.files[wheel.dist_info() + "/WHEEL"] = "Wheel-Version: 2.0\nTag: cp39-cp39-win32\n";
  wheel.files["second-1.0.dist-info/METADATA"] = "x";
  const auto checked = check_wheel(store(), wheel.put(store()));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(checked.error().message,
              AllOf(HasSubstr("METADATA is of other"), HasSubstr("METADATA is of version 2.0"),
                    HasSubstr("WHEEL is not of version 1"), HasSubstr("other tags"),
                    HasSubstr("second-1.0.dist-info")));
}

TEST_F(Environment, CheckWantsTheFileNamesNameAndVersion) {
  auto wheel = demo().put(store());
  wheel.file_name = "renamed-3.0-py3-none-any.whl";
  const auto checked = check_wheel(store(), wheel);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              HasSubstr("its .dist-info folder is called demo-1.0.dist-info"));
}

TEST_F(Environment, MembersAreReadByName) {
  auto wheel = demo();
  wheel.files["vendored/x-1.dist-info/entry_points.txt"] = "not this one";
  const auto file = wheel.put(store());
  EXPECT_THAT(wheel_member(store(), file, "METADATA").value_or("none"), HasSubstr("Name: demo"));
  EXPECT_EQ(wheel_member(store(), file, "entry_points.txt").value_or("none"), "");
  EXPECT_FALSE(wheel_member(store(), {file.file_name, sha256("lost")}, "METADATA"));
}

}  // namespace assay
