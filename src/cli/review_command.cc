#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/plan_words.h"
#include "cli/terminal.h"
#include "curation/dispositions.h"
#include "curation/expected_tests.h"
#include "pipeline/last_run.h"

namespace assay {

namespace {

using Subject = Disposition::Subject;

struct Arguments {
  std::filesystem::path folder;
  std::string package;
  std::string accept;
  std::string plan;
  std::string not_affected;
  std::string adopt_tests;
  std::string reason;
  std::string reviewer;
  std::string owner;
  std::string decision;               // of a plan
  std::vector<std::string> evidence;  // of a plan
  bool plans = false;                 // an overview of them
  std::string justification;
  std::vector<std::string> targets;
  std::string end;  // --expires or --due
  bool json = false;
};

// Something that stands between a package and its release.
struct Blocker {
  std::string package;
  std::string version;
  std::string gate;
  std::string weight;
  std::string text;
  std::string policy;
  std::string subject;
  std::string advisory;         // of a known vulnerability: its id
  std::optional<double> score;  // and the score that counts, negative where there is none
};

std::string text_at(const Json& json, const char* key) { return printable(json.value(key, "")); }

// The known vulnerability that it is about, as far as the last run told.
void add_advisory(const Json& package, Blocker& blocker) {
  for (const auto& flaw : package.value("advisories", Json::array())) {
    if (flaw.value("subject", "") != blocker.subject) continue;
    blocker.advisory = flaw.value("id", "");
    blocker.score = flaw.at("score").is_number() ? flaw.at("score").get<double>() : -1;
  }
}

std::vector<Blocker> blockers_in(const Json& last_run) {
  std::vector<Blocker> blockers;
  for (const auto& package : last_run.at("packages")) {
    for (const auto& reason : package.at("verdict").at("reasons")) {
      const auto weight = text_at(reason, "weight");
      if (weight != "hold" && weight != "refuse") continue;
      blockers.push_back({text_at(package, "name"), text_at(package, "version"),
                          text_at(reason, "gate"), weight, text_at(reason, "text"),
                          text_at(reason, "policy"), reason.value("subject", ""), "", {}});
      if (blockers.back().gate == "advisories") add_advisory(package, blockers.back());
    }
  }
  return blockers;
}

// Why no decision of a person helps here; "" if one may.
std::string why_not_decidable(const Blocker& blocker) {
  if (blocker.weight == "refuse") return "policy refuses it; only another version or policy helps";
  if (blocker.gate == "dependencies") return "it goes with the package it needs";
  if (blocker.gate == "threat-model") return "see 'assay threat-model review'";
  if (blocker.gate == "plans") return "take the plan out of its file, or make it fit";
  if (blocker.gate == "expected-tests") return "judge the tests, then --adopt-tests";
  return "";
}

std::string id_of(const Blocker& blocker) {
  return blocker.subject.empty() ? blocker.gate : printable(blocker.subject);
}

std::string words(const Blocker& blocker, const std::filesystem::path& folder) {
  auto text = fmt::format("{} {}  {}\n  {}: {}\n",
                          styled(Stream::out, Style::bold, blocker.package), blocker.version,
                          id_of(blocker), blocker.gate, blocker.text);
  if (!blocker.policy.empty()) text += fmt::format("  by {}\n", blocker.policy);
  const auto why_not = why_not_decidable(blocker);
  if (why_not.empty() && blocker.gate == "advisories") {
    text += fmt::format("  plan for it: {}\n", plan_command(folder, blocker.subject));
  }
  return why_not.empty() ? text : text + fmt::format("  ({})\n", why_not);
}

Json to_json(const Blocker& blocker) {
  return {{"package", blocker.package}, {"version", blocker.version}, {"gate", blocker.gate},
          {"weight", blocker.weight},   {"text", blocker.text},       {"policy", blocker.policy},
          {"subject", blocker.subject}, {"decidable", why_not_decidable(blocker).empty()}};
}

int list(const std::vector<Blocker>& blockers, const Arguments& arguments) {
  if (arguments.json) {
    Json all = Json::array();
    for (const auto& blocker : blockers) all.push_back(to_json(blocker));
    print(compact(all));
  } else if (blockers.empty()) {
    print("nothing stands against the last run's release");
  } else {
    for (const auto& blocker : blockers) print(words(blocker, arguments.folder));
    print(fmt::format(
        "{}. Decide with --accept ID, --plan ID or --not-affected ID, or on a terminal one by one.",
        counted(blockers.size(), "thing") + (blockers.size() == 1 ? " stands" : " stand") +
            " between the set and its release"));
  }
  return blockers.empty() ? exit_done : exit_held_back;
}

// What a decision of this kind is about. A known vulnerability wants a plan.
void set_subject(const Blocker& blocker, Disposition& disposition) {
  if (blocker.gate == "tests") {
    disposition.subject = blocker.subject.empty() ? Subject::tests : Subject::test;
    disposition.test = blocker.subject;
  } else if (blocker.gate == "build") {
    disposition.subject = Subject::build;
  } else {
    disposition.fingerprint = blocker.subject;
  }
}

// By the advisory's id, which stays where its records come to be told apart otherwise, and with the
// score that it is written for.
Result<> set_plan(const Blocker& blocker, const Arguments& arguments, Disposition& disposition) {
  disposition.subject = Subject::plan;
  if (!blocker.advisory.empty()) {
    disposition.rule = blocker.advisory;
    disposition.fingerprint.clear();
  }
  ASSAY_TRY(const auto remediation, parse_remediation(arguments.decision));
  disposition.plan = {remediation, arguments.owner, arguments.evidence, blocker.score};
  return {};
}

Result<Disposition> disposition_for(const Blocker& blocker, const Arguments& arguments) {
  Disposition disposition;
  disposition.package = Name::normalize(blocker.package);
  set_subject(blocker, disposition);
  if (!arguments.plan.empty()) ASSAY_CHECK(set_plan(blocker, arguments, disposition));
  if (!arguments.not_affected.empty()) disposition.subject = Subject::not_affected;
  if (blocker.gate == "advisories" && disposition.subject == Subject::finding) {
    return fail(ErrorKind::invalid_input,
                "a known vulnerability is not accepted: give a --plan with --owner and --due, or say "
                "with --not-affected and --justification why it does not count here");
  }
  const bool of_this_version = blocker.gate == "tests" || disposition.plan.remediation == Remediation::patch;
  disposition.versions = of_this_version ? "==" + blocker.version : "";
  disposition.reason = arguments.reason;
  disposition.reviewer = arguments.reviewer;
  disposition.justification = arguments.justification;
  disposition.targets = arguments.targets;
  disposition.date = date_of(SystemClock().now());
  const auto half_a_year = SystemClock().now() + std::chrono::days(180);
  disposition.expires = date_of(half_a_year);
  if (!arguments.end.empty()) {
    ASSAY_TRY(disposition.expires, parse_date(arguments.end));
  }
  return disposition;
}

// Writes it and reads all back, so that what could not be read never stands there.
int write(const Arguments& arguments, const Disposition& disposition) {
  const auto file = add_disposition(arguments.folder, disposition);
  if (!file) {
    print_error(file.error().message);
    return exit_not_done;
  }
  if (const auto all = load_dispositions(arguments.folder); !all) {
    print_error(fmt::format("{} was written, but can't be read: {}", file->string(),
                            all.error().message));
    return exit_usage;
  }
  print(fmt::format("written to {}; the next run counts it", file->string()));
  return exit_done;
}

int decide_one(const std::vector<Blocker>& blockers, const Arguments& arguments) {
  const auto& id = !arguments.accept.empty() ? arguments.accept
                   : !arguments.plan.empty() ? arguments.plan
                                             : arguments.not_affected;
  std::vector<Blocker> meant;
  for (const auto& blocker : blockers) {
    const bool package = arguments.package.empty() ||
                         Name::normalize(arguments.package).str() == blocker.package;
    if (package && (blocker.subject == id || (blocker.subject.empty() && blocker.gate == id))) {
      meant.push_back(blocker);
    }
  }
  if (meant.size() != 1) {
    print_error(meant.empty()
                    ? fmt::format("nothing that stands in the way has the id {}", printable(id))
                    : fmt::format("{} packages have {}; say which with --package", meant.size(),
                                  printable(id)));
    return exit_usage;
  }
  // A backport counts, with its proof, above the threshold too.
  const bool backport = meant.front().gate == "advisories" && !arguments.plan.empty() &&
                        arguments.decision == to_string(Remediation::patch);
  if (const auto why_not = why_not_decidable(meant.front()); !backport && !why_not.empty()) {
    print_error(fmt::format("{} {}: {}", meant.front().package, meant.front().version, why_not));
    return exit_held_back;
  }
  if (arguments.reason.empty() || arguments.reviewer.empty()) {
    print_error("a decision wants a --reason and a --reviewer");
    return exit_usage;
  }
  const auto disposition = disposition_for(meant.front(), arguments);
  if (!disposition) {
    print_error(disposition.error().message);
    return exit_usage;
  }
  return write(arguments, *disposition);
}

std::optional<std::string> ask(std::string_view question) {
  fmt::print("{} ", question);
  std::fflush(stdout);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return std::string(trim(line));
}

bool ask_into(std::string& answer, std::string_view question) {
  while (answer.empty()) {
    const auto given = ask(question);
    if (!given) return false;
    answer = *given;
  }
  return true;
}

bool ask_plan(Arguments& plan) {
  while (!parse_remediation(plan.decision)) {
    plan.decision.clear();
    if (!ask_into(plan.decision, "upgrade, patch, strip, mitigate or accept?")) return false;
  }
  const auto given = ask("what shows it (the versions, the patch and its test, the files …; several with commas)?");
  if (!given) return false;
  for (const auto part : split(*given, ',')) {
    if (!trim(part).empty()) plan.evidence.emplace_back(trim(part));
  }
  return true;
}

// One by one on a terminal. An end of input ends it; what was written stays.
int ask_person(const std::vector<Blocker>& blockers, Arguments arguments) {
  for (const auto& blocker : blockers) {
    print("\n" + words(blocker, arguments.folder));
    if (!why_not_decidable(blocker).empty()) continue;
    const bool advisory = blocker.gate == "advisories";
    const auto choice = ask(advisory ? "[p]lan, [s]kip or [q]uit?" : "[a]ccept, [s]kip or [q]uit?");
    if (!choice || *choice == "q") break;
    if (*choice != (advisory ? "p" : "a")) continue;
    Arguments one = arguments;
    (advisory ? one.plan : one.accept) = id_of(blocker);
    if (advisory && !ask_plan(one)) break;
    if (advisory && !(ask_into(one.owner, "who carries the plan out?") &&
                      ask_into(one.end, "due on (YYYY-MM-DD)?"))) {
      break;
    }
    if (!ask_into(one.reason, advisory ? "what will be done?" : "why is it acceptable?")) break;
    if (!ask_into(one.reviewer, "who decides?")) break;
    arguments.reviewer = one.reviewer;
    const auto disposition = disposition_for(blocker, one);
    if (!disposition) {
      print_error(disposition.error().message);
      continue;
    }
    if (const int code = write(one, *disposition); code != exit_done) return code;
  }
  return exit_done;
}

int adopt_tests(const Arguments& arguments) {
  if (arguments.reviewer.empty()) {
    print_error("adopting test results wants a --reviewer");
    return exit_usage;
  }
  const auto written = adopt_expected_tests(
      arguments.folder, arguments.adopt_tests == "all" ? "" : arguments.adopt_tests,
      arguments.reviewer, date_of(SystemClock().now()));
  if (!written) {
    print_error(written.error().message);
    return exit_not_done;
  }
  for (const auto& file : *written) print("adopted: " + file.string());
  if (written->empty()) {
    print("nothing to adopt: the last run's results are adopted already, or its tests did not run");
  }
  return exit_done;
}

int review(const Arguments& arguments) {
  if (!arguments.adopt_tests.empty()) return adopt_tests(arguments);
  const auto last = read_last_run(arguments.folder);
  if (!last) {
    print_error(last.error().message);
    return last.error().kind == ErrorKind::not_found ? exit_usage : exit_not_done;
  }
  if (arguments.plans) return show_plans(arguments.folder, *last, arguments.json);
  const auto blockers = blockers_in(*last);
  const bool named = !arguments.accept.empty() || !arguments.plan.empty() ||
                     !arguments.not_affected.empty();
  if (named) return decide_one(blockers, arguments);
  if (!arguments.json && !blockers.empty() && isatty(STDIN_FILENO) == 1 && is_terminal(Stream::out)) {
    return ask_person(blockers, arguments);
  }
  return list(blockers, arguments);
}

}  // namespace

void add_review(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "review", "List what stands between the set and its release, and write down what you decide");
  command->add_option("DIR", arguments->folder, "The set's folder")->required();
  auto* accept = command->add_option("--accept", arguments->accept,
                                     "Accept a finding (by fingerprint), a test (by id), or 'tests'");
  auto* plan = command->add_option("--plan", arguments->plan,
                                   "Plan the remedy of a known vulnerability (by fingerprint)");
  auto* unaffected = command->add_option("--not-affected", arguments->not_affected,
                                         "Say that a known vulnerability does not count here");
  command->add_option("--adopt-tests", arguments->adopt_tests,
                      "Adopt the last run's test results of a package, or of 'all', as those expected");
  accept->excludes(plan)->excludes(unaffected);
  plan->excludes(unaffected);
  command->add_option("--package", arguments->package, "Whose, where several have the same id");
  command->add_option("--reason", arguments->reason, "A sentence that another person can judge");
  command->add_option("--reviewer", arguments->reviewer, "Who decides")->envname("ASSAY_REVIEWER");
  auto* owner = command->add_option("--owner", arguments->owner, "Who carries the plan out");
  auto* decision = command->add_option("--decision", arguments->decision,
                                       "What the plan does: upgrade, patch, strip, mitigate or accept");
  command->add_option("--evidence", arguments->evidence,
                      "What shows it: versions, the patch and its test, files, text (repeatable)")
      ->needs(plan);
  plan->needs(owner)->needs(decision);
  command->add_flag("--plans", arguments->plans, "All plans, how each stands and the days that are left");
  auto* justification = command->add_option(
      "--justification", arguments->justification, "OpenVEX's word, such as vulnerable_code_not_present");
  unaffected->needs(justification);
  command->add_option("--target", arguments->targets,
                      "A platform that --not-affected is reasoned for, such as linux-s390x (repeatable)")
      ->needs(unaffected);
  auto* due = command->add_option("--due", arguments->end, "When the plan is carried out, YYYY-MM-DD");
  plan->needs(due);
  command->add_option("--expires", arguments->end, "Until when it holds (default: 180 days)");
  command->add_flag("--json", arguments->json, "The list as one JSON document");
  command->footer("Exit codes: 0 nothing stands in the way, or it was written; 1 something does; 2 usage.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return review(*arguments); }; });
}

}  // namespace assay
