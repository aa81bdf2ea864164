#include "publish/release.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>

#include "io/files.h"
#include "io/subprocess.h"
#include "sample_release.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Time at(std::string_view text) { return parse_time(text).value(); }

class Publish : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-publish-");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_.emplace(*std::move(folder));
    set_ = folder_->path() / "set";
    ASSERT_TRUE(make_directories(set_));
    auto store = Store::open(folder_->path() / "store");
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(*std::move(store));
  }

  ReleasedWheel wheel(const std::string& name, const std::string& version,
                      std::string_view more = "") {
    return sample_wheel(*store_, name, version, more);
  }

  Result<Release> publish_at(const ReleaseContent& content, std::string_view time) {
    return publish(*store_, set_, content, at(time));
  }

  // One that must succeed.
  Release release(const ReleaseContent& content, std::string_view time = "2026-01-01T00:00:00Z") {
    auto made = publish_at(content, time);
    EXPECT_TRUE(made) << made.error().message;
    return made.value_or(Release());
  }

  std::string text(const Release& release, std::string_view path) {
    const auto bytes = read_file(release.folder / path);
    EXPECT_TRUE(bytes) << bytes.error().message;
    return bytes.value_or("");
  }

  Json json(const Release& release, std::string_view path) {
    return parse_json(text(release, path)).value();
  }

  std::string refusal(const ReleaseContent& content) {
    const auto made = publish_at(content, "2026-01-01");
    EXPECT_FALSE(latest_release(set_)) << "nothing was published";
    if (made) return "";
    EXPECT_EQ(made.error().kind, ErrorKind::invalid_input);
    return made.error().message;
  }

  std::set<std::string> names_in_releases() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(set_ / "releases")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  std::optional<TemporaryDirectory> folder_;
  fs::path set_;
  std::optional<Store> store_;
};

TEST_F(Publish, WritesAWholeReleaseAndPointsAtIt) {
  const auto made = release(sample_content({wheel("Flask", "3.1.0"), wheel("click", "8.1")}));
  EXPECT_EQ(made.number, 1u);
  EXPECT_FALSE(made.unchanged);
  EXPECT_EQ(made.folder, set_ / "releases" / "1");
  EXPECT_EQ(made.digest, sha256(text(made, "manifest.json")));
  EXPECT_EQ(fs::read_symlink(set_ / "releases" / "latest"), "1");
  const auto latest = latest_release(set_);
  ASSERT_TRUE(latest);
  EXPECT_EQ(latest->number, 1u);
  EXPECT_EQ(latest->digest, made.digest);
  const auto checked = check_release(made.folder);
  EXPECT_TRUE(checked) << checked.error().message;

  std::set<std::string> paths;
  const auto manifest = json(made, "manifest.json");
  for (const auto& [path, entry] : manifest["files"].items()) {
    paths.insert(path);
    EXPECT_EQ(entry["sha256"], sha256(text(made, path)).hex());
    EXPECT_EQ(entry["size"], fs::file_size(made.folder / path));
  }
  EXPECT_THAT(
      paths,
      ElementsAre("evidence/click-8.1.json", "evidence/flask-3.1.0.json",
                  "files/click-8.1-py3-none-any.whl", "files/click-8.1-py3-none-any.whl.metadata",
                  "files/flask-3.1.0-py3-none-any.whl",
                  "files/flask-3.1.0-py3-none-any.whl.metadata", "index.html",
                  "report/click-8.1.html", "report/flask-3.1.0.html", "requirements-3.11.txt", "sbom.cdx.json", "simple/click/index.html",
                  "simple/click/index.json", "simple/flask/index.html", "simple/flask/index.json",
                  "simple/index.html", "simple/index.json"))
      << "no vulnerability is known, and OpenVEX has no document without statements";
  EXPECT_THAT(names_in_releases(), ElementsAre(".lock", "1", "latest"));
  const auto mode = fs::status(made.folder).permissions();
  EXPECT_NE(mode & fs::perms::others_exec, fs::perms::none) << "a web server may enter";
}

