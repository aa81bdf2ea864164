#pragma once
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/text_hash.h"
#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"
#include "python/module.h"

namespace assay {

// What a rule says of a place; it begins as what the rule's data say.
struct Judgement {
  Severity severity = Severity::none;
  Confidence confidence = Confidence::high;
  std::string message;
  std::vector<std::string> aliases;
  std::vector<std::string> cwe;
  std::string excerpt;  // instead of what stands there, where that must not be repeated
};

// A node that an entry of a rule fits.
struct SyntaxMatch {
  const Rule& rule;
  const SyntaxEntry& entry;
  const ExaminedFile& file;
  python::NodeId node;
  // Where the rule's own patterns end in the file; they rise.
  std::span<const std::size_t> hits;
  // Whether to follow data for this place: not where its rule has found very many in the file, for that is
  // dear, and who floods a file must gain nothing by it.
  bool follows_data = true;

  const python::Module& module() const { return file.python(); }
  const python::Syntax& syntax() const { return file.python().syntax(); }
  std::string_view text() const { return syntax().text(node); }
  // Whether a hit lies in a node.
  bool has_hit(python::NodeId in) const;
};

// Rules that look at Python's syntax: their names are looked for with all other patterns, and a file
// that has one of them is parsed and walked over once, for all rules.
class SyntaxRules {
 public:
  // Refines what an entry found: changes the judgement, or refuses (false).
  using Check = std::function<bool(const SyntaxMatch&, Judgement&)>;

  SyntaxRules() = default;
  // An error is a defect of a rule: an unknown check or kind of node.
  static Result<SyntaxRules> make(std::vector<Rule> rules,
                                  const std::map<std::string, Check, std::less<>>& checks);

  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<Pattern>& patterns() const { return patterns_; }
  void examine(const ExaminedFile& file, std::span<const Hit> hits, std::vector<Finding>& findings) const;

 private:
  // How a hit of a pattern is confirmed before its file is parsed.
  enum class Look { import_line, call, builtin_call, word, assigned, as_it_is };
  struct Watch {
    Look look;
    std::size_t length = 0;             // of the literal
    std::vector<std::uint32_t> entries;  // that it calls for
    std::uint32_t rule = 0;              // of as_it_is
  };
  struct EntryRef {
    std::uint32_t rule;
    std::uint32_t entry;
  };
  using Index = std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>;
  struct Walk;

  void watch(Look look, std::string_view literal, std::uint32_t entry);
  void watch_entry(std::uint32_t id);
  void index_entry(std::uint32_t id);
  bool confirm(const Watch& watch, std::string_view bytes, std::size_t end) const;

  std::vector<Rule> rules_;
  std::vector<Check> checks_;     // by rule; empty functions where there is none
  std::vector<EntryRef> entries_;  // of all rules, in their order
  std::vector<Pattern> patterns_;
  std::vector<Watch> watches_;  // by pattern
  std::map<std::pair<Look, std::string>, std::size_t> watched_;
  Index calls_, methods_, imports_, attributes_, assigned_, keywords_;
  Index last_parts_, last_attributes_;  // the last parts of names in calls_ and attributes_
  std::array<std::vector<std::uint32_t>, 256> kinds_;  // by the kind of node
};

}  // namespace assay
