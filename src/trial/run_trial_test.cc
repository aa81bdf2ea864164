#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "io/files.h"
#include "io/subprocess.h"
#include "made_wheel.h"
#include "store/tree.h"
#include "trial/trial.h"

namespace assay {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = TestReport::State;
using Files = std::map<std::string, std::string>;

class RunTrialTest : public testing::Test {
 protected:
  RunTrialTest()
      : folder_(TemporaryDirectory::create(fs::temp_directory_path(), "assay-trial-").value()),
        store_(Store::open(folder_.path() / "store").value()),
        actions_(store_) {}

  // A package "demo" with one module, and its tree.
  TrialRequest request(const Files& tree) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : tree) {
      const auto blob = store_.blobs.put(text).value();
      entries.push_back({.path = path, .digest = blob.digest, .size = blob.size});
    }
    MadeWheel demo;
    demo.files = {{"demo/__init__.py", "answer = 42\n"}};
    TrialRequest request{.name = Name::normalize("demo"),
                         .version = "1.0",
                         .tree = put_tree(store_.blobs, Tree(std::move(entries))).value(),
                         .plan = {},
                         .wheels = {demo.put(store_)},
                         .limits = {}};
    request.plan.present = true;
    request.plan.paths = {"tests"};
    request.plan.how = "tests: tests";
    request.limits.wall = std::chrono::seconds(120);
    return request;
  }

  Result<TestReport> try_run(const TrialRequest& request) {
    return run_trial(actions_, find_interpreter("host").value(), request, {});
  }

  TestReport run(const TrialRequest& request) {
    auto report = try_run(request);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(TestReport{});
  }

  TemporaryDirectory folder_;
  Store store_;
  ActionRunner actions_;
};

// Whoever controls the tests controls the process that runs them. Here a package of pytest's name
// does what a hostile test could do.
class HostileTrialTest : public RunTrialTest {
 protected:
  TrialRequest behaving(const std::string& script) {
    auto request = this->request({{"demo/__init__.py", "answer = 'from the source'\n"},
                                  {"tests/test_demo.py", "import demo\n"}});
    MadeWheel pytest{.name = "pytest", .version = "1.0", .tag = "py3-none-any", .files = {}};
    pytest.files = {{"pytest/__init__.py", ""},
                    {"pytest/__main__.py",
                     "import os, sys, json, time\n"
                     "def tell(**members):\n"
                     "    with open('/trial/out/outcomes.jsonl', 'a') as file:\n"
                     "        file.write(json.dumps(members) + '\\n')\n" +
                         script}};
    request.wheels.push_back(pytest.put(store_));
    return request;
  }
};

TEST_F(HostileTrialTest, TestsSeeTheWheelAndNotTheSource) {
  const auto report = run(behaving(
      "import demo\n"
      "tell(id='x', status='passed', seconds=1.5, message=f'{demo.answer} {demo.__file__}')\n"
      "tell(id='tree', status='skipped', seconds=0, message=' '.join(sorted(os.listdir('.'))))\n"
      "tell(id='words', status='failed', seconds=0, message=' '.join(sys.argv))\n"
      "tell(end=1)\n"
      "print('said on the way')\n"
      "sys.exit(1)\n"));
  EXPECT_EQ(report.state, State::ran) << report.reason;
  ASSERT_EQ(report.outcomes.size(), 3U);
  EXPECT_THAT(report.outcomes[0].message, AllOf(HasSubstr("42 /trial/env/"), HasSubstr("demo")));
  EXPECT_DOUBLE_EQ(report.outcomes[0].seconds, 1.5);
  EXPECT_EQ(report.outcomes[1].message, "tests");
  EXPECT_THAT(report.outcomes[2].message, HasSubstr("--rootdir=/trial/src /trial/src/tests"));
  EXPECT_EQ(report.how, "tests: tests");
  EXPECT_EQ(report.junit, "");
  EXPECT_THAT(store_.blobs.get(Digest::parse(report.log).value()).value(),
              HasSubstr("said on the way"));
}