TEST_F(Publish, WritesTheJsonPagesOfPep691And700) {
  const auto flask = wheel("Flask", "3.1.0", "Requires-Python: >=3.9,<4\n");
  const auto older = wheel("Flask", "3.0.10");
  auto content = sample_content({flask, older});
  content.wheels[1].pythons.clear();
  const auto made = release(content);
  EXPECT_EQ(json(made, "simple/index.json"),
            Json::parse(R"({"meta": {"api-version": "1.1"}, "projects": [{"name": "flask"}]})"));
  const auto page = json(made, "simple/flask/index.json");
  EXPECT_EQ(page["meta"]["api-version"], "1.1");
  EXPECT_EQ(page["name"], "flask");
  EXPECT_EQ(page["versions"], Json({"3.0.10", "3.1.0"}));
  ASSERT_EQ(page["files"].size(), 2u);
  const auto& file = page["files"][1];
  EXPECT_EQ(file["filename"], "flask-3.1.0-py3-none-any.whl");
  EXPECT_EQ(file["url"], "../../files/flask-3.1.0-py3-none-any.whl");
  EXPECT_EQ(file["hashes"]["sha256"], flask.digest.hex());
  EXPECT_EQ(file["core-metadata"]["sha256"], sha256(flask.metadata_text).hex());
  EXPECT_EQ(file["requires-python"], flask.metadata.requires_python.str());
  EXPECT_EQ(file["size"], fs::file_size(made.folder / "files/flask-3.1.0-py3-none-any.whl"));
  EXPECT_EQ(file["upload-time"], "2026-01-01T00:00:00Z");
  EXPECT_FALSE(page["files"][0].contains("requires-python"));
}

TEST_F(Publish, WritesTheHtmlPagesOfPep503) {
  const auto flask = wheel("Flask", "3.1.0+local.1", "Requires-Python: >=3.9\n");
  const auto made = release(sample_content({flask}));
  EXPECT_THAT(text(made, "simple/index.html"), HasSubstr("<a href=\"flask/\">flask</a>"));
  const auto page = text(made, "simple/flask/index.html");
  EXPECT_THAT(page, HasSubstr("<meta name=\"pypi:repository-version\" content=\"1.1\">"));
  const auto metadata = sha256(flask.metadata_text).hex();
  EXPECT_THAT(page,
              HasSubstr("<a href=\"../../files/flask-3.1.0%2Blocal.1-py3-none-any.whl#sha256=" +
                        flask.digest.hex() + "\" data-requires-python=\"&gt;=3.9\"" +
                        " data-core-metadata=\"sha256=" + metadata +
                        "\" data-dist-info-metadata=\"sha256=" + metadata +
                        "\">flask-3.1.0+local.1-py3-none-any.whl</a>"));
  EXPECT_EQ(text(made, "files/flask-3.1.0+local.1-py3-none-any.whl.metadata"), flask.metadata_text);
}

TEST_F(Publish, WritesARequirementsFileForEachPython) {
  const auto flask = wheel("Flask", "3.1.0");
  const auto click = wheel("click", "8.1");
  auto content = sample_content({flask, click});
  content.pythons = {"3.11", "3.12"};
  content.wheels[0].pythons = {"3.11", "3.12"};
  const auto made = release(content);
  const auto both = text(made, "requirements-3.11.txt");
  EXPECT_THAT(both, StartsWith("# The set sample for Python 3.11"));
  EXPECT_EQ(both.substr(both.find('\n') + 1),
            "click==8.1 \\\n    --hash=sha256:" + click.digest.hex() +
                "\nflask==3.1.0 \\\n    --hash=sha256:" + flask.digest.hex() + "\n");
  EXPECT_THAT(text(made, "requirements-3.12.txt"), Not(HasSubstr("click==")));
}

TEST_F(Publish, EscapesWhatComesFromPackages) {
  auto content = sample_content(
      {wheel("evil", "1", "Summary: <script>alert(1)</script> & \"quotes\" \x1b\n")});
  content.set_name = "<b>set</b>";
  const auto made = release(content);
  const auto page = text(made, "index.html");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;"));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
}

TEST_F(Publish, ShowsVerdictsOnTheOverview) {
  auto content = sample_content({wheel("flask", "3.1.0")});
  Verdict verdict{Name::normalize("flask"), "3.1.0", Decision::published, {}};
  verdict.reasons.push_back({Reason::Weight::accepted, "tests", "t", "", "", "A"});
  content.evidence["flask-3.1.0.json"] = {{"verdict", to_json(verdict)}};
  content.evidence["set.json"] = {{"verdict", "no verdict at all"}};
  const auto page = text(release(content), "index.html");
  EXPECT_THAT(page, HasSubstr("<a href=\"report/flask-3.1.0.html\">flask</a>"));
  EXPECT_THAT(page, HasSubstr("1 accepted by a person"));
  EXPECT_THAT(page, HasSubstr("<a href=\"files/flask-3.1.0-py3-none-any.whl\">"));
  EXPECT_THAT(page, HasSubstr("<a href=\"requirements-3.11.txt\">"));
}

