#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "io/files.h"
#include "package/record.h"
#include "trial/outcomes_plugin.h"
#include "trial/pytest_settings.h"
#include "trial/source_files.h"
#include "trial/trial.h"
#include "trial/trial_layout.h"

// A trial: an environment with the wheel and what its tests need, the source tree without what the
// wheel installs, and pytest over both in the sandbox; then once more over the tests that failed. The environment and the tree are copies that
// the tests may write to; they go when the trial is over.
namespace assay {

namespace {

constexpr std::string_view version_of_trials = "2";
constexpr std::uintmax_t most_listed_bytes = 128ULL << 20;
constexpr std::uintmax_t most_junit_bytes = 256ULL << 20;
constexpr std::size_t most_run_again = 100;  // so many failures at once are no accident

enum PytestExit {
  all_passed = 0,
  some_failed,
  interrupted,
  internal_error,
  usage_error,
  none_collected
};

Json to_json(const TestPlan& plan) {
  std::vector<std::string> requirements;
  for (const auto& requirement : plan.requirements) requirements.push_back(requirement.str());
  return {{"requirements", requirements}, {"extras", plan.extras},           {"paths", plan.paths},
          {"arguments", plan.arguments},  {"environment", plan.environment}, {"how", plan.how}};
}

Json to_json(const SandboxLimits& limits) {
  return {{"cpu", limits.cpu.count()},      {"wall", limits.wall.count()},
          {"memory", limits.memory_bytes},  {"file", limits.file_bytes},
          {"disk", limits.disk_bytes},      {"processes", limits.processes},
          {"open_files", limits.open_files}};
}

ActionKey key_of(const Interpreter& interpreter, const TrialRequest& request) {
  ActionKey key{
      .kind = "trial", .version = std::string(version_of_trials), .inputs = {}, .parameters = {}};
  key.inputs = {request.tree.hex(), sha256(outcomes_plugin()).hex(), interpreter.target.fingerprint};
  auto wheels = request.wheels;
  std::ranges::sort(wheels, {}, &WheelFile::file_name);
  for (const auto& wheel : wheels) {
    key.inputs.push_back(wheel.digest.hex());
    key.parameters.push_back(wheel.file_name);
  }
  key.parameters.push_back(interpreter.fingerprint);
  key.parameters.push_back(request.name.str());
  key.parameters.push_back(compact(to_json(request.plan)));
  key.parameters.push_back(compact(to_json(request.limits)));
  return key;
}

TestReport report_of(TestReport::State state, std::string reason) {
  TestReport report;
  report.state = state;
  report.reason = std::move(reason);
  return report;
}

// The paths below site-packages that a wheel's RECORD names.
Result<std::vector<std::string>> installed_files(const Store& store, const WheelFile& wheel) {
  ASSAY_TRY(const std::string text, wheel_member(store, wheel, "RECORD"));
  ASSAY_TRY(const auto record, parse_record(text));
  std::vector<std::string> files;
  for (const auto& entry : record) {
    std::string_view path = entry.path;
    const auto top = path.substr(0, path.find('/'));
    if (top.ends_with(".dist-info")) continue;
    if (top.ends_with(".data")) {
      const auto scheme = path.substr(std::min(path.size(), top.size() + 1));
      if (!scheme.starts_with("purelib/") && !scheme.starts_with("platlib/")) continue;
      path = scheme.substr(std::string_view("purelib/").size());
    }
    files.emplace_back(path);
  }
  return files;
}

Result<WheelFile> own_wheel(const TrialRequest& request) {
  for (const auto& wheel : request.wheels) {
    ASSAY_TRY(const auto name, WheelName::parse(wheel.file_name));
    if (name.name == request.name) return wheel;
  }
  return fail(ErrorKind::internal, "a trial of " + request.name.str() + " without its wheel");
}

std::optional<ProjectSettings> project_settings(const SourceFiles& files) {
  const auto text = files.read("pyproject.toml");
  if (!text) return std::nullopt;
  auto parsed = ProjectSettings::parse(*text);
  return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

// What the code of the package wrote: only a plain file of a sane size is looked at, since a link
// would be followed outside the sandbox.
bool is_plain_file(const fs::path& path, std::uintmax_t most_bytes) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error)) && !error &&
         fs::file_size(path, error) <= most_bytes && !error;
}

