#include "build/builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "io/files.h"
#include "made_wheel.h"
#include "store/tree.h"

namespace assay {

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A back end that tests add hooks to: pack() writes a wheel as the specification says.
constexpr const char* backend_head = R"(
import base64, hashlib, os, subprocess, sys, zipfile

def record_line(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\n" % (path, digest, len(data))

def pack(folder, files, name="demo", version="1.0", tag="py3-none-any"):
    info = "%s-%s.dist-info/" % (name, version)
    files = dict(files)
    files[info + "METADATA"] = ("Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version)).encode()
    files[info + "WHEEL"] = ("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: %s\n" % tag).encode()
    record = "".join(record_line(p, d) for p, d in files.items()) + info + "RECORD,,\n"
    files[info + "RECORD"] = record.encode()
    wheel = "%s-%s-%s.whl" % (name, version, tag)
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return wheel
)";

// build_wheel with this body, which may use `folder`.
std::string build_hook(const std::string& body) {
  return "\ndef build_wheel(folder, config_settings=None, metadata_directory=None):\n" + body;
}

class Builder : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(fs::temp_directory_path(), "builder-test");
    ASSERT_TRUE(made) << made.error().message;
    folder_.emplace(*std::move(made));
    open_store("store");
    auto host = find_interpreter("host");
    ASSERT_TRUE(host) << host.error().message;
    interpreter_ = *std::move(host);
  }

  void open_store(const std::string& name) {
    auto store = Store::open(folder_->path() / name);
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(*std::move(store));
    actions_.emplace(*store_);
  }

  BuildRequest request(const std::string& backend, std::map<std::string, std::string> files = {}) {
    files["hooks/backend.py"] = backend_head + backend;
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      const auto blob = store_->blobs.put(text).value();
      entries.push_back({path, blob.digest, blob.size, false, ""});
    }
    BuildRequest made;
    made.name = Name::normalize("demo");
    made.version = "1.0";
    made.tree = put_tree(store_->blobs, Tree(std::move(entries))).value();
    made.system.backend = "backend";
    made.system.backend_path = {"hooks"};
    made.limits.wall = std::chrono::seconds(60);
    made.limits.cpu = std::chrono::seconds(60);
    made.limits.processes = 64;
    made.limits.disk_bytes = 64 << 20;
    return made;
  }

  BuildOutcome build(const BuildRequest& made) {
    const auto outcome = build_wheel(*actions_, interpreter_, made, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(BuildOutcome{});
  }
  BuildOutcome build(const std::string& body) { return build(request(build_hook(body))); }

  BuildOutcome ask(const BuildRequest& made) {
    const auto outcome = required_for_build(*actions_, interpreter_, made, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(BuildOutcome{});
  }

  BuildOutcome metadata(const std::string& backend) {
    const auto outcome = metadata_of_wheel(*actions_, interpreter_, request(backend), {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(BuildOutcome{});
  }

  std::string log(const BuildOutcome& outcome) {
    const auto digest = Digest::parse(outcome.log);
    return digest ? store_->blobs.get(*digest).value_or("lost") : "none";
  }

  Store& store() { return *store_; }
  ActionRunner& actions() { return *actions_; }
  const Interpreter& interpreter() const { return interpreter_; }

 private:
  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
  Interpreter interpreter_;
};

}  // namespace

TEST_F(Builder, MakesAWheelFromSource) {
  const auto outcome =
      build("    print('at work')\n    return pack(folder, {'demo.py': b'x = 1\\n'})\n");
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.wheel.file_name, "demo-1.0-py3-none-any.whl");
  EXPECT_TRUE(store().blobs.has(outcome.wheel.digest));
  EXPECT_THAT(wheel_member(store(), outcome.wheel, "METADATA").value_or(""),
              HasSubstr("Name: demo"));
  EXPECT_EQ(log(outcome), "at work\n");
  EXPECT_GT(outcome.cpu_seconds, 0);
}

// prepare_metadata_for_build_wheel with this body, which may use `folder`; no wheel can be built.
std::string metadata_hook(const std::string& body) {
  return "\ndef prepare_metadata_for_build_wheel(folder, config_settings=None):\n" + body +
         build_hook("    raise Exception('no wheel was asked for')\n");
}

TEST_F(Builder, AsksForMetadataWithoutAWheel) {
  const auto outcome = metadata(metadata_hook(
      "    os.mkdir(folder + '/demo-1.0.dist-info')\n"
      "    open(folder + '/demo-1.0.dist-info/METADATA', 'w').write('Name: d\\u00e9mo\\n')\n"
      "    return 'demo-1.0.dist-info'\n"));
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.metadata, "Name: d\u00e9mo\n");
}

TEST_F(Builder, TakesMetadataOutOfTheWheelWhereTheBackEndHasNoHookForIt) {
  const auto outcome = metadata(build_hook("    return pack(folder, {})\n"));
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.metadata, StartsWith("Metadata-Version: 2.1\nName: demo\n"));
}

