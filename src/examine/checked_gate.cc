#include "examine/checked_gate.h"

#include <fmt/format.h>

namespace assay {

Result<std::unique_ptr<FileGate>> CheckedGate::make(
    std::string name, std::string code_version, Excerpts excerpts,
    std::map<std::string, Check, std::less<>> checks) {
  auto gate = std::make_unique<CheckedGate>();
  gate->excerpts_ = excerpts;
  ASSAY_TRY(auto rules, rules_of_gate(name));
  gate->ruleset_ = ruleset_digest(name, code_version);
  gate->name_ = std::move(name);
  std::size_t patterns = 0;
  for (Rule& rule : rules) {
    const auto check = checks.find(rule.check);
    if (check == checks.end()) {
      return fail(ErrorKind::internal, fmt::format("{}: no check \"{}\"", rule.about.id, rule.check));
    }
    const std::size_t count = rule.patterns.size();
    gate->rules_.push_back({std::move(rule), check->second, patterns});
    patterns += count;
  }
  return gate;
}

std::vector<RuleDescription> CheckedGate::rules() const {
  std::vector<RuleDescription> descriptions;
  for (const auto& checked : rules_) descriptions.push_back(checked.rule.about);
  return descriptions;
}

std::vector<Pattern> CheckedGate::patterns() const {
  std::vector<Pattern> patterns;
  for (const auto& [rule, check, first] : rules_) {
    patterns.insert(patterns.end(), rule.patterns.begin(), rule.patterns.end());
  }
  return patterns;
}

void CheckedGate::examine(const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings) const {
  for (const auto& [rule, check, first] : rules_) {
    std::vector<Hit> own;
    for (const Hit& hit : hits) {
      if (hit.pattern >= first && hit.pattern - first < rule.patterns.size()) {
        own.push_back({hit.pattern - first, hit.end});
      }
    }
    if (!own.empty()) check(rule, file, own, findings);
  }
}

}  // namespace assay