// One trial's folder on this machine and the same seen from the sandbox.
class Trial {
 public:
  Trial(Store& store, const Interpreter& interpreter, const TrialRequest& request,
        TemporaryDirectory folder)
      : store_(store), interpreter_(interpreter), request_(request), folder_(std::move(folder)) {}

  // Nothing if all is in place; else why the tests can't be started.
  Result<std::optional<TestReport>> prepare() {
    if (auto made =
            make_environment(store_, interpreter_, request_.wheels, here("env"), "/trial/env");
        !made) {
      return cannot_start(std::move(made), "the environment for the tests can't be made");
    }
    ASSAY_TRY(const auto files, SourceFiles::open(store_, request_.tree));
    ASSAY_TRY(const auto wheel, own_wheel(request_));
    ASSAY_TRY(const auto installed, installed_files(store_, wheel));
    layout_ = lay_out(files.tree(), installed, request_.plan.paths);
    settings_file_ = find_pytest_settings(files, project_settings(files)).file;
    if (auto written = write_layout(store_, layout_, here("src"), here("env") / site_packages());
        !written) {
      return cannot_start(std::move(written), "the tests can't be laid out");
    }
    ASSAY_CHECK(write_file(here("env") / site_packages() / (std::string(outcomes_module) + ".py"),
                           outcomes_plugin()));
    ASSAY_CHECK(make_directories(here(out_)));
    return std::nullopt;
  }

  // True if tests failed that are to be run again. What the first run wrote is not built upon: the
  // second one has another folder for what it tells.
  Result<bool> prepare_again(const TestReport& report) {
    Json failed = Json::array();
    for (const auto& outcome : report.outcomes) {
      if (fails(outcome.status)) failed.push_back(outcome.id);
    }
    if (report.state != TestReport::State::ran || failed.empty() || failed.size() > most_run_again) {
      return false;
    }
    again_ = true;
    out_ = "out-again";
    session_began_ = session_ended_ = false;
    ASSAY_CHECK(make_directories(here(out_)));
    ASSAY_CHECK(make_directories(here("again")));
    ASSAY_CHECK(write_file(here("again") / file_name_of(again_file), compact(failed)));
    return true;
  }

  SandboxCommand command() const {
    SandboxCommand command;
    command.argv = arguments();
    command.environment = environment();
    command.directory = "/trial/src";
    command.system = interpreter_.target.system;
    for (const auto& root : interpreter_.roots) command.mounts.push_back({root, root, false});
    command.mounts.push_back({here("env"), "/trial/env", true});
    command.mounts.push_back({here("src"), "/trial/src", true});
    command.mounts.push_back({here(out_), "/trial/out", true});
    if (again_) command.mounts.push_back({here("again"), "/trial/again", false});
    command.limits = request_.limits;
    return command;
  }

  Result<TestReport> report(const SandboxResult& result) {
    TestReport report;
    const bool listed = read_list(report);
    ASSAY_CHECK(keep_junit(report, listed));
    judge(result, report);
    ASSAY_CHECK(add_run(result, report));
    return report;
  }

  // Tells what failed at first and passed when it was run again.
  Result<> tell_flaky(const SandboxResult& result, TestReport& report) {
    TestReport second;
    const bool whole = read_list(second) && session_ended_ && result.end == SandboxResult::End::exited;
    for (auto& outcome : report.outcomes) {
      if (!whole || !fails(outcome.status)) continue;
      const auto again = std::ranges::find(second.outcomes, outcome.id, &TestOutcome::id);
      if (again == second.outcomes.end() || again->status != TestStatus::passed) continue;
      outcome.status = TestStatus::flaky;
    }
    log_ += "\n== What failed is run again ==\n";
    return add_run(result, report);
  }

