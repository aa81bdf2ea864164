#pragma once
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "examine/gate.h"
#include "examine/rule.h"
#include "examine/syntax_rules.h"

namespace assay {

// A gate whose rules are data and whose judgement is one function for each kind of rule: a rule
// names its check, and the check is handed the hits of that rule's patterns. Rules that look at
// Python's syntax are judged together, in one pass over a file (examine/syntax_rules.h).
class CheckedGate final : public FileGate {
 public:
  using Check = std::function<void(const Rule&, const ExaminedFile&, std::span<const Hit>,
                                   std::vector<Finding>&)>;

  using SyntaxChecks = std::map<std::string, SyntaxRules::Check, std::less<>>;

  enum class Excerpts { plain, redacted };

  // `code_version` is raised when a check changes its answers. An error is a defect of a rule.
  static Result<std::unique_ptr<FileGate>> make(std::string name, std::string code_version,
                                                Excerpts excerpts,
                                                std::map<std::string, Check, std::less<>> checks,
                                                const SyntaxChecks& syntax_checks = {});
  // Of rules that the gate has completed; its ruleset is that of all of its name.
  static Result<std::unique_ptr<FileGate>> make(std::string name, std::string code_version,
                                                Excerpts excerpts, std::vector<Rule> rules,
                                                std::map<std::string, Check, std::less<>> checks,
                                                const SyntaxChecks& syntax_checks = {});

  std::string_view name() const override { return name_; }
  bool redacts() const override { return excerpts_ == Excerpts::redacted; }
  std::vector<RuleDescription> rules() const override;
  std::vector<Pattern> patterns() const override;
  void examine(const ExaminedFile& file, std::span<const Hit> hits,
               std::vector<Finding>& findings) const override;
  std::string ruleset() const override { return ruleset_; }

 private:
  struct CheckedRule {
    Rule rule;
    Check check;
  };
  // Whose pattern one of the gate's is.
  struct Owner {
    std::size_t rule;     // in rules_
    std::size_t pattern;  // of the rule's own
  };

  std::string name_;
  Excerpts excerpts_ = Excerpts::plain;
  std::string ruleset_;
  std::vector<CheckedRule> rules_;
  std::vector<Owner> owners_;  // by the gate's patterns; those of syntax_ follow
  SyntaxRules syntax_;
};

}  // namespace assay
