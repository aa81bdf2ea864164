#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "pipeline/fix.h"

namespace assay {

namespace {

void print_diff(const std::string& text) {
  for (const auto line : lines(text)) {
    const auto style = line.starts_with('+') ? Style::green : line.starts_with('-') ? Style::red : Style::plain;
    print(styled(Stream::out, style, printable(line)));
  }
}

int fix(const FixRequest& request) {
  const auto made = fix_package(request);
  if (!made) return failed(made.error());
  std::size_t findings = 0;
  for (const auto& patch : made->patches) {
    print_diff(patch.text);
    findings += patch.findings;
    print(request.dry_run ? "" : fmt::format("\nwritten to {}\n", patch.file.string()));
  }
  for (const auto& left : made->left) print("left to a person: " + printable(left));
  const auto mended = fmt::format("{} mended by {}", counted(findings, "finding"),
                                  counted(made->patches.size(), "patch"));
  print(request.dry_run ? mended + ", which was not written."
                        : mended + ". The next run applies what was written before it examines, builds and "
                                   "tests; the wheel's version then says that it was rebuilt.");
  return exit_done;
}

}  // namespace

void add_fix(CLI::App& app, Chosen& chosen) {
  auto request = std::make_shared<FixRequest>();
  auto* command = app.add_subcommand(
      "fix", "Write patches that mend a package's weaknesses where that takes no judgement");
  command->add_option("DIR", request->set_folder, "The set's folder")->required();
  command->add_option("PACKAGE", request->package, "A package of the last run")->required();
  command->add_option("FINGERPRINT", request->fingerprints,
                      "Which findings (default: those of code that ships, from medium severity and "
                      "confidence)");
  command->add_option_function<std::string>("--min", [request](const std::string& word) {
    const auto severity = parse_severity(word);
    if (!severity) throw CLI::ValidationError("--min", severity.error().message);
    request->severity = *severity;
  }, "Findings of this severity and up: none, low, medium, high, critical (default: medium)");
  command->add_option_function<std::string>("--confidence", [request](const std::string& word) {
    const auto confidence = parse_confidence(word);
    if (!confidence) throw CLI::ValidationError("--confidence", confidence.error().message);
    request->confidence = *confidence;
  }, "Findings of this confidence and up: low, medium, high (default: medium)");
  command->add_option("--reviewer", request->reviewer, "Who decides")->required()->envname("ASSAY_REVIEWER");
  command->add_option("--reason", request->reason, "Why (default: what the rule says)");
  command->add_flag("--any-host", request->any_host,
                    "Turn http into https also for hosts that are not known to serve it");
  command->add_flag("--dry-run", request->dry_run, "Show the patches, write nothing");
  command->add_option("--store", request->store, "The content-addressed store");
  command->callback([request, &chosen] { chosen = [request] { return fix(*request); }; });
}

}  // namespace assay
