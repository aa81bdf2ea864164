#include "examine/checked_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay {

Result<std::unique_ptr<FileGate>> CheckedGate::make(
    std::string name, std::string code_version, Excerpts excerpts,
    std::map<std::string, Check, std::less<>> checks, const SyntaxChecks& syntax_checks) {
  ASSAY_TRY(auto rules, rules_of_gate(name));
  return make(std::move(name), std::move(code_version), excerpts, std::move(rules),
              std::move(checks), syntax_checks);
}

Result<std::unique_ptr<FileGate>> CheckedGate::make(
    std::string name, std::string code_version, Excerpts excerpts, std::vector<Rule> rules,
    std::map<std::string, Check, std::less<>> checks, const SyntaxChecks& syntax_checks) {
  auto gate = std::make_unique<CheckedGate>();
  gate->excerpts_ = excerpts;
  gate->ruleset_ = ruleset_digest(name, code_version);
  gate->name_ = std::move(name);
  std::vector<Rule> by_syntax;
  for (Rule& rule : rules) {
    if (!rule.syntax.empty()) {
      by_syntax.push_back(std::move(rule));
      continue;
    }
    const auto check = checks.find(rule.check);
    if (check == checks.end()) {
      return fail(ErrorKind::internal, fmt::format("{}: no check \"{}\"", rule.about.id, rule.check));
    }
    for (std::size_t i = 0; i < rule.patterns.size(); ++i) {
      gate->owners_.push_back({gate->rules_.size(), i});
    }
    gate->rules_.push_back({std::move(rule), check->second});
  }
  ASSAY_TRY(gate->syntax_, SyntaxRules::make(std::move(by_syntax), syntax_checks));
  return gate;
}

std::vector<RuleDescription> CheckedGate::rules() const {
  std::vector<RuleDescription> descriptions;
  for (const auto& checked : rules_) descriptions.push_back(checked.rule.about);
  for (const Rule& rule : syntax_.rules()) descriptions.push_back(rule.about);
  return descriptions;
}

std::vector<Pattern> CheckedGate::patterns() const {
  std::vector<Pattern> patterns;
  for (const auto& [rule, check] : rules_) {
    patterns.insert(patterns.end(), rule.patterns.begin(), rule.patterns.end());
  }
  patterns.insert(patterns.end(), syntax_.patterns().begin(), syntax_.patterns().end());
  return patterns;
}

// A rule's hits stay in their order. Most files have few hits and the gates hundreds of rules, so hits are
// sorted by rule, and no table of all rules is made for each file.
void CheckedGate::examine(const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings) const {
  std::vector<std::pair<std::size_t, Hit>> by_rule;
  std::vector<Hit> of_syntax;
  for (const Hit& hit : hits) {
    if (hit.pattern < owners_.size()) {
      const Owner& owner = owners_[hit.pattern];
      by_rule.push_back({owner.rule, {owner.pattern, hit.end}});
    } else {
      of_syntax.push_back({hit.pattern - owners_.size(), hit.end});
    }
  }
  std::ranges::stable_sort(by_rule, {}, &std::pair<std::size_t, Hit>::first);
  std::vector<Hit> of_rule;
  for (auto next = by_rule.begin(); next != by_rule.end();) {
    const auto& [rule, check] = rules_[next->first];
    of_rule.clear();
    for (const auto first = next; next != by_rule.end() && next->first == first->first; ++next) {
      of_rule.push_back(next->second);
    }
    check(rule, file, of_rule, findings);
  }
  syntax_.examine(file, of_syntax, findings);
}

}  // namespace assay