TEST_F(Publish, MakesNoNewReleaseOfTheSameContent) {
  const auto content = sample_content({wheel("flask", "3.1.0")});
  const auto first = release(content, "2026-01-01T00:00:00Z");
  const auto second = release(content, "2026-02-01T00:00:00Z");
  EXPECT_TRUE(second.unchanged);
  EXPECT_EQ(second.number, 1u);
  EXPECT_EQ(second.digest, first.digest);
  EXPECT_THAT(names_in_releases(), ElementsAre(".lock", "1", "latest"));
}

TEST_F(Publish, IsDeterministic) {
  const auto content = sample_content({wheel("flask", "3.1.0"), wheel("click", "8.1")});
  auto reordered = content;
  std::ranges::reverse(reordered.wheels);
  const auto first = release(content);
  set_ = folder_->path() / "other";
  ASSERT_TRUE(make_directories(set_));
  EXPECT_EQ(release(reordered).digest, first.digest);
}

TEST_F(Publish, KeepsTheUploadTimeOfAWheelThatWasThereBefore) {
  const auto flask = wheel("flask", "3.1.0");
  release(sample_content({flask}), "2026-01-01T00:00:00Z");
  auto content = sample_content({flask, wheel("flask", "3.2.0")});
  content.wheels[0].pythons.clear();
  const auto second = release(content, "2026-02-01T00:00:00Z");
  EXPECT_EQ(second.number, 2u);
  const auto page = json(second, "simple/flask/index.json");
  EXPECT_EQ(page["files"][0]["upload-time"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(page["files"][1]["upload-time"], "2026-02-01T00:00:00Z");
  EXPECT_TRUE(check_release(set_ / "releases" / "1")) << "the old one stays as it was";
}

TEST_F(Publish, StaysWholeWhenTheStoreIsCleaned) {
  const auto made = release(sample_content({wheel("flask", "3.1.0")}));
  ASSERT_TRUE(remove_tree(folder_->path() / "store"));
  EXPECT_TRUE(check_release(made.folder));
}

TEST_F(Publish, NumbersOnlyGrow) {
  release(sample_content({wheel("flask", "1")}));
  release(sample_content({wheel("flask", "2")}));
  ASSERT_TRUE(remove_tree(set_ / "releases" / "2"));  // while `latest` still names it
  ASSERT_TRUE(make_directories(set_ / "releases" / "007"));
  EXPECT_EQ(release(sample_content({wheel("flask", "2")})).number, 3u);
  ASSERT_TRUE(make_directories(set_ / "releases" / "10"));
  EXPECT_EQ(release(sample_content({wheel("flask", "3")})).number, 11u);
}

TEST_F(Publish, ReplacesADamagedRelease) {
  const auto content = sample_content({wheel("flask", "1")});
  const auto first = release(content);
  ASSERT_TRUE(fs::remove(first.folder / "files/flask-1-py3-none-any.whl"));
  const auto second = release(content);
  EXPECT_EQ(second.number, 2u);
  EXPECT_TRUE(check_release(second.folder));
}

TEST_F(Publish, RefusesContentThatMakesNoIndex) {
  const auto flask = wheel("flask", "1");
  auto content = sample_content({flask});
  content.wheels[0].file_name = "../flask-1-py3-none-any.whl";
  EXPECT_THAT(refusal(content), HasSubstr("its file name is not a plain one"));
  content.wheels[0].file_name = "click-1-py3-none-any.whl";
  EXPECT_THAT(refusal(content), HasSubstr("its metadata is that of flask 1"));
  content.wheels[0].file_name = "flask-1.tar.gz";
  EXPECT_THAT(refusal(content), HasSubstr("the wheel flask-1.tar.gz can't be published"));
  EXPECT_THAT(refusal(sample_content({flask, flask})), HasSubstr("two wheels are named"));
  EXPECT_THAT(refusal(sample_content({flask, wheel("flask", "2")})),
              HasSubstr("two versions of flask for Python 3.11: 1 and 2"));
  content = sample_content({flask});
  content.wheels[0].pythons = {"3.12"};
  EXPECT_THAT(refusal(content), HasSubstr("is for Python 3.12, which the release is not"));
  for (const std::string name : {"../x.json", "/x.json", "a/../x.json", "", ".x", "a//b"}) {
    content = sample_content({flask});
    content.evidence[name] = Json::object();
    EXPECT_THAT(refusal(content), HasSubstr("no name for an evidence file")) << name;
  }
  content = sample_content({flask});
  content.pythons = {"../3.11"};
  content.wheels[0].pythons.clear();
  EXPECT_THAT(refusal(content), HasSubstr("no Python: \"../3.11\""));
}

TEST_F(Publish, WithoutTheWheelInTheStoreLeavesTheOldRelease) {
  release(sample_content({wheel("flask", "1")}));
  auto content = sample_content({wheel("flask", "2")});
  const auto blob = store_->blobs.path_of(content.wheels[0].digest);
  ASSERT_TRUE(fs::remove(blob));
  const auto missing = publish_at(content, "2026-01-01");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("flask-2-py3-none-any.whl"));
  std::ofstream(blob) << "something else";
  const auto damaged = publish_at(content, "2026-01-01");
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("missing or damaged in the store"));
  EXPECT_EQ(latest_release(set_)->number, 1u);
  EXPECT_TRUE(check_release(set_ / "releases" / "1"));
}

