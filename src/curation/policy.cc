#include "curation/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <variant>

namespace assay {

namespace {

using OptionalCount = std::optional<std::uint32_t>;

// A text that is one of a few.
struct Choice {
  std::string* value = nullptr;
  std::string_view what;  // "severity"
  std::span<const std::string_view> words;
};

using Field = std::variant<double*, bool*, std::uint32_t*, OptionalCount*, Choice>;

constexpr std::string_view severities[] = {"none", "low", "medium", "high", "critical"};
constexpr std::string_view confidences[] = {"low", "medium", "high"};
constexpr std::string_view counting_scores[] = {"highest", "newest", "4.0", "3.1", "3.0", "2.0"};
constexpr std::string_view at_threshold[] = {"flag", "refuse"};
constexpr std::string_view ways_with_plans[] = {"hold", "tell"};
constexpr std::string_view ways_to_mark[] = {"local", "post"};
constexpr std::string_view strategies[] = {"newest", "lowest", "stay", "pinned"};

// One setting: a row here is all that a new one needs to be read, shown and documented.
struct Definition {
  std::string_view table;
  std::string_view key;
  Field (*field)(Policy&);
  std::string_view meaning;
};

// clang-format off
constexpr Definition definitions[] = {
    {"advisories", "refuse-above", [](Policy& p) -> Field { return &p.advisories.refuse_above; },
     "A known vulnerability whose CVSS score is above this is refused: the base score of versions 2.0, "
     "3.0 and 3.1, the score of 4.0."},
    {"advisories", "score", [](Policy& p) -> Field { return Choice{&p.advisories.score, "rule for scores", counting_scores}; },
     "Which score counts where there are several: the \"highest\"; that of the \"newest\" version of CVSS; "
     "or that of a version (\"4.0\", \"3.1\", \"3.0\", \"2.0\"), and the highest where it has none."},
    {"advisories", "at-threshold", [](Policy& p) -> Field { return Choice{&p.advisories.at_threshold, "rule", at_threshold}; },
     "A score of exactly refuse-above, which is not above it, is told as such (\"flag\") or refused too "
     "(\"refuse\"). By CVSS's words 7.0 is high."},
    {"advisories", "refuse-exploited", [](Policy& p) -> Field { return &p.advisories.refuse_exploited; },
     "One that is known to be exploited is refused, whatever its score; with false its score decides."},
    {"advisories", "hold-lower", [](Policy& p) -> Field { return &p.advisories.hold_lower; },
     "One at or below it holds the package until a person has accepted it."},
    {"advisories", "hold-unscored", [](Policy& p) -> Field { return &p.advisories.hold_unscored; },
     "One without a score holds the package until a person has accepted it."},
    {"advisories", "max-age-days", [](Policy& p) -> Field { return &p.advisories.max_age_days; },
     "An advisory source that is older than so many days is not used, unless the source says otherwise."},
    {"plans", "overdue", [](Policy& p) -> Field { return Choice{&p.plans.overdue, "rule for plans", ways_with_plans}; },
     "A remediation plan that is past its day, and was not shown to be carried out, no longer counts "
     "(\"hold\"), or counts and is told (\"tell\")."},
    {"plans", "stale", [](Policy& p) -> Field { return Choice{&p.plans.stale, "rule for plans", ways_with_plans}; },
     "The same of one that was written for less than is known by now: a lower score, or none."},
    {"plans", "unmatched", [](Policy& p) -> Field { return Choice{&p.plans.unmatched, "rule for plans", ways_with_plans}; },
     "A plan that nothing fits any more, since the advisory was withdrawn or the version is not affected, "
     "is told, or holds its package until somebody takes it out."},
    {"plans", "accept-up-to", [](Policy& p) -> Field { return &p.plans.accept_up_to; },
     "The highest CVSS score that a plan may accept for a time instead of remedying it; what has no score "
     "may not be."},
    {"weaknesses", "hold-from", [](Policy& p) -> Field { return Choice{&p.weaknesses.hold_from, "severity", severities}; },
     "Severity (none, low, medium, high, critical) from which a weakness in code that ships holds "
     "the package; in tests, documentation and examples it never does."},
    {"weaknesses", "confidence-from", [](Policy& p) -> Field { return Choice{&p.weaknesses.confidence_from, "confidence", confidences}; },
     "Confidence (low, medium, high) from which it does; what is less sure is told."},
    {"behaviour", "hold-from", [](Policy& p) -> Field { return Choice{&p.behaviour.hold_from, "severity", severities}; },
     "Severity from which behaviour that betrays malice, in code that ships, holds the package; what "
     "is of low confidence is told."},
    {"secrets", "refuse", [](Policy& p) -> Field { return &p.secrets.refuse; },
     "A secret of high severity in a file that ships is refused; with false it holds the package "
     "until a person has accepted it, as one of medium severity does. What is less or less sure, and "
     "what stands in tests, documentation and examples, is only noted."},
    {"build", "cpu-seconds", [](Policy& p) -> Field { return &p.build.cpu_seconds; },
     "CPU time that building one wheel may take."},
    {"build", "wall-seconds", [](Policy& p) -> Field { return &p.build.wall_seconds; },
     "Time by the clock that building one wheel may take."},
    {"build", "memory-mib", [](Policy& p) -> Field { return &p.build.memory_mib; },
     "Memory, in MiB."},
    {"build", "processes", [](Policy& p) -> Field { return &p.build.processes; },
     "Processes and threads at one time."},
    {"build", "disk-mib", [](Policy& p) -> Field { return &p.build.disk_mib; },
     "What may be written, in MiB."},
    {"tests", "required", [](Policy& p) -> Field { return &p.tests.required; },
     "A package without tests, or whose tests can't be run, is held until a person has accepted "
     "that. A failing test always holds."},
    {"tests", "hold-flaky", [](Policy& p) -> Field { return &p.tests.hold_flaky; },
     "A test that failed, and passed when it was run again, holds the package like a failing one; with "
     "false it is only noted."},
    {"tests", "cpu-seconds", [](Policy& p) -> Field { return &p.tests.cpu_seconds; },
     "CPU time that the tests of one package may take."},
    {"tests", "wall-seconds", [](Policy& p) -> Field { return &p.tests.wall_seconds; },
     "Time by the clock that the tests of one package may take."},
    {"tests", "memory-mib", [](Policy& p) -> Field { return &p.tests.memory_mib; },
     "Memory, in MiB."},
    {"tests", "processes", [](Policy& p) -> Field { return &p.tests.processes; },
     "Processes and threads at one time."},
    {"tests", "disk-mib", [](Policy& p) -> Field { return &p.tests.disk_mib; },
     "What may be written, in MiB."},
    {"rebuilt", "version", [](Policy& p) -> Field { return Choice{&p.rebuilt.version, "way", ways_to_mark}; },
     "How the version of a wheel from patched source says so: \"local\" is 1.2+patched.1a2b3c4d, by the "
     "patches; \"post\" is 1.2.post1, and one more whenever the patches change."},
    {"strip", "tests", [](Policy& p) -> Field { return &p.strip.tests; },
     "Test modules that hold a weakness or a secret are left out of the wheel, unless something that "
     "stays imports them."},
    {"threat-model", "required", [](Policy& p) -> Field { return &p.threat_model.required; },
     "Without a threat model, reviewed for these packages and their attack surfaces, nothing is "
     "published; with false nothing of it holds a package."},
    {"versions", "strategy", [](Policy& p) -> Field { return Choice{&p.versions.strategy, "strategy", strategies}; },
     "Which of the versions that may be taken is: the \"newest\", the \"lowest\", or \"stay\", the one of the "
     "last release as long as it passes, else the newest; \"pinned\" takes only what a requirement or a "
     "constraint pins with ==."},
    {"versions", "cooldown-days", [](Policy& p) -> Field { return &p.versions.cooldown_days; },
     "Files that were uploaded in the last so many days are not seen: what is malicious is mostly found "
     "in the first days."},
    {"versions", "next-best", [](Policy& p) -> Field { return &p.versions.next_best; },
     "A version that is refused or can't be built is left out, with its reason, and the next best "
     "one is tried, until the set stands or nothing is left."},
    {"versions", "after-tests", [](Policy& p) -> Field { return &p.versions.after_tests; },
     "The same for a version that its tests hold. By default a person judges that first."},
    {"versions", "rounds", [](Policy& p) -> Field { return &p.versions.rounds; },
     "Selections that one run tries at most."},
};
// clang-format on

constexpr std::string_view no_limit = "no limit";

std::string number_text(double number) {
  auto text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// As it is written in the set file.
std::string value_text(const Field& field) {
  if (const auto* number = std::get_if<double*>(&field)) return number_text(**number);
  if (const auto* boolean = std::get_if<bool*>(&field)) return **boolean ? "true" : "false";
  if (const auto* count = std::get_if<std::uint32_t*>(&field)) return fmt::format("{}", **count);
  if (const auto* choice = std::get_if<Choice>(&field)) return fmt::format("\"{}\"", *choice->value);
  const auto& limit = **std::get_if<OptionalCount*>(&field);
  return limit ? fmt::format("{}", *limit) : std::string(no_limit);
}

void read_choice(TableReader& table, std::string_view key, const Choice& choice) {
  const auto word = table.text(key);
  if (!word) return;
  if (std::ranges::find(choice.words, word->text) == choice.words.end()) {
    const std::vector<std::string> words(choice.words.begin(), choice.words.end());
    table.faults().add(word->position, fmt::format("unknown {} \"{}\"{}", choice.what, word->text,
                                                   suggestion(word->text, words)));
    return;
  }
  *choice.value = word->text;
}

void read_setting(TableReader& table, std::string_view key, const Field& field) {
  if (const auto* number = std::get_if<double*>(&field)) {
    constexpr double highest_score = 10;  // CVSS v3.1, section 7.1
    if (const auto value = table.number_between(key, 0, highest_score)) **number = *value;
  } else if (const auto* boolean = std::get_if<bool*>(&field)) {
    if (const auto value = table.boolean(key)) **boolean = *value;
  } else if (const auto* count = std::get_if<std::uint32_t*>(&field)) {
    if (const auto value = table.positive_number(key)) **count = *value;
  } else if (const auto* limit = std::get_if<OptionalCount*>(&field)) {
    if (const auto value = table.positive_number(key)) **limit = *value;
  } else {
    read_choice(table, key, *std::get_if<Choice>(&field));
  }
}

// Lines of at most 96 columns, each begun with "# ".
std::string comment(std::string_view text) {
  std::string result = "#";
  std::size_t column = 1;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (column + 1 + word.size() > 96) {
      result += "\n#";
      column = 1;
    }
    result += fmt::format(" {}", word);
    column += 1 + word.size();
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return result + "\n";
}

}  // namespace

void read_policy(TableReader& policy_table, Policy& policy) {
  for (const std::string_view name : {"advisories", "plans", "weaknesses", "behaviour", "secrets", "build", "tests",
                                      "rebuilt", "strip", "threat-model", "versions"}) {
    const auto* member = policy_table.table(name);
    if (!member) continue;
    TableReader table(*member->value.as<TomlTable>(), member->value.position,
                      fmt::format("[policy.{}]", name), policy_table.faults());
    for (const auto& definition : definitions) {
      if (definition.table != name) continue;
      read_setting(table, definition.key, definition.field(policy));
    }
    table.refuse_unknown_keys();
  }
  policy_table.refuse_unknown_keys();
}

std::vector<PolicySetting> policy_settings() {
  Policy standard;
  std::vector<PolicySetting> settings;
  for (const auto& [table, key, field, meaning] : definitions) {
    settings.push_back({fmt::format("policy.{}.{}", table, key), value_text(field(standard)),
                        std::string(meaning)});
  }
  return settings;
}

std::string policy_line(const Policy& policy, std::string_view key) {
  Policy values = policy;
  for (const auto& definition : definitions) {
    if (fmt::format("policy.{}.{}", definition.table, definition.key) != key) continue;
    return fmt::format("{} = {}", key, value_text(definition.field(values)));
  }
  return std::string(key);
}

std::string policy_template() {
  Policy standard;
  std::string text;
  std::string_view table;
  for (const auto& definition : definitions) {
    if (definition.table != table) {
      table = definition.table;
      text += fmt::format("\n[policy.{}]\n", table);
    }
    const auto value = value_text(definition.field(standard));
    text += comment(definition.meaning);
    text += value == no_limit ? fmt::format("# {} = 30  # not set: {}\n", definition.key, no_limit)
                              : fmt::format("# {} = {}\n", definition.key, value);
  }
  return text;
}

}  // namespace assay
