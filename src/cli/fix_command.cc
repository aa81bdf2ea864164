#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "pipeline/fix.h"

namespace assay {

namespace {

int fix(const FixRequest& request) {
  const auto made = fix_references(request);
  if (!made) return failed(made.error());
  for (const auto line : lines(made->text)) {
    const auto style = line.starts_with('+') ? Style::green : line.starts_with('-') ? Style::red : Style::plain;
    print(styled(Stream::out, style, printable(line)));
  }
  print(fmt::format("\nwritten to {}: {}. The next run applies it before it examines, builds and tests; "
                    "the wheel's version then ends in +patched.",
                    made->file.string(), counted(made->references, "reference")));
  return exit_done;
}

}  // namespace

void add_fix(CLI::App& app, Chosen& chosen) {
  auto request = std::make_shared<FixRequest>();
  request->reason = "Whoever is on the way can change what http:// brings.";
  auto* command = app.add_subcommand(
      "fix", "Write a patch that turns a package's http:// references into https://");
  command->add_option("DIR", request->set_folder, "The set's folder")->required();
  command->add_option("PACKAGE", request->package, "A package of the last run")->required();
  command->add_option("FINGERPRINT", request->fingerprints,
                      "Which findings (default: those of code that ships, from medium severity)");
  command->add_option("--reviewer", request->reviewer, "Who decides")->required()->envname("ASSAY_REVIEWER");
  command->add_option("--reason", request->reason, "Why");
  command->add_option("--store", request->store, "The content-addressed store");
  command->callback([request, &chosen] { chosen = [request] { return fix(*request); }; });
}

}  // namespace assay
