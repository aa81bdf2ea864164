#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/progress_display.h"
#include "cli/report_table.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "curation/curated.h"
#include "pipeline/run.h"

namespace assay {

namespace {

struct Arguments {
  RunOptions run;
  bool json = false;
  bool quiet = false;
};

int exit_code(const RunReport& report) {
  if (report.release) return exit_done;
  const bool unfinished = std::ranges::any_of(report.packages, [](const PackageSummary& package) {
    return package.verdict.decision == Decision::unfinished;
  });
  return unfinished ? exit_not_done : exit_held_back;
}

int run_set(const Arguments& arguments) {
  // A fault in what a person wrote is another exit code than what can't be done.
  auto curated = load_curated(arguments.run.set_folder);
  if (!curated) {
    print_error(curated.error().message);
    return exit_usage;
  }
  const StopOnSignal signals;
  const SystemClock clock;
  auto progress = make_progress(arguments.quiet);
  const auto report = run(arguments.run, *std::move(curated), clock, *progress, signals.token());
  progress.reset();
  if (!report) {
    print_error(report.error().message);
    if (report.error().kind == ErrorKind::cancelled) {
      print_error("what was done is kept; the next run goes on from there");
    }
    return exit_not_done;
  }
  if (arguments.json) {
    print(compact(to_json(*report)));
  } else {
    const bool seen = is_terminal(Stream::out);
    print("\n" + closing_words(*report, seen ? terminal_columns(Stream::out) : 0));
  }
  return exit_code(*report);
}

}  // namespace

void add_run(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "run", "Vet the set in DIR and, if all of it stands, publish it as a new release");
  command->add_option("DIR", arguments->run.set_folder, "The folder with the set's assay.toml")
      ->required();
  command->add_flag("--offline", arguments->run.offline,
                    "Make no network request; use what the store has");
  command->add_option("--index", arguments->run.index_url,
                      "The upstream index's simple API (default: the set's, else pip's)");
  command->add_option("--advisories", arguments->run.advisories,
                      "A folder or zip of OSV records, instead of the set's sources (repeatable)");
  command->add_option("--python", arguments->run.pythons,
                      "An interpreter such as 3.12, instead of the set's (repeatable)");
  command->add_option("--store", arguments->run.store,
                      "The content-addressed store (default: $ASSAY_STORE, else ~/.cache/assay)");
  command->add_option("-j,--jobs", arguments->run.jobs, "How many packages at once (default: one a core)");
  auto* sign_key = command->add_option(
      "--sign-key", arguments->run.sign_key,
      "The private key that signs the release (default: $ASSAY_SIGN_KEY, else one made for the set)");
  command->add_flag("--unsigned", arguments->run.is_unsigned, "Publish without a signature")
      ->excludes(sign_key);
  command->add_flag("--json", arguments->json, "Print the outcome as one JSON document");
  command->add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  command->footer("Exit codes: 0 published, 1 something was held back, 2 usage or set file, 3 could not be done.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run_set(*arguments); }; });
}

}  // namespace assay
