#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/progress_display.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "pipeline/watch_set.h"
#include "watch/ledger.h"

namespace assay {

namespace {

struct Arguments {
  RunOptions run;
  bool once = false;
  bool verify = false;
  bool json = false;
  unsigned interval = 300;
};

void print_commit(const WatchedCommit& watched) {
  const auto& commit = watched.commit;
  print(fmt::format("{} {} {} {}: {}, {}", styled(Stream::out, Style::bold, watched.package.str()),
                    commit.id.substr(0, 12), commit.date, printable(commit.subject),
                    counted(watched.files, "file"),
                    watched.kind == "commit" ? counted(watched.news.size(), "new finding")
                                             : "examined whole (" + watched.kind + ")"));
  if (watched.kind == "rewritten") {
    print(styled(Stream::out, Style::yellow,
                 "  upstream's history no longer holds the commit that was seen last"));
  }
  for (const auto& finding : watched.news) {
    print(fmt::format("  {}:{}: {} ({}, {}, in {})", printable(finding.path), finding.line,
                      printable(finding.message), finding.rule, to_string(finding.severity),
                      to_string(finding.role)));
  }
}

int exit_code(const WatchReport& report) {
  if (!report.errors.empty()) return exit_not_done;
  const bool news = std::ranges::any_of(report.commits, [](const WatchedCommit& watched) {
    return watched.stands_out || watched.kind == "rewritten";
  });
  return news ? exit_held_back : exit_done;
}

int look_once(const Arguments& arguments, std::stop_token stop) {
  const SystemClock clock;
  auto progress = make_progress(true);
  const auto report = watch_once(arguments.run, clock, *progress, std::move(stop));
  if (!report) {
    print_error(report.error().message);
    return report.error().kind == ErrorKind::invalid_input ? exit_usage : exit_not_done;
  }
  if (arguments.json) {
    print(compact(to_json(*report)));
    return exit_code(*report);
  }
  for (const auto& watched : report->commits) print_commit(watched);
  for (const auto& error : report->errors) print_error(error);
  if (report->commits.empty() && report->errors.empty()) print("nothing new");
  return exit_code(*report);
}

int verify_ledger(const Arguments& arguments) {
  const auto ledger = Ledger::open(arguments.run.set_folder);
  if (!ledger) {
    print_error(ledger.error().message);
    return ledger.error().kind == ErrorKind::invalid_input ? exit_held_back : exit_not_done;
  }
  print(fmt::format("the ledger is whole: {}", counted(ledger->entries().size(), "scan")));
  return exit_done;
}

int watch(const Arguments& arguments) {
  if (arguments.verify) return verify_ledger(arguments);
  const StopOnSignal signals;
  const auto stop = signals.token();
  int code = look_once(arguments, stop);
  while (!arguments.once && !stop.stop_requested() && code != exit_usage) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::seconds(arguments.interval), [] { return false; });
    if (!stop.stop_requested()) code = look_once(arguments, stop);
  }
  return code;
}

}  // namespace

void add_watch(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "watch", "Examine every new commit of the packages' repositories, and tell what it brought");
  command->add_option("DIR", arguments->run.set_folder, "The set's folder")->required();
  command->add_flag("--once", arguments->once, "Look once and end");
  command->add_option("--interval", arguments->interval, "Seconds between looks (default: 300)")
      ->check(CLI::Range(1U, 86400U));
  command->add_flag("--verify-ledger", arguments->verify, "Check the ledger's chain, and nothing else");
  command->add_option("--store", arguments->run.store, "The content-addressed store");
  command->add_flag("--json", arguments->json, "One JSON document for each look");
  command->footer(
      "Exit codes: 0 nothing that holds, 1 a commit brought something that would hold or refuse the "
      "package, or history was rewritten, 2 usage or set file, 3 a repository could not be looked at.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return watch(*arguments); }; });
}

}  // namespace assay
