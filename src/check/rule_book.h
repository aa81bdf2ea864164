#pragma once
#include <string_view>
#include <vector>

#include "evidence/rule_description.h"

namespace assay {

// The rules that a check may tell of, by their ids.
class RuleBook {
 public:
  RuleBook() = default;
  explicit RuleBook(std::vector<RuleDescription> rules);  // of gates; the check's own are added

  const std::vector<RuleDescription>& all() const { return rules_; }
  const RuleDescription* find(std::string_view id) const;
  // Its place in all(); all().size() if there is none.
  std::size_t index(std::string_view id) const;
  // By its id, the id without its gate, or an alias, in any case. Several rules may share an alias: the
  // one that has the fewest, and so means it most closely, comes first.
  std::vector<const RuleDescription*> named(std::string_view name) const;

 private:
  std::vector<RuleDescription> rules_;
};

// Whether a name that a person wrote means a rule: RuleBook::named()'s notion.
bool is_named(std::string_view id, const std::vector<std::string>& aliases, std::string_view name);

// What a check says of its own, about files that it could not look at as it should.
namespace own_rules {
inline constexpr std::string_view unreadable = "check/unreadable";
inline constexpr std::string_view wide_text = "check/wide-text";
inline constexpr std::string_view unread_python = "check/unread-python";
inline constexpr std::string_view vanished = "check/vanished";
inline constexpr std::string_view not_a_file = "check/not-a-file";
inline constexpr std::string_view link = "check/link";
inline constexpr std::string_view odd_name = "check/odd-name";
inline constexpr std::string_view too_large = "check/too-large";
inline constexpr std::string_view in_parts = "check/in-parts";
inline constexpr std::string_view archive = "check/archive";
inline constexpr std::string_view unexplained = "check/unexplained-suppression";
}  // namespace own_rules

}  // namespace assay