TEST_F(Builder, RefusesMetadataThatIsNone) {
  EXPECT_THAT(metadata(metadata_hook("    return 'nowhere'\n")).failure, HasSubstr("FileNotFoundError"));
  EXPECT_THAT(metadata(metadata_hook("    raise Exception('no metadata today')\n")).failure,
              AllOf(StartsWith("prepare_metadata_for_build_wheel"), HasSubstr("no metadata today")));
  EXPECT_NE(metadata(metadata_hook("    os.mkdir(folder + '/i')\n"
                                   "    open(folder + '/i/METADATA', 'w').write('x' * (5 << 20))\n"
                                   "    return 'i'\n")).failure, "");
}

TEST_F(Builder, CompilesC) {
  const auto outcome = build(request(
      build_hook(
          "    subprocess.run(['cc', '-shared', '-fPIC', '-o', 'demo.so', 'demo.c'], check=True)\n"
          "    return pack(folder, {'demo.so': open('demo.so', 'rb').read()})\n"),
      {{"demo.c", "#include <stdio.h>\nint answer(void) { return puts(\"42\"); }\n"}}));
  EXPECT_EQ(outcome.failure, "");
  EXPECT_FALSE(outcome.wheel.file_name.empty());
}

TEST_F(Builder, SeesAFixedWorld) {
  const auto outcome = build(
      "    for name in sorted(os.environ): print(name, os.environ[name])\n"
      "    print(os.getcwd(), sys.path[0], os.path.isdir(os.environ['HOME']), os.getuid())\n"
      "    return pack(folder, {})\n");
  EXPECT_EQ(log(outcome),
            "HOME /tmp/home\nLANG C.UTF-8\nPATH /build/env/bin:/usr/bin:/bin\nPWD /build/src\n"
            "PYTHONDONTWRITEBYTECODE 1\nPYTHONHASHSEED 0\nSOURCE_DATE_EPOCH 315532800\nTZ UTC\n"
            "/build/src /build/src/hooks True 1000\n");
}

TEST_F(Builder, DoesEachThingOnce) {
  const std::string once = "    return pack(folder, {'random': os.urandom(16)})\n";
  const auto first = build(once);
  EXPECT_EQ(build(once).wheel.digest, first.wheel.digest);
  auto later = request(build_hook(once));
  later.source_date_epoch += 1;
  EXPECT_NE(build(later).wheel.digest, first.wheel.digest);
  auto narrower = request(build_hook(once));
  narrower.limits.processes -= 1;
  EXPECT_NE(build(narrower).wheel.digest, first.wheel.digest);
}

TEST_F(Builder, SameInputsGiveTheSameBytesAnywhere) {
  const std::string body =
      "    names = {('n%d' % i, 1) for i in range(50)}\n"
      "    return pack(folder, {'order': repr(names).encode(), 'here': repr([os.getcwd(), "
      "sys.prefix, "
      "os.uname().nodename, os.getpid()]).encode()})\n";
  const auto first = build(body);
  open_store("another-store");
  EXPECT_EQ(build(body).wheel.digest, first.wheel.digest);
}

TEST_F(Builder, BackendComesFromTheToolchain) {
  MadeWheel tool;
  tool.name = "toolkit";
  tool.files = {{"toolkit/__init__.py",
                 std::string(backend_head) +
                     "class api:\n"
                     "  @staticmethod\n"
                     "  def build_wheel(folder, settings=None, metadata=None):\n"
                     "    return pack(folder, {'demo.py': open('demo.py', 'rb').read()})\n"}};
  auto made = request("raise Exception('not this one')\n", {{"demo.py", "x = 1\n"}});
  made.system.backend = "toolkit:api";
  made.system.backend_path = {};
  EXPECT_THAT(build(made).failure, HasSubstr("No module named 'toolkit'"));
  made.toolchain = {tool.put(store())};
  EXPECT_EQ(build(made).failure, "");
  // PEP 517: with a backend-path, the back end must lie there.
  made.system.backend_path = {"hooks"};
  EXPECT_THAT(build(made).failure, HasSubstr("does not come from its backend-path"));
}

TEST_F(Builder, AsksTheBackendForMore) {
  EXPECT_THAT(ask(request("def get_requires_for_build_wheel(settings=None):\n"
                          "    return ['setuptools>=61', 'cffi; python_version>\"3\"']\n"))
                  .requirements,
              ElementsAre("setuptools>=61", "cffi; python_version>\"3\""));
  const auto none = ask(request(build_hook("    return ''\n")));
  EXPECT_EQ(none.failure, "");
  EXPECT_TRUE(none.requirements.empty());
}

TEST_F(Builder, BackendThatAsksForNonsenseFails) {
  EXPECT_THAT(
      ask(request("def get_requires_for_build_wheel(settings=None): return ['>>>']\n")).failure,
      HasSubstr("no requirement"));
  EXPECT_THAT(ask(request("def get_requires_for_build_wheel(settings=None): return [1]\n")).failure,
              HasSubstr("no requirement"));
  EXPECT_THAT(
      ask(request("def get_requires_for_build_wheel(settings=None): return [set()]\n")).failure,
      HasSubstr("not JSON serializable"));
}

