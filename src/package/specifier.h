#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/version.h"

namespace assay {

// One clause: an operator (~= == != <= >= < > ===) and what it is held against (PEP 440).
class Specifier {
 public:
  static Result<Specifier> parse(std::string_view text);

  const std::string& op() const { return op_; }
  const std::string& version_text() const { return text_; }  // as written, ".*" included
  std::string str() const { return op_ + text_; }

  // By the operator alone; what may be a pre-release is SpecifierSet's question.
  bool matches(const Version& version) const;
  // The same for a version as it was written, since === compares spellings. What is no version
  // can match only ===.
  bool matches_text(std::string_view version) const;
  // Names a pre-release itself (">=1.0a1"), which admits them in the set it stands in.
  bool admits_prereleases() const;
  // Equal for clauses that say the same in other spellings ("==1.0" and "== v1.0.0").
  std::string canonical() const;

 private:
  bool is_within_release(const Version& version) const;
  bool equals(const Version& version) const;

  // "===", "==", "!=", "~=", "<=", ">=", ">", "<"
  enum class Operator { same_text, equal, unequal, compatible, at_most, at_least, above, below };
  static Operator operator_of(std::string_view op);

  std::string op_;
  Operator kind_ = Operator::equal;
  std::string text_;
  Version version_;  // without a release if === is held against what is no version
  bool wildcard_ = false;
};

// Clauses that must all hold. Empty: every version.
class SpecifierSet {
 public:
  static Result<SpecifierSet> parse(std::string_view text);

  // prereleases: as the reference implementation's argument; nothing means the default rule, by
  // which a version that has no rivals is admitted even if it is a pre-release (PEP 440, "handling
  // of pre-releases").
  bool contains(const Version& version, std::optional<bool> prereleases = std::nullopt) const;
  // The same for a version as it was written; see Specifier::matches_text.
  bool contains_text(std::string_view version,
                     std::optional<bool> prereleases = std::nullopt) const;
  bool admits_prereleases() const;
  // Held to one version by == or ===, which is what admits a yanked file (PEP 592).
  bool is_pin() const;
  bool empty() const { return clauses_.empty(); }
  const std::vector<Specifier>& clauses() const { return clauses_; }
  std::string str() const;  // clauses sorted as the reference implementation sorts them

 private:
  std::vector<Specifier> clauses_;
};

}  // namespace assay
