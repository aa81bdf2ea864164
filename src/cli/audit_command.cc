#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/audit_text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "io/files.h"
#include "pipeline/audit_formats.h"

namespace assay {

namespace {

struct Arguments {
  AuditOptions audit;
  std::string input_format;
  std::string format = "text";
  std::string fail_on = "policy";
  std::string output;
  bool allow_not_known = false;
};

// Whether one counts for the exit code. What a person accepted never does; what nobody scored does
// whatever the threshold is.
bool counts(const AuditedFinding& audited, const std::string& fail_on) {
  const auto weight = audited.reason.weight;
  if (fail_on == "never" || weight == Reason::Weight::accepted) return false;
  if (fail_on == "policy") return weight >= Reason::Weight::hold;
  const auto severity = parse_severity(fail_on);  // else "any"
  return !severity || !audited.score.scored || audited.finding.severity >= *severity;
}

int exit_code(const AuditReport& report, const Arguments& arguments) {
  const bool known = report.not_known.empty() && report.advisories_not_known.empty();
  if (!known && !arguments.allow_not_known) return exit_not_done;
  for (const auto& package : report.packages) {
    for (const auto& finding : package.findings) {
      if (counts(finding, arguments.fail_on)) return exit_held_back;
    }
  }
  return exit_done;
}

std::string written(const AuditReport& report, const Arguments& arguments) {
  if (arguments.format == "json") return pretty(to_json(report));
  if (arguments.format == "sarif") return audit_sarif(report);
  if (arguments.format == "cyclonedx") return cyclonedx_vex(subject_of(report), report.known_until, statements_of(report));
  if (arguments.format == "openvex") return open_vex("assay audit", report.known_until, statements_of(report));
  return audit_text(report, arguments.output.empty() && is_terminal(Stream::out));
}

Result<int> run_audit(Arguments arguments) {
  if (!arguments.input_format.empty()) {
    ASSAY_TRY(arguments.audit.format, context(parse_inventory_format(arguments.input_format),
                                              "--input-format; known: " + inventory_format_list()));
  }
  const SystemClock clock;
  ASSAY_TRY(const auto report, audit(arguments.audit, clock));
  const auto text = written(report, arguments);
  if (arguments.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    ASSAY_CHECK(write_file(arguments.output, text));
  }
  if (arguments.format == "openvex" && text.empty()) {
    print_error("nothing is known against it, and OpenVEX has no document without statements");
  }
  if (arguments.format != "text" && !report.not_known.empty()) {
    print_error(fmt::format("{} not known, since no version is told; the first: {}: {}", report.not_known.size(),
                            report.not_known.front().title, printable(report.not_known.front().unknown)));
  }
  if (arguments.format != "text" && !report.advisories_not_known.empty()) {
    print_error("not known: " + printable(report.advisories_not_known));
  }
  return exit_code(report, arguments);
}

}  // namespace

void add_audit(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "audit", "What is known to be wrong with what a lock, an environment or a release holds");
  command->add_option("PATH", arguments->audit.paths,
                      "A requirements file, a lock, a bill of materials, what pip list prints, a virtual "
                      "environment, a wheel, a folder of them, a release or set; \"-\" is standard input")
      ->required();
  command->add_option("--input-format", arguments->input_format,
                      "What the paths are, where name and content don't tell: " + inventory_format_list());
  command->add_option("--set", arguments->audit.set_folder,
                      "A set's folder: its advisory sources, policy and dispositions count");
  command->add_option("--advisories", arguments->audit.advisories,
                      "A folder or zip of OSV records, instead of other sources (repeatable)")
      ->allow_extra_args(false);
  command->add_flag("--update", arguments->audit.update,
                    "Fetch the advisories anew first; without it no network request is made");
  command->add_option("--format", arguments->format, "text (default), json, sarif, openvex or cyclonedx (VEX)")
      ->check(CLI::IsMember({"text", "json", "sarif", "openvex", "cyclonedx"}));
  command->add_option("--fail-on", arguments->fail_on,
                      "What makes exit code 1: policy (default: what is held or refused), any, never, or a "
                      "severity and above: low, medium, high, critical")
      ->check(CLI::IsMember({"policy", "any", "never", "low", "medium", "high", "critical"}));
  command->add_flag("--allow-not-known", arguments->allow_not_known,
                    "What tells no version, or what a source that is not required could not be asked about, is shown, but "
                    "does not make exit code 3");
  command->add_option("--store", arguments->audit.store, "The content-addressed store");
  command->add_option("-o,--output", arguments->output, "Write to a file");
  command->footer(
      "Examples:\n"
      "  assay audit requirements.txt uv.lock\n"
      "  assay audit .venv --format sarif -o audit.sarif\n"
      "  pip freeze | assay audit - --advisories all.zip\n"
      "  assay audit --set myset myset/releases/latest --format cyclonedx\n"
      "Exit codes: 0 nothing stands against it, 1 something does, 2 usage, 3 not known.");
  command->callback([arguments, &chosen] {
    chosen = [arguments] {
      const auto code = run_audit(*arguments);
      return code ? *code : failed(code.error());
    };
  });
}

}  // namespace assay
