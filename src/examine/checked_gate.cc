#include "examine/checked_gate.h"

#include <fmt/format.h>

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

// Each hit is looked at once, however many rules there are; a rule's hits stay in their order.
void CheckedGate::examine(const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings) const {
  std::vector<std::size_t> begins(rules_.size() + 1);  // where a rule's hits begin in `sorted`
  std::vector<Hit> of_syntax;
  for (const Hit& hit : hits) {
    if (hit.pattern < owners_.size()) {
      ++begins[owners_[hit.pattern].rule + 1];
    } else {
      of_syntax.push_back({hit.pattern - owners_.size(), hit.end});
    }
  }
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  std::vector<Hit> sorted(hits.size() - of_syntax.size());
  for (const Hit& hit : hits) {
    if (hit.pattern >= owners_.size()) continue;
    const Owner& owner = owners_[hit.pattern];
    sorted[next[owner.rule]++] = {owner.pattern, hit.end};
  }
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (begins[i] == begins[i + 1]) continue;
    rules_[i].check(rules_[i].rule, file,
                    std::span(sorted).subspan(begins[i], begins[i + 1] - begins[i]), findings);
  }
  syntax_.examine(file, of_syntax, findings);
}

}  // namespace assay
