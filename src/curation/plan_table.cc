#include "curation/plan_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "package/specifier.h"

namespace assay {

namespace {

constexpr double highest_score = 10;  // CVSS v3.1, section 7.1

// False: there is none, and what else it should have is not known.
bool read_decision(TableReader& table, Remediation& remediation) {
  table.require("decision");
  const auto word = table.text("decision");
  if (!word) return false;
  if (const auto known = parse_remediation(word->text)) {
    remediation = *known;
    return true;
  }
  const std::vector<std::string> words{"upgrade", "patch", "strip", "mitigate", "accept"};
  table.faults().add(word->position, fmt::format("\"decision\" must be one of {}{}", join(words, ", "),
                                                 suggestion(word->text, words)));
  return false;
}

// One text may stand without its brackets.
std::vector<PlacedText> evidence_in(TableReader& table) {
  const auto* member = table.any("evidence");
  if (member && member->value.as<std::string>()) {
    return {{*member->value.as<std::string>(), member->value.position}};
  }
  return table.texts("evidence").value_or(std::vector<PlacedText>());
}

std::string_view fault_of(Remediation remediation, std::string_view text) {
  if (trim(text).empty()) return "a plan's evidence must not be empty";
  switch (remediation) {
    case Remediation::upgrade: {
      const auto versions = SpecifierSet::parse(text);
      return versions && !versions->empty() ? ""
                                            : "a plan to upgrade names the versions that end it, as a "
                                              "specifier like \">=1.2.4\"";
    }
    case Remediation::patch:
      if (text == "*") return "\"*\" alone would be any test; name a file at least";
      return text.find('/') != std::string_view::npos && is_patch_file(text)
                 ? "a patch is named by its file alone; it lies in patches/ in the package's folder"
                 : "";
    case Remediation::strip:
      return text.starts_with('/') || text.starts_with("../")
                 ? "a file is named by its path as it would be installed, like \"flask/debug.py\""
                 : "";
    case Remediation::mitigate:
    case Remediation::accept: return "";
  }
  return "";
}

std::string_view wanted(Remediation remediation) {
  switch (remediation) {
    case Remediation::upgrade: return "the versions that end it, like \">=1.2.4\"";
    case Remediation::patch: return "the patch's file, and a test that shows that it works";
    case Remediation::strip: return "the files that are left out of the wheels";
    case Remediation::mitigate: return "what is done, or where that is told";
    case Remediation::accept: return "";
  }
  return "";
}

void read_evidence(TableReader& table, bool decided, Disposition::Plan& plan) {
  const auto evidence = evidence_in(table);
  if (!decided) return;
  for (const auto& one : evidence) {
    const auto fault = fault_of(plan.remediation, one.text);
    if (!fault.empty()) table.faults().add(one.position, std::string(fault));
    plan.evidence.emplace_back(trim(one.text));
  }
  const bool patchless = plan.remediation == Remediation::patch &&
                         std::ranges::none_of(plan.evidence, is_patch_file);
  if (plan.remediation == Remediation::accept || (!evidence.empty() && !patchless)) return;
  table.faults().add(table.position(),
                     fmt::format("a [[plan]] to {} needs \"evidence\": {}", to_string(plan.remediation),
                                 wanted(plan.remediation)));
}

void read_score(TableReader& table, std::optional<double>& score) {
  const auto* member = table.any("score");
  if (!member) return;
  if (const auto* word = member->value.as<std::string>(); word && *word == "none") {
    score = -1;
  } else if (const auto number = table.number_between("score", 0, highest_score)) {
    score = *number;
  }
}

}  // namespace

bool is_patch_file(std::string_view evidence) { return evidence.ends_with(".patch"); }

void read_plan(TableReader& table, Disposition::Plan& plan) {
  const bool decided = read_decision(table, plan.remediation);
  plan.owner = table.required_text("owner");
  read_evidence(table, decided, plan);
  read_score(table, plan.score);
}

std::string toml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> written;
  for (const auto& text : texts) written.push_back(toml_string(text));
  return fmt::format("[{}]", join(written, ", "));
}

std::string plan_text(const Disposition::Plan& plan) {
  std::string text = fmt::format("decision = \"{}\"\n", to_string(plan.remediation));
  if (!plan.evidence.empty()) text += fmt::format("evidence = {}\n", toml_list(plan.evidence));
  if (plan.score) {
    text += *plan.score < 0 ? std::string("score = \"none\"\n") : fmt::format("score = {:.1f}\n", *plan.score);
  }
  return text + fmt::format("owner = {}\n", toml_string(plan.owner));
}

std::vector<std::string> read_targets(TableReader& table) {
  std::vector<std::string> targets;
  const auto written = table.texts("targets");
  if (!written) return targets;
  if (written->empty()) {
    table.faults().add(table.any("targets")->value.position,
                       "\"targets\" must name at least one; without it, all are meant");
  }
  for (const auto& target : *written) {
    if (target.text.find('-') == std::string::npos) {
      table.faults().add(target.position,
                         fmt::format("\"{}\" is no platform; write it like \"linux-s390x\"",
                                     printable(target.text)));
    }
    targets.push_back(target.text);
  }
  return targets;
}

}  // namespace assay