 private:
  fs::path here(std::string_view name) const { return folder_.path() / name; }

  Result<> add_run(const SandboxResult& result, TestReport& report) {
    log_ += result.output;
    ASSAY_TRY(const Blob log, store_.blobs.put(log_));
    report.log = log.digest.hex();
    report.cpu_seconds += result.cpu_seconds;
    return {};
  }

  std::string site_packages() const {
    return fmt::format("lib/python{}/site-packages", interpreter_.version);
  }

  // A package's own fault is a report; what this machine refused is an error.
  Result<std::optional<TestReport>> cannot_start(Result<> failed, std::string_view what) const {
    if (failed.error().kind != ErrorKind::invalid_input) return std::unexpected(failed.error());
    return report_of(TestReport::State::impossible,
                     fmt::format("{}: {}", what, failed.error().message));
  }

  std::vector<std::string> arguments() const {
    std::vector<std::string> argv = {"/trial/env/bin/python",
                                     "-m",
                                     "pytest",
                                     "-p",
                                     std::string(outcomes_module),
                                     "-o",
                                     "junit_family=xunit2",
                                     "--junitxml=/trial/out/junit.xml",
                                     "-ra",
                                     "-q",
                                     "--continue-on-collection-errors"};
    const std::string packages = "/trial/env/" + site_packages();
    // Node ids are relative to the root folder: they are the same wherever the trial is made.
    if (layout_.in_source.empty()) {
      argv.push_back("--rootdir=" + packages);
      if (!settings_file_.empty()) {
        argv.emplace_back("-c");
        argv.push_back("/trial/src/" + settings_file_);
      }
    } else {
      argv.emplace_back("--rootdir=/trial/src");
    }
    argv.insert(argv.end(), request_.plan.arguments.begin(), request_.plan.arguments.end());
    for (const auto& path : layout_.in_source) argv.push_back("/trial/src/" + path);
    for (const auto& path : layout_.in_package) argv.push_back(packages + "/" + path);
    return argv;
  }

  std::map<std::string, std::string> environment() const {
    std::map<std::string, std::string> variables = {
        {"PATH", "/trial/env/bin:/usr/local/bin:/usr/bin:/bin"},
        {"VIRTUAL_ENV", "/trial/env"},
        {"HOME", "/tmp/home"},
        {"LANG", "C.UTF-8"},
        {"TZ", "UTC"},
        {"PYTHONHASHSEED", "0"}};
    for (const auto& [name, value] : request_.plan.environment) variables[name] = value;
    return variables;
  }

  // True if the plugin's list is there and whole.
  bool read_list(TestReport& report) {
    const auto path = here(out_) / file_name_of(outcomes_file);
    std::error_code error;
    session_began_ = fs::exists(fs::symlink_status(path, error));
    if (!is_plain_file(path, most_listed_bytes)) return false;
    const auto text = read_file(path);
    if (!text) return false;
    auto listed = parse_outcomes(*text);
    if (!listed) {
      report.reason = listed.error().message;
      return false;
    }
    report.outcomes = std::move(listed->outcomes);
    session_ended_ = listed->ended;
    return true;
  }

  Result<> keep_junit(TestReport& report, bool listed) {
    const auto path = here(out_) / "junit.xml";
    if (!is_plain_file(path, most_junit_bytes)) return {};
    ASSAY_TRY(const Blob blob, store_.blobs.put_file(path, false));
    report.junit = blob.digest.hex();
    if (listed || !report.reason.empty()) return {};
    ASSAY_TRY(const std::string text, read_file(path));
    if (auto outcomes = parse_junit(text)) {
      report.outcomes = *std::move(outcomes);
      session_began_ = session_ended_ = true;  // JUnit is written when the session ends
    }
    return {};
  }

