#pragma once
#include <cstddef>
#include <set>
#include <string>

#include "check/check.h"

namespace assay {

// Findings as people read them: where, how grave, the line with what was found marked, and, the first
// time a rule is told of, why it matters and what to do. In colours where standard output has them.
class CodeFrames {
 public:
  CodeFrames(const RuleBook& rules, std::size_t columns, bool coloured)
      : rules_(rules), columns_(columns), coloured_(coloured) {}

  std::string frame(const CheckedPath& path, const CheckedFinding& checked);

 private:
  std::string heading(const CheckedPath& path, const CheckedFinding& checked) const;
  std::string code(const CheckedFinding& checked) const;
  std::string advice(const CheckedFinding& checked);

  const RuleBook& rules_;
  std::size_t columns_;
  bool coloured_;
  std::set<std::string, std::less<>> explained_;
};

// Everything that is known of a rule, for `--explain`.
std::string rule_words(const RuleDescription& rule, std::size_t columns);

// Text in lines of at most so many columns, each after the first behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

}  // namespace assay
