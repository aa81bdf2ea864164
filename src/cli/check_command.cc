#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "check/check.h"
#include "check/earlier_findings.h"
#include "check/finding_line.h"
#include "check/path_surfaces.h"
#include "check/sarif.h"
#include "cli/check_summary.h"
#include "cli/code_frames.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "examine/gate_set.h"
#include "examine/reach/surface_changes.h"
#include "fetch/project_layout.h"
#include "fetch/source_tree.h"
#include "io/files.h"
#include "store/store.h"

namespace assay {

namespace {

struct Arguments {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> gates;
  std::string format = "text";
  std::string severity;
  std::string confidence;
  std::vector<std::string> roles;
  bool all = false;
  std::filesystem::path against;
  bool surfaces = false;
  bool list_rules = false;
  std::string explain;
  std::filesystem::path output;
  std::size_t threads = 0;
  std::filesystem::path cache;
  bool no_cache = false;
  bool no_inline = false;
  bool quiet = false;
};

// Where findings go: standard output, or a file that shows only once it is whole.
class Output {
 public:
  explicit Output(std::filesystem::path path) : path_(std::move(path)) {}

  void write(std::string_view text) {
    if (path_.empty()) {
      std::fwrite(text.data(), 1, text.size(), stdout);
    } else {
      kept_ += text;
    }
  }
  Result<> finish() {
    if (!path_.empty()) return replace_file(path_, kept_);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return fail(ErrorKind::io, "could not write to standard output");
    }
    return {};
  }
  bool is_terminal_shown() const { return path_.empty(); }

 private:
  std::filesystem::path path_;
  std::string kept_;
};

// A line on the terminal that tells how far it is, once it takes longer than a moment.
class LiveCount {
 public:
  LiveCount(const CheckProgress& progress, bool shown) {
    if (!shown || !is_terminal(Stream::err)) return;
    painter_ = std::jthread([&progress](std::stop_token ended) {
      bool painted = false;
      for (int tick = 0; !ended.stop_requested(); ++tick) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        if (tick < 8 || tick % 2 != 0) continue;
        painted = true;
        const auto text = fmt::format("\r\x1b[K  {} files, {}", progress.files.load(),
                                      size_words(progress.bytes.load()));
        std::fwrite(text.data(), 1, text.size(), stderr);
        std::fflush(stderr);
      }
      if (painted) std::fputs("\r\x1b[K", stderr);
    });
  }

 private:
  std::jthread painter_;
};

Result<FindingFilter> filter_of(const Arguments& arguments) {
  FindingFilter filter;
  if (!arguments.severity.empty()) {
    ASSAY_TRY(filter.severity, parse_severity(arguments.severity));
  }
  if (!arguments.confidence.empty()) {
    ASSAY_TRY(filter.confidence, parse_confidence(arguments.confidence));
  }
  for (const auto& role : arguments.roles) {
    ASSAY_TRY(const auto parsed, parse_path_role(role));
    filter.roles.push_back(parsed);
  }
  return filter;
}

// What is told. JSON and SARIF are for other programs: they tell everything that no option leaves out.
FindingFilter told_filter(const Arguments& arguments, const FindingFilter& threshold) {
  FindingFilter told = threshold;
  if (!arguments.all && arguments.format == "text") return told;
  told.everything = true;
  if (arguments.severity.empty()) told.severity = Severity::none;
  if (arguments.confidence.empty()) told.confidence = Confidence::low;
  return told;
}

CheckRequest request_of(const Arguments& arguments, std::vector<std::filesystem::path> paths) {
  CheckRequest request{.paths = std::move(paths), .gates = arguments.gates};
  request.inline_suppressions = !arguments.no_inline;
  request.threads = arguments.threads != 0
                        ? arguments.threads
                        : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  if (!arguments.no_cache) {
    request.cache_folder = arguments.cache.empty() ? default_store_path() / "check" : arguments.cache;
  }
  return request;
}