  // pytest's exit code counts only together with a list that has an end: a test can end the process
  // with any code.
  void judge(const SandboxResult& result, TestReport& report) const {
    using State = TestReport::State;
    const auto set = [&](State state, std::string reason) {
      report.state = state;
      if (report.reason.empty()) report.reason = std::move(reason);
    };
    if (result.end != SandboxResult::End::exited) {
      return set(State::incomplete, "pytest " + result.describe());
    }
    const auto last = last_words(result.output);
    switch (result.exit_code) {
      case all_passed:
      case some_failed:
        if (!session_began_) return set(State::impossible, "pytest could not start: " + last);
        if (!report.reason.empty() || !session_ended_) {
          return set(State::incomplete, "pytest ended before its session did: " + last);
        }
        if (report.outcomes.empty()) return set(State::impossible, "pytest ran no test");
        return set(State::ran, "");
      case interrupted: return set(State::incomplete, "pytest was interrupted: " + last);
      case internal_error: return set(State::incomplete, "an internal error of pytest: " + last);
      case usage_error: return set(State::impossible, "pytest could not start: " + last);
      case none_collected: return set(State::impossible, "pytest collected no tests");
      default: return set(State::incomplete, fmt::format("pytest {}: {}", result.describe(), last));
    }
  }

  // The end of what was printed, for a sentence.
  static std::string last_words(std::string_view output) {
    constexpr std::size_t most_lines = 4;
    constexpr std::size_t most_bytes = 160;
    std::vector<std::string> words;
    const auto all = lines(output);
    for (auto line = all.rbegin(); line != all.rend() && words.size() < most_lines; ++line) {
      const auto text = trim(*line);
      if (text.find_first_not_of("^~=-_ ") == std::string_view::npos) continue;  // a ruler
      words.push_back(printable(text.substr(0, most_bytes)));
    }
    std::ranges::reverse(words);
    return words.empty() ? "it printed nothing" : join(words, " | ");
  }

  Store& store_;
  const Interpreter& interpreter_;
  const TrialRequest& request_;
  TemporaryDirectory folder_;
  TrialLayout layout_;
  std::string settings_file_;
  std::string out_ = "out";
  std::string log_;
  bool again_ = false;
  bool session_began_ = false;
  bool session_ended_ = false;
};

Result<TestReport> make_trial(Store& store, const Interpreter& interpreter,
                              const TrialRequest& request, std::stop_token stop) {
  ASSAY_TRY(auto folder, TemporaryDirectory::create(store.blobs.temporary(), "trial-"));
  Trial trial(store, interpreter, request, std::move(folder));
  ASSAY_TRY(auto hindrance, trial.prepare());
  if (hindrance) return *std::move(hindrance);
  ASSAY_TRY(const SandboxResult first, run_sandboxed(trial.command(), stop));
  ASSAY_TRY(auto report, trial.report(first));
  ASSAY_TRY(const bool again, trial.prepare_again(report));
  if (again) {
    ASSAY_TRY(const SandboxResult second, run_sandboxed(trial.command(), std::move(stop)));
    ASSAY_CHECK(trial.tell_flaky(second, report));
  }
  return report;
}

}  // namespace

Result<TestReport> run_trial(ActionRunner& actions, const Interpreter& interpreter,
                             const TrialRequest& request, std::stop_token stop) {
  const auto work = [&]() -> Result<std::string> {
    ASSAY_TRY(TestReport report, make_trial(actions.store(), interpreter, request, stop));
    report.how = request.plan.how;
    return compact(to_json(report));
  };
  const auto doing = fmt::format("the tests of {} {}", request.name.str(), request.version);
  ASSAY_TRY(const std::string text,
            context(actions.run(key_of(interpreter, request), work), doing));
  ASSAY_TRY(const Json json, parse_json(text));
  return test_report_from_json(json);
}

}  // namespace assay