// Fails at first, then tells how it ends again: in words, or by the code that ends the process.
TEST_F(HostileTrialTest, WhatFailsIsRunAgainAndIsFlakyOnlyIfItPasses) {
  const std::string first =
      "if not os.path.exists('/trial/again/tests.json'):\n"
      "    os.symlink('/etc/passwd', '/trial/out/outcomes.jsonl.old')\n"
      "    tell(id='good', status='passed', seconds=0, message='')\n"
      "    tell(id='bad', status='failed', seconds=0, message='at first')\n"
      "    tell(end=1)\n"
      "    sys.exit(1)\n"
      "assert json.load(open('/trial/again/tests.json')) == ['bad']\n"
      "assert os.listdir('/trial/out') == []\n";
  const auto ends = [&](const std::string& again) {
    const auto report = run(behaving(first + again));
    EXPECT_EQ(report.state, State::ran) << report.reason;
    EXPECT_EQ(report.outcomes.size(), 2U);
    return std::string(to_string(report.outcomes.back().status));
  };
  EXPECT_EQ(ends("tell(id='bad', status='passed', seconds=0, message='')\ntell(end=0)\n"), "flaky");
  EXPECT_EQ(ends("tell(id='bad', status='failed', seconds=0, message='')\ntell(end=1)\n"), "failed");
  EXPECT_EQ(ends("tell(id='bad', status='skipped', seconds=0, message='')\ntell(end=0)\n"), "failed");
  EXPECT_EQ(ends("tell(id='bad', status='passed', seconds=0, message='')\nos._exit(0)\n"), "failed");
  EXPECT_EQ(ends("tell(id='other', status='passed', seconds=0, message='')\ntell(end=0)\n"), "failed");
  EXPECT_EQ(ends("open('/trial/again/tests.json', 'w')\n"), "failed");
}

TEST_F(HostileTrialTest, ASuccessWithoutAnEndIsNone) {
  const auto report =
      run(behaving("tell(id='a', status='passed', seconds=0, message='')\nos._exit(0)\n"));
  EXPECT_EQ(report.state, State::incomplete);
  EXPECT_THAT(report.reason, HasSubstr("before its session did"));
}

TEST_F(HostileTrialTest, ADamagedListIsNoList) {
  const auto report =
      run(behaving("open('/trial/out/outcomes.jsonl', 'w').write('garbage\\n')\n"
                   "open('/trial/out/junit.xml', 'w').write('<testsuite><testcase "
                   "name=\"a\"/></testsuite>')\n"));
  EXPECT_EQ(report.state, State::incomplete);
  EXPECT_THAT(report.reason, HasSubstr("list of outcomes"));
}

TEST_F(HostileTrialTest, LinksAreNotFollowedOutOfTheSandbox) {
  const auto secret = folder_.path() / "secret";
  ASSERT_TRUE(write_file(secret, "<testsuite><testcase name='stolen'/></testsuite>"));
  const auto report =
      run(behaving("for name in ('junit.xml', 'outcomes.jsonl'):\n"
                   "    os.symlink('" +
                   secret.string() + "', '/trial/out/' + name)\n"));
  EXPECT_EQ(report.state, State::incomplete);
  EXPECT_EQ(report.junit, "");
  EXPECT_THAT(report.outcomes, IsEmpty());
}

TEST_F(HostileTrialTest, JunitStandsInForAMissingList) {
  const auto report =
      run(behaving("open('/trial/out/junit.xml', 'w').write('<testsuite><testcase "
                   "name=\"a\"/></testsuite>')\n"));
  EXPECT_EQ(report.state, State::ran) << report.reason;
  ASSERT_EQ(report.outcomes.size(), 1U);
  EXPECT_EQ(report.outcomes[0].id, "a");
  EXPECT_THAT(store_.blobs.get(Digest::parse(report.junit).value()).value(), HasSubstr("testcase"));
}