// A limit on the size of files stands for a disk that is full: a write ends in an error.
TEST_F(Publish, ThatCanNotWriteLeavesTheOldRelease) {
  release(sample_content({wheel("flask", "1")}));
  auto content = sample_content({wheel("flask", "2")});
  content.evidence["long.json"] = std::string(1 << 20, 'x');
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{64 << 10, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto made = publish_at(content, "2026-01-01");
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::io);
  EXPECT_THAT(made.error().message, HasSubstr("long.json: "));
  EXPECT_THAT(names_in_releases(), ElementsAre(".lock", "1", "latest"));
  EXPECT_TRUE(check_release(latest_release(set_)->folder));
  EXPECT_EQ(release(content).number, 2u) << "the next run goes on";
}

TEST_F(Publish, ClearsAwayWhatACrashedRunLeft) {
  release(sample_content({wheel("flask", "1")}));
  const auto releases = set_ / "releases";
  ASSERT_TRUE(make_directories(releases / ".new-abc" / "files"));
  ASSERT_TRUE(write_file(releases / ".new-abc" / "files" / "half.whl", "half"));
  fs::create_symlink("1", releases / ".new-latest");
  release(sample_content({wheel("flask", "2")}));
  EXPECT_THAT(names_in_releases(), ElementsAre(".lock", "1", "2", "latest"));
}

TEST_F(Publish, GoesOnWhereACrashLeftTheLinkBehind) {
  const auto content = sample_content({wheel("flask", "2")});
  release(sample_content({wheel("flask", "1")}));
  release(content);
  fs::remove(set_ / "releases" / "latest");
  fs::create_symlink("1", set_ / "releases" / "latest");  // the second was whole, not yet named
  const auto made = release(content);
  EXPECT_EQ(made.number, 2u);
  EXPECT_FALSE(made.unchanged) << "it is new to whoever follows the link";
  EXPECT_EQ(latest_release(set_)->number, 2u);
}

TEST_F(Publish, LetsOnlyOneRunPublish) {
  release(sample_content({wheel("flask", "1")}));
  const auto lock = FileLock::acquire(set_ / "releases" / ".lock");
  ASSERT_TRUE(lock);
  EXPECT_FALSE(publish_at(sample_content({wheel("flask", "2")}), "2026-01-01"));
}

// System calls that leave everything as it is: there is nothing to be seen between two of them.
bool changes_nothing(std::uint64_t call) {
  constexpr long calls[] = {SYS_read,  SYS_close,    SYS_mmap,          SYS_munmap, SYS_brk,
                            SYS_lseek, SYS_fstat,    SYS_newfstatat,    SYS_futex,  SYS_getdents64,
                            SYS_fcntl, SYS_mprotect, SYS_rt_sigprocmask};
  return std::ranges::find(calls, static_cast<long>(call)) != std::end(calls);
}

enum class Traced { killed, succeeded, failed, untraceable };

// Runs `body` in a child that is killed as it enters its `fatal`th system call that may change
// something, counted from 0.
Traced run_until_killed(const std::function<bool()>& body, int fatal) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(2);
    ::raise(SIGSTOP);
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return Traced::untraceable;
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (int calls = 0;;) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? Traced::succeeded : Traced::failed;
    if (WIFSIGNALED(status)) return Traced::killed;
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return Traced::untraceable;
    }
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || changes_nothing(info.entry.nr)) continue;
    if (calls++ == fatal) ::kill(child, SIGKILL);
  }
}

