#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "check/rule_book.h"
#include "evidence/path_role.h"
#include "examine/gate_set.h"
#include "examine/pattern_engine.h"

namespace assay {

// Contents beyond it are examined in parts of this size that overlap.
inline constexpr std::size_t whole_bytes = std::size_t{32} << 20;
inline constexpr std::size_t overlap_bytes = std::size_t{64} << 10;

// What gates say of contents, packed. Used by many threads; each has a scratch of its own. The
// patterns are compiled when the first content is seen, or taken from where they were kept.
class ContentCheck {
 public:
  // `patterns_folder`: where compiled patterns are kept; "" for nowhere.
  ContentCheck(const GateSet& gates, const RuleBook& rules, std::string patterns_folder);

  Result<PatternEngine::Scratch> make_scratch();

  struct Content {
    std::string_view path;  // within what is checked: what a gate sees
    std::string_view told;  // the path that its findings carry, if another: an archive's member
    std::string_view bytes;
    PathRole role;
  };
  Result<std::string> check(const Content& content, const PatternEngine::Scratch& scratch) const;

  // A part of a content that is too large to be looked at as a whole. `first`: it begins the
  // content; `lines_before`: how many lines end before it.
  struct Part {
    bool first = true;
    bool last = true;
    std::uint32_t lines_before = 0;
  };
  Result<std::string> check_part(const Content& content, const Part& part,
                                 const PatternEngine::Scratch& scratch) const;

  // A finding of the check's own about a whole file, which it is known by.
  std::string own_finding(std::string_view rule, std::string_view path, std::string_view told,
                          PathRole role, std::string message) const;

 private:
  bool redacts(std::string_view gate) const;

  const GateSet& gates_;
  const RuleBook& rules_;
  std::string patterns_folder_;
  std::once_flag compiled_;
  Result<PatternEngine> engine_ = fail(ErrorKind::internal, "the patterns are not compiled");
};

}  // namespace assay