Result<> write_findings(const Arguments& arguments, const CheckReport& report, Output& output,
                        const std::function<bool(const FindingHead&)>& wanted, bool all) {
  if (arguments.format == "json") {
    return report.each(wanted, [&](const CheckedPath& path, CheckedFinding&& found) {
      output.write(finding_line(path, found) + "\n");
      for (const FindingPlace& place : found.finding.again) {
        found.finding.set_place(place);
        output.write(finding_line(path, found) + "\n");
      }
    });
  }
  if (arguments.format == "sarif") {
    SarifWriter sarif(report, std::filesystem::current_path(),
                      [&](std::string_view text) { output.write(text); });
    ASSAY_CHECK(report.each(wanted, [&](const CheckedPath& path, CheckedFinding&& found) {
      sarif.add(path, found);
    }));
    sarif.finish();
    return {};
  }
  const bool on_terminal = arguments.output.empty();
  CodeFrames frames(report.rules, on_terminal ? terminal_columns(Stream::out) : 100, on_terminal);
  return report.each(
      [&](const FindingHead& head) { return wanted(head) && (all || !head.suppressed); },
      [&](const CheckedPath& path, CheckedFinding&& found) {
        output.write(frames.frame(path, found) + "\n");
      });
}

// Counts all findings, and says which are told.
Result<int> tell(const Arguments& arguments, const CheckReport& report, const EarlierFindings& earlier,
                 double seconds) {
  ASSAY_TRY(const auto threshold, filter_of(arguments));
  const auto told = told_filter(arguments, threshold);
  CheckSummary summary{.report = report, .seconds = seconds};
  summary.against = !arguments.against.empty();
  std::unordered_set<std::uint64_t> seen;
  ASSAY_CHECK(report.each(
      [&](const FindingHead& head) {
        seen.insert(head.fingerprint);
        if (earlier.has(head.fingerprint)) {
          ++summary.known;
        } else {
          summary.count(head, threshold);
        }
        return false;
      },
      [](const CheckedPath&, CheckedFinding&&) {}));
  summary.gone = earlier.count_without(seen);
  Output output(arguments.output);
  ASSAY_CHECK(write_findings(
      arguments, report, output,
      [&](const FindingHead& head) { return told(head) && !earlier.has(head.fingerprint); },
      arguments.all));
  const auto words = summary.words(arguments.all);
  if (!arguments.quiet && arguments.format == "text" && arguments.output.empty()) output.write(words);
  ASSAY_CHECK(output.finish());
  if (!arguments.quiet && (arguments.format != "text" || !arguments.output.empty())) {
    std::fwrite(words.data(), 1, words.size(), stderr);
  }
  if (!report.cache_complaint.empty()) print_error(report.cache_complaint);
  if (report.incomplete) return exit_not_done;
  return summary.above_threshold() > 0 ? exit_held_back : exit_done;
}

RoleTeller role_teller() {
  return {.by_path = role_of,
          .of_project = [](std::shared_ptr<const FileView> project) { return roles_in(std::move(project)); }};
}

