#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "examine/gates/weaknesses/c_call.h"

namespace assay {

// How many characters: a number, or a number more than a name's value that the file does not tell, as
// in `MAX_MESSAGE + 50`.
struct CSize {
  std::string name;
  long number = 0;

  friend bool operator==(const CSize&, const CSize&) = default;
};

// Is it certain that the first is at least the second?
bool is_at_least(const CSize& room, const CSize& text);

// How long texts are at most, and how much arrays hold, by what one file declares.
class CSizes {
 public:
  // `bounded` tells of members of systems' structures, and of what functions return: "ki_comm 20".
  CSizes(std::string_view file, const CCall& call, std::span<const std::string> bounded)
      : file_(file), call_(call), bounded_(bounded) {}

  // Of an array that is declared in the function around the call, at the file's top, or as a member.
  std::optional<CSize> room_of(const CArgument& to) const;
  // Without its end: of literals, of arrays that are declared, and of members that are cleared.
  std::optional<CSize> longest(const CArgument& from) const;
  // What sprintf writes by a format, without its end.
  std::optional<CSize> written(const CArgument& format, std::span<const CArgument* const> given) const;

 private:
  std::optional<CSize> declared(std::string_view text, std::string_view name, bool at_top) const;
  std::optional<CSize> cleared(std::string_view name) const;
  std::optional<CSize> value_of(std::string_view expression, int depth) const;
  std::optional<CSize> value_of_name(std::string_view name, int depth) const;
  std::optional<CSize> bounded(std::string_view name) const;
  std::string_view function() const;

  std::string_view file_;
  const CCall& call_;
  std::span<const std::string> bounded_;
};

}  // namespace assay
