#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/plan_words.h"
#include "cli/progress_display.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "io/files.h"
#include "pipeline/rejudge.h"
#include "publish/vex.h"
#include "publish/withdrawal.h"

namespace assay {

namespace {

struct Arguments {
  RunOptions run;
  std::filesystem::path vex;  // a folder for statements; "" for none
  bool json = false;
};

struct WithdrawArguments {
  std::filesystem::path folder;
  std::uint64_t number = 0;
  Withdrawal withdrawal;
};

// What the release says is as old as it is; these are its statements by what is known now.
Result<> write_statements(const std::filesystem::path& folder, const RejudgeReport& report) {
  if (folder.empty() || report.statements.empty()) return {};
  ASSAY_CHECK(make_directories(folder));
  ASSAY_CHECK(write_file(folder / "vex.openvex.json", open_vex("the curators of " + report.set_name,
                                                               report.known_until, report.statements)));
  return write_file(folder / "vex.cdx.json",
                    cyclonedx_vex(report.set_name, report.known_until, report.statements));
}

int update(const Arguments& arguments) {
  const StopOnSignal signals;
  const SystemClock clock;
  auto progress = make_progress(true);
  const auto report = rejudge(arguments.run, clock, *progress, signals.token());
  if (!report) {
    print_error(report.error().message);
    return report.error().kind == ErrorKind::invalid_input ? exit_usage : exit_not_done;
  }
  if (const auto written = write_statements(arguments.vex, *report); !written) return failed(written.error());
  if (arguments.json) {
    print(compact(to_json(*report)));
    return report->hits.empty() ? exit_done : exit_held_back;
  }
  print("advisories: " + printable(report->advisories));
  for (const auto& hit : report->hits) {
    const bool refused = hit.reason.weight == Reason::Weight::refuse;
    print(fmt::format("{} {}: {}\n  {}", styled(Stream::out, Style::bold, hit.package), hit.version,
                      styled(Stream::out, refused ? Style::red : Style::yellow,
                             refused ? "would be refused now" : "wants a plan"),
                      printable(hit.reason.text)));
    if (!refused && !hit.reason.subject.empty()) {
      print("  plan for it, once a run has seen it: " + plan_command(arguments.run.set_folder, hit.reason.subject));
    }
  }
  for (const auto& plan : report->plans) print("plan: " + plan_line(plan, report->date));
  const auto folder = arguments.run.set_folder.string();
  if (report->hits.empty()) {
    print(fmt::format("release {}: none of its {} is hit", report->release,
                      counted(report->packages, "package")));
    return exit_done;
  }
  print(fmt::format("release {} is hit {}. 'assay run {}' looks for better versions; 'assay withdraw {} "
                    "{}' takes it back.",
                    report->release, report->hits.size() == 1 ? "once" : fmt::format("{} times", report->hits.size()),
                    folder, folder, report->release));
  return exit_held_back;
}

int withdraw(WithdrawArguments arguments) {
  arguments.withdrawal.date = date_of(SystemClock().now());
  const auto latest = withdraw_release(arguments.folder, arguments.number, arguments.withdrawal);
  if (!latest) return failed(latest.error());
  print(*latest == 0 ? fmt::format("release {} is withdrawn; there is no other, so nothing is served",
                                   arguments.number)
                     : fmt::format("release {} is withdrawn; release {} is the latest now",
                                   arguments.number, *latest));
  return exit_done;
}

}  // namespace

void add_advisories(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("advisories", "What is known to be wrong with what is published");
  command->require_subcommand(1);
  auto* update_command = command->add_subcommand(
      "update", "Fetch the advisories anew and judge the latest release by them");
  update_command->add_option("DIR", arguments->run.set_folder, "The set's folder")->required();
  update_command->add_flag("--offline", arguments->run.offline, "Make no network request");
  update_command->add_option("--advisories", arguments->run.advisories,
                             "A folder or zip of OSV records, instead of the set's sources (repeatable)");
  update_command->add_option("--store", arguments->run.store, "The content-addressed store");
  update_command->add_option("--vex", arguments->vex,
                             "A folder to write the release's statements into, by what is known now");
  update_command->add_flag("--json", arguments->json, "One JSON document");
  update_command->footer("Exit codes: 0 nothing is hit, 1 something is, 2 usage or set file, 3 not known.");
  update_command->callback(
      [arguments, &chosen] { chosen = [arguments] { return update(*arguments); }; });
}

void add_withdraw(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<WithdrawArguments>();
  auto* command = app.add_subcommand(
      "withdraw", "Take a release back: the newest that is not withdrawn is served instead");
  command->add_option("DIR", arguments->folder, "The set's folder")->required();
  command->add_option("NUMBER", arguments->number, "The release")->required();
  command->add_option("--reason", arguments->withdrawal.reason, "Why")->required();
  command->add_option("--reviewer", arguments->withdrawal.reviewer, "Who decides")
      ->required()
      ->envname("ASSAY_REVIEWER");
  command->callback([arguments, &chosen] { chosen = [arguments] { return withdraw(*arguments); }; });
}

}  // namespace assay