TEST_F(HostileTrialTest, ExitCodesSayWhatHappened) {
  const std::map<std::string, std::pair<State, std::string>> ends = {
      {"2", {State::incomplete, "interrupted: boom"}},
      {"3", {State::incomplete, "internal error"}},
      {"4", {State::impossible, "could not start: boom"}},
      {"5", {State::impossible, "collected no tests"}},
      {"77", {State::incomplete, "77"}},
      {"0", {State::impossible, "could not start"}}};
  for (const auto& [code, end] : ends) {
    const auto report = run(behaving("print('boom\\n====')\nsys.exit(" + code + ")\n"));
    EXPECT_EQ(report.state, end.first) << code;
    EXPECT_THAT(report.reason, HasSubstr(end.second));
  }
}

TEST_F(HostileTrialTest, LimitsEndIt) {
  auto request =
      behaving("tell(id='a', status='passed', seconds=0, message='')\ntime.sleep(600)\n");
  request.limits.wall = std::chrono::seconds(3);
  const auto report = run(request);
  EXPECT_EQ(report.state, State::incomplete);
  EXPECT_THAT(report.reason, HasSubstr("3 s"));
  EXPECT_EQ(report.outcomes.size(), 1U);
}

TEST_F(HostileTrialTest, TheSameTrialIsMadeOnce) {
  const auto request = behaving(
      "tell(id=str(time.time_ns()), status='passed', seconds=0, message='')\ntell(end=0)\n");
  const auto first = run(request);
  const auto second = run(request);
  ASSERT_EQ(first.outcomes.size(), 1U);
  ASSERT_EQ(second.outcomes.size(), 1U);
  EXPECT_EQ(first.outcomes[0].id, second.outcomes[0].id);
  auto other = request;
  other.plan.arguments = {"-x"};
  EXPECT_NE(run(other).outcomes.at(0).id, first.outcomes[0].id);
}

TEST_F(HostileTrialTest, WheelsThatClashMakeItImpossible) {
  auto request = behaving("");
  MadeWheel clash{.name = "clash", .version = "1.0", .tag = "py3-none-any", .files = {}};
  clash.files = {{"demo/__init__.py", "answer = 'stolen'\n"}};
  request.wheels.push_back(clash.put(store_));
  const auto report = run(request);
  EXPECT_EQ(report.state, State::impossible);
  EXPECT_THAT(report.reason, HasSubstr("demo/__init__.py"));
}

// The real pytest, as the index of pip's configuration gives it.
class PytestTrialTest : public RunTrialTest {
 protected:
  void add_pytest(TrialRequest& request) {
    const auto wheels = folder_.path() / "wheels";
    const auto python = find_interpreter("host").value().executable.string();
    const auto got =
        run_command({.argv = {python, "-m", "pip", "download", "--quiet", "--only-binary",
                              ":all:", "--dest", wheels.string(), "pytest"}});
    if (!got || !got->ok()) GTEST_SKIP() << "pytest can't be downloaded here: " << got->err;
    for (const auto& entry : fs::directory_iterator(wheels)) {
      const auto blob = store_.blobs.put_file(entry.path(), false).value();
      request.wheels.push_back({entry.path().filename().string(), blob.digest});
    }
  }
};