TEST_F(Builder, FailureNamesTheCauseAndKeepsTheLog) {
  const auto outcome = build("    print('step 1')\n    raise ValueError('no such switch')\n");
  EXPECT_EQ(outcome.failure, "build_wheel exited with 1: ValueError: no such switch");
  EXPECT_THAT(log(outcome), AllOf(StartsWith("step 1\n"), HasSubstr("Traceback")));
  EXPECT_TRUE(outcome.wheel.file_name.empty());
}

TEST_F(Builder, BuildThatHangsFails) {
  auto made = request(build_hook("    import time; time.sleep(600)\n"));
  made.limits.wall = std::chrono::seconds(1);
  EXPECT_EQ(build(made).failure, "build_wheel ran longer than 1 s");
}

TEST_F(Builder, BuildThatForksWithoutEndFails) {
  EXPECT_THAT(build("    while True: os.fork()\n").failure,
              StartsWith("build_wheel ran more than 64 processes"));
}

TEST_F(Builder, BuildThatTriesTheNetworkFails) {
  EXPECT_THAT(
      build("    import socket\n    socket.create_connection(('192.0.2.1', 443), 5)\n").failure,
      HasSubstr("Network is unreachable"));
}

TEST_F(Builder, BuildThatWritesOutsideFails) {
  for (const std::string path : {"/usr/lib/evil", "/build/env/evil", "/build/driver.py", "/evil"}) {
    EXPECT_THAT(build("    open('" + path + "', 'w')\n").failure,
                HasSubstr("Read-only file system"))
        << path;
  }
}

TEST_F(Builder, BuildThatFillsTheDiskFails) {
  EXPECT_THAT(build("    with open('big', 'wb') as f:\n"
                    "        while True: f.write(bytes(1 << 20))\n")
                  .failure,
              StartsWith("build_wheel wrote more than 64 MiB"));
}

TEST_F(Builder, OneGoodWheelOrNone) {
  EXPECT_THAT(build("    return 'demo-1.0-py3-none-any.whl'\n").failure,
              HasSubstr("made 0 wheels"));
  EXPECT_THAT(build("    pack(folder, {}, version='2.0'); return pack(folder, {})\n").failure,
              HasSubstr("made 2 wheels"));
  EXPECT_THAT(build("    pack(folder, {}); return 'x.whl'\n").failure,
              HasSubstr("names another wheel"));
  EXPECT_THAT(build("    return pack(folder, {}, name='other')\n").failure,
              HasSubstr("is other 1.0, not demo 1.0"));
  EXPECT_THAT(build("    return pack(folder, {}, version='1.1')\n").failure,
              HasSubstr("is demo 1.1, not demo 1.0"));
  EXPECT_THAT(build("    open(folder + '/demo-1.0-py3-none-any.whl', 'w').write('no zip')\n"
                    "    return 'demo-1.0-py3-none-any.whl'\n")
                  .failure,
              HasSubstr("malformed"));
  EXPECT_THAT(build("    open(folder + '/demo.whl', 'w')\n    return 'demo.whl'\n").failure,
              HasSubstr("its wheel's name"));
}

TEST_F(Builder, LinksToThisMachinesFilesAreNotFollowed) {
  EXPECT_THAT(build("    os.symlink('/etc/passwd', folder + '/demo-1.0-py3-none-any.whl')\n"
                    "    return 'demo-1.0-py3-none-any.whl'\n")
                  .failure,
              HasSubstr("its wheel is not a file"));
  EXPECT_THAT(
      build("    os.symlink('/etc/passwd', folder + '/../answer.json'); os._exit(0)\n").failure,
      HasSubstr("ended without an answer"));
  EXPECT_THAT(build("    os.mkfifo(folder + '/../answer.json'); os._exit(0)\n").failure,
              HasSubstr("ended without an answer"));
  EXPECT_THAT(build("    open(folder + '/../answer.json', 'w').write('{'); os._exit(0)\n").failure,
              HasSubstr("can't be read"));
}

TEST_F(Builder, BadToolchainIsTheBuildsFailure) {
  MadeWheel broken;
  broken.files[broken.dist_info() + "/RECORD"] = "";
  auto made = request(build_hook("    return pack(folder, {})\n"));
  made.toolchain = {broken.put(store())};
  EXPECT_THAT(build(made).failure, HasSubstr("its build environment can't be made"));
}

TEST_F(Builder, LostTreeIsAnError) {
  auto made = request(build_hook("    return pack(folder, {})\n"));
  made.tree = sha256("lost");
  const auto outcome = build_wheel(actions(), interpreter(), made, {});
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, StartsWith("demo 1.0: "));
}

TEST_F(Builder, StopIsAnErrorAndIsNotKept) {
  const auto made = request(build_hook("    return pack(folder, {})\n"));
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = build_wheel(actions(), interpreter(), made, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(build(made).failure, "");
}

}  // namespace assay