Result<int> check(const Arguments& arguments) {
  ASSAY_CHECK(filter_of(arguments));  // a wrong word is said before the work
  const StopOnSignal stop;
  CheckProgress progress;
  const auto start = std::chrono::steady_clock::now();
  CheckReport report;
  EarlierFindings earlier;
  {
    const LiveCount count(progress, !arguments.quiet);
    ASSAY_TRY(report, check_paths(request_of(arguments, arguments.paths), progress, role_teller(), stop.token()));
    if (!arguments.against.empty()) {
      CheckProgress old;
      ASSAY_TRY(earlier, EarlierFindings::of(request_of(arguments, {arguments.against}), old, role_teller(),
                                             stop.token()));
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return tell(arguments, report, earlier, seconds.count());
}

Result<RuleBook> rule_book(const Arguments& arguments) {
  ASSAY_TRY(const auto gates, GateSet::create(arguments.gates));
  return RuleBook(gates.rules());
}

Result<int> list_rules(const Arguments& arguments) {
  ASSAY_TRY(const auto rules, rule_book(arguments));
  std::size_t widest = 0;
  for (const auto& rule : rules.all()) widest = std::max(widest, rule.id.size());
  for (const auto& rule : rules.all()) {
    const auto line = fmt::format("{:{}}  {:8}  {:6}  {}{}", rule.id, widest, to_string(rule.severity),
                                  to_string(rule.confidence), rule.title,
                                  rule.aliases.empty() ? "" : fmt::format(" ({})", join(rule.aliases, ", ")));
    print(is_terminal(Stream::out) ? cut_to_width(line, terminal_columns(Stream::out)) : line);
  }
  return exit_done;
}

Result<int> explain_rule(const Arguments& arguments) {
  ASSAY_TRY(const auto rules, rule_book(arguments));
  const auto named = rules.named(arguments.explain);
  if (named.empty()) {
    std::vector<std::string> ids;
    for (const auto& rule : rules.all()) ids.push_back(rule.id);
    const auto near = nearest(arguments.explain, ids);
    return fail(ErrorKind::invalid_input,
                fmt::format("there is no rule {}{}", printable(arguments.explain),
                            near ? fmt::format("; did you mean {}?", *near) : "; --rules lists all"));
  }
  for (const auto* rule : named) {
    if (rule != named.front()) print("");
    print(rule_words(*rule, is_terminal(Stream::out) ? terminal_columns(Stream::out) : 100));
  }
  return exit_done;
}

// What the code of each path can do, or what it can do more or less than an older version's.
Result<int> tell_surfaces(const Arguments& arguments) {
  if (arguments.format == "sarif") {
    return fail(ErrorKind::invalid_input, "surfaces are told as text or JSON, not as SARIF");
  }
  const StopOnSignal stop;
  const bool json = arguments.format == "json";
  const std::size_t most = arguments.all ? ~std::size_t{0} : 20;
  Output output(arguments.output);
  bool gained = false;
  std::optional<PackageSurfaces> old;
  if (!arguments.against.empty()) {
    ASSAY_TRY(old, surfaces_of_path(arguments.against, role_teller(), stop.token()));
  }
  for (const auto& path : arguments.paths) {
    ASSAY_TRY(const auto found, surfaces_of_path(path, role_teller(), stop.token()));
    if (!old) {
      output.write(json ? pretty(to_json(found)) : words_of(found, most));
      continue;
    }
    const auto changes = surface_changes(*old, found);
    output.write(json ? pretty(to_json(changes)) : words_of(changes, most));
    gained = gained || std::ranges::any_of(changes, [](const auto& change) { return !change.gained.empty(); });
  }
  ASSAY_CHECK(output.finish());
  return gained ? exit_held_back : exit_done;
}

int run_check(const Arguments& arguments) {
  const auto outcome = arguments.list_rules        ? list_rules(arguments)
                       : !arguments.explain.empty() ? explain_rule(arguments)
                       : arguments.paths.empty()
                           ? fail(ErrorKind::invalid_input, "name a path to check; \".\" is this folder")
                       : arguments.surfaces ? tell_surfaces(arguments)
                                            : check(arguments);
  return outcome ? *outcome : failed(outcome.error());
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "check", "Examine files for weaknesses, secrets and malice, without a set or a store");
  command->add_option("PATH", arguments->paths,
                      "A folder, a source distribution, a wheel, or a single file; several may be given");
  command->add_option("--gate", arguments->gates, "Only this gate (repeatable)")->allow_extra_args(false);
  command->add_option("--format", arguments->format, "text (default), json (a line a finding) or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  command->add_option("--min", arguments->severity,
                      "The least severity that counts: low, medium (default), high, critical");
  command->add_option("--confidence", arguments->confidence,
                      "The least confidence that counts: low, medium (default), high");
  command->add_option("--role", arguments->roles,
                      "What counts: shipped, build, vendored, generated (default), test, docs, example, tool "
                      "(repeatable)")
      ->allow_extra_args(false);
  command->add_flag("--all", arguments->all, "Show also what is below the threshold or suppressed");
  command->add_flag("--no-inline", arguments->no_inline,
                    "Comments in the code leave nothing out; `assay run` never heeds them");
  command->add_option("--against", arguments->against,
                      "Tell what is new: an older version's path, or the JSON of an earlier check");
  command->add_flag("--surfaces", arguments->surfaces,
                    "Tell what the code can do and how it is reached; with --against: what is new of it");
  command->add_flag("--rules", arguments->list_rules, "List the rules");
  command->add_option("--explain", arguments->explain, "Explain a rule, by its id or an alias such as B301");
  command->add_option("-o,--output", arguments->output, "Write to a file");
  command->add_option("-j,--threads", arguments->threads, "How many files at once; default: one a core")
      ->check(CLI::Range(1, 1024));
  command->add_option("--cache", arguments->cache, "Where earlier answers are kept");
  command->add_flag("--no-cache", arguments->no_cache, "Look at everything anew, and keep nothing");
  command->add_flag("-q,--quiet", arguments->quiet, "Findings only");
  command->footer(
      "Exit codes: 0 nothing at or above the threshold, 1 something is, 2 usage, 3 not everything could "
      "be looked at.");
  command->callback([&chosen, arguments] { chosen = [arguments] { return run_check(*arguments); }; });
}

}  // namespace assay