// The child is killed at each step that it takes; what `latest` names is a whole release, every
// time, and the next child clears up and goes on.
TEST_F(Publish, LeavesAWholeReleaseWheneverItIsKilled) {
  const ReleaseContent contents[] = {sample_content({wheel("flask", "1")}),
                                     sample_content({wheel("flask", "2")})};
  release(contents[0]);
  std::uint64_t highest = 1;
  for (int fatal = 0;; ++fatal) {
    ASSERT_LT(fatal, 2000) << "publishing does not end";
    const auto before = latest_release(set_).value();
    const bool has_first = fs::exists(before.folder / "files/flask-1-py3-none-any.whl");
    const auto& next = contents[has_first ? 1 : 0];
    const auto ended = run_until_killed(
        [&] { return publish(*store_, set_, next, at("2026-01-01")).has_value(); }, fatal);
    if (ended == Traced::untraceable) GTEST_SKIP() << "this machine lets nobody trace";
    ASSERT_NE(ended, Traced::failed) << "step " << fatal;
    const auto latest = latest_release(set_);
    ASSERT_TRUE(latest) << latest.error().message;
    const auto checked = check_release(latest->folder);
    ASSERT_TRUE(checked) << "step " << fatal << ": " << checked.error().message;
    ASSERT_GE(latest->number, highest);
    highest = latest->number;
    if (ended == Traced::succeeded) break;
  }
  EXPECT_GT(highest, 1u);
  for (const auto& name : names_in_releases()) EXPECT_THAT(name, Not(StartsWith(".new-")));
}

TEST_F(Publish, LatestOfASetWithoutReleaseIsNotFound) {
  const auto latest = latest_release(set_);
  ASSERT_FALSE(latest);
  EXPECT_EQ(latest.error().kind, ErrorKind::not_found);
}

TEST_F(Publish, CheckNamesWhateverIsNotAsItWas) {
  const auto made = release(sample_content({wheel("flask", "1")}));
  const auto file = made.folder / "simple/index.html";
  ASSERT_TRUE(fs::remove(file));
  std::ofstream(file) << "changed";
  ASSERT_TRUE(fs::remove(made.folder / "evidence/flask-1.json"));
  std::ofstream(made.folder / "files/extra.whl") << "x";
  fs::create_symlink("/etc/passwd", made.folder / "link");
  const auto checked = check_release(made.folder);
  ASSERT_FALSE(checked);
  const auto& message = checked.error().message;
  EXPECT_THAT(message, HasSubstr("simple/index.html was changed"));
  EXPECT_THAT(message, HasSubstr("evidence/flask-1.json is missing"));
  EXPECT_THAT(message, HasSubstr("files/extra.whl does not belong there"));
  EXPECT_THAT(message, HasSubstr("link is no file"));
}

TEST_F(Publish, CheckRefusesAManifestThatIsNone) {
  const auto made = release(sample_content({wheel("flask", "1")}));
  for (
      const std::string_view manifest :
      {"", "[]", "{}", R"({"format": "assay-release/2", "set": "s", "files": {}})",
       R"({"format": "assay-release/1", "set": "s"})",
       R"({"format": "assay-release/1", "set": "s", "files": {"a": {"sha256": "x", "size": 1}}})"}) {
    ASSERT_TRUE(write_file(made.folder / "manifest.json", manifest));
    EXPECT_FALSE(check_release(made.folder)) << manifest;
  }
}

// pip itself, on the folder as it lies on the disk.
TEST_F(Publish, PipInstallsFromTheFolder) {
  const auto python = find_program("python3");
  if (!python) GTEST_SKIP() << "no python3";
  const auto made = release(sample_content(
      {wheel("Sample.App", "1.0", "Requires-Dist: sample-lib>=2\nRequires-Python: >=3.8\n"),
       wheel("sample-lib", "2.1+local.7")}));
  Command command;
  command.argv = {python->string(),
                  "-m",
                  "pip",
                  "--isolated",
                  "install",
                  "--no-cache-dir",
                  "--disable-pip-version-check",
                  "--require-hashes",
                  "--only-binary",
                  ":all:",
                  "--index-url",
                  "file://" + (made.folder / "simple").string(),
                  "--target",
                  (folder_->path() / "installed").string(),
                  "-r",
                  (made.folder / "requirements-3.11.txt").string()};
  const auto done = run_command(command);
  ASSERT_TRUE(done) << done.error().message;
  if (done->err.find("No module named pip") != std::string::npos) GTEST_SKIP() << "no pip";
  EXPECT_TRUE(done->ok()) << done->out << done->err;
  EXPECT_TRUE(fs::exists(folder_->path() / "installed" / "sample_app.py"));
  EXPECT_TRUE(fs::exists(folder_->path() / "installed" / "sample_lib.py"));
}

}  // namespace
}  // namespace assay
