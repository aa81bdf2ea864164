#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "pipeline/resolve_formats.h"

namespace assay {

namespace {

struct ResolveArguments : ResolveRequest {
  std::string format = "tree";
  std::string only;
  bool lowest = false;
};

int resolve_packages(ResolveArguments arguments) {
  const StopOnSignal signals;
  using enum ResolutionRequest::Need;
  if (!arguments.only.empty()) arguments.need = arguments.only == "sdist" ? sdist : wheel;
  if (arguments.lowest) arguments.strategy = ResolutionRequest::Strategy::lowest;
  if (arguments.requirements.empty() && arguments.files.empty()) {
    print_error("nothing is asked for: give requirements, or files of them with -r");
    return exit_usage;
  }
  if (arguments.format != "json") {
    arguments.on_unsatisfiable = [](const std::string& why) { print_error(printable(why)); };
  }
  const auto answer = resolve_request(arguments, signals.token());
  if (!answer) return failed(answer.error());
  const bool solved = answer->unsatisfiable.empty();
  if (arguments.format == "json") {
    print(compact(to_json(*answer)));
  } else if (!solved) {
    for (const auto& change : answer->changes.help) print_error("would help: " + printable(change));
    for (const auto& change : answer->changes.untried) print_error("might help, but is not known: " + printable(change));
  } else {
    const auto text = arguments.format == "pylock" ? pylock_text(*answer)
                      : arguments.format == "tree" ? tree_text(*answer)
                                                   : requirements_text(*answer);
    if (!text) return failed(text.error());
    if (!text->empty()) print(text->substr(0, text->size() - 1));
  }
  return solved ? exit_done : exit_held_back;
}

}  // namespace

void add_resolve(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<ResolveArguments>();
  auto* command = app.add_subcommand("resolve", "Find the versions that agree, and nothing else");
  command->add_option("REQUIREMENT", arguments->requirements, "What is asked for, by PEP 508");
  command->add_option("-r,--requirement", arguments->files, "A requirements file, a pyproject.toml, or a set's assay.toml")
      ->check(CLI::ExistingFile);
  command->add_option("-c,--constraint", arguments->constraints, "A file of limits to versions")->check(CLI::ExistingFile);
  command->add_option("--override", arguments->overrides, "A file of requirements that stand for all others of their project")
      ->check(CLI::ExistingFile);
  command
      ->add_option("--python", arguments->pythons,
                   "A version such as 3.12 or 3.12.4 (repeatable; default: those of a set file, else this machine's)")
      ->allow_extra_args(false);
  command
      ->add_option("--platform", arguments->platforms,
                   "Such as linux-x86_64 or os390-28.00-1090 (repeatable; default: as for --python)")
      ->allow_extra_args(false);
  command->add_option("--index", arguments->index_url, "The index's simple API (default: pip's)");
  command->add_option("--uploaded-before", arguments->uploaded_before, "Files uploaded later are not seen");
  command->add_option("--only", arguments->only, "Only versions with a source distribution, or with a wheel that fits")
      ->check(CLI::IsMember({"sdist", "wheel"}));
  command->add_flag("--lowest", arguments->lowest, "The lowest versions that agree, instead of the newest");
  command->add_flag("--offline", arguments->offline, "No network request; what the store has must do");
  command->add_flag("!--no-build", arguments->build,
                    "Build nothing: versions that don't tell what they need are left out");
  command->add_option("--format", arguments->format, "What is printed (default: tree)")
      ->check(CLI::IsMember({"tree", "json", "pylock", "requirements"}));
  command->add_option("--store", arguments->store, "The content-addressed store");
  command->footer("Exit codes: 0 there is a solution, 1 there is none, 2 usage, 3 could not be done.");
  command->callback([&chosen, arguments] { chosen = [arguments] { return resolve_packages(*arguments); }; });
}

}  // namespace assay