TEST_F(PytestTrialTest, TellsEachTestByItsNodeId) {
  auto request = this->request({
      {"demo/__init__.py", "answer = 'from the source'\n"},
      {"pyproject.toml", "[tool.pytest.ini_options]\nfilterwarnings = [\"error\"]\n"},
      {"tests/test_demo.py",
       "import os, pytest, demo, unittest\n"
       "@pytest.mark.parametrize('n', [42, 'x\\u00e9'])\n"
       "def test_answer(n): assert demo.answer == n\n"
       "class TestMore:\n"
       "    def test_skipped(self): pytest.skip('not today')\n"
       "@pytest.mark.xfail(reason='known')\n"
       "def test_known(): assert False\n"
       "@pytest.fixture\n"
       "def broken(): raise ValueError('no fixture')\n"
       "def test_setup(broken): pass\n"
       "def test_second_time():\n"
       "    from pathlib import Path\n"
       "    mark = Path(__file__).with_name('mark')\n"
       "    was_there = mark.exists()\n"
       "    mark.touch()\n"
       "    assert was_there, 'too early'\n"
       "class Old(unittest.TestCase):\n"
       "    def test_old(self): self.assertEqual(demo.answer, 42)\n"
       "def test_forked():\n"
       "    if os.fork() == 0: os._exit(0)\n"
       "    os.wait()\n"},
      {"tests/test_broken.py", "import nothing_of_this_name\n"},
  });
  add_pytest(request);
  if (IsSkipped()) return;
  const auto report = run(request);
  EXPECT_EQ(report.state, State::ran) << report.reason;
  std::map<std::string, TestOutcome> by_id;
  for (const auto& outcome : report.outcomes) by_id[outcome.id] = outcome;
  EXPECT_EQ(by_id.size(), report.outcomes.size());
  const auto status = [&](const std::string& id) {
    return by_id.contains(id) ? std::string(to_string(by_id[id].status)) : "missing";
  };
  EXPECT_EQ(status("tests/test_demo.py::test_answer[42]"), "passed");
  EXPECT_EQ(status("tests/test_demo.py::test_answer[x\\xe9]"), "failed");
  EXPECT_EQ(status("tests/test_demo.py::TestMore::test_skipped"), "skipped");
  EXPECT_EQ(by_id["tests/test_demo.py::TestMore::test_skipped"].message, "Skipped: not today");
  EXPECT_EQ(status("tests/test_demo.py::test_known"), "skipped");
  EXPECT_EQ(status("tests/test_demo.py::test_setup"), "error");
  EXPECT_THAT(by_id["tests/test_demo.py::test_setup"].message, HasSubstr("no fixture"));
  EXPECT_EQ(status("tests/test_demo.py::test_second_time"), "flaky");
  EXPECT_THAT(by_id["tests/test_demo.py::test_second_time"].message, HasSubstr("too early"));
  EXPECT_THAT(store_.blobs.get(Digest::parse(report.log).value()).value(),
              HasSubstr("1 failed, 1 passed, 5 deselected, 2 errors"));
  EXPECT_EQ(status("tests/test_demo.py::Old::test_old"), "passed");
  EXPECT_EQ(status("tests/test_demo.py::test_forked"), "passed");
  EXPECT_EQ(status("tests/test_broken.py"), "error");
  EXPECT_THAT(by_id["tests/test_broken.py"].message, HasSubstr("nothing_of_this_name"));

  const auto junit = parse_junit(store_.blobs.get(Digest::parse(report.junit).value()).value());
  ASSERT_TRUE(junit) << junit.error().message;
  EXPECT_EQ(junit->size(), report.outcomes.size());
}

TEST_F(PytestTrialTest, TestsInsideThePackageRunBesideTheWheel) {
  auto request = this->request({
      {"src/demo/__init__.py", "answer = 'from the source'\n"},
      {"src/demo/tests/__init__.py", ""},
      {"src/demo/tests/data.txt", "42"},
      {"src/demo/tests/test_it.py",
       "import pathlib\nfrom .. import answer\n"
       "def test_it(): assert str(answer) == (pathlib.Path(__file__).parent / "
       "'data.txt').read_text()\n"},
  });
  request.plan.paths = {"src/demo/tests"};
  add_pytest(request);
  if (IsSkipped()) return;
  const auto report = run(request);
  EXPECT_EQ(report.state, State::ran) << report.reason;
  ASSERT_EQ(report.outcomes.size(), 1U);
  EXPECT_EQ(report.outcomes[0].id, "demo/tests/test_it.py::test_it");
  EXPECT_EQ(report.outcomes[0].status, TestStatus::passed) << report.outcomes[0].message;
}

TEST_F(PytestTrialTest, NoTestsAreToldAsSuch) {
  auto request = this->request({{"tests/test_none.py", "import demo\n"}});
  add_pytest(request);
  if (IsSkipped()) return;
  const auto report = run(request);
  EXPECT_EQ(report.state, State::impossible);
  EXPECT_EQ(report.reason, "pytest collected no tests");
}

}  // namespace
}  // namespace assay
