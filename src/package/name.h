#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// A project's name. Compared and printed in its normalized form (PEP 503).
class Name {
 public:
  // invalid_input unless it has the form the core metadata specification gives for names.
  static Result<Name> parse(std::string_view text);
  // For file names and lists whose spelling was checked before: normalizes whatever it is given.
  static Name normalize(std::string_view text);

  const std::string& str() const { return normalized_; }  // "charset-normalizer"
  std::string file_form() const;                           // "charset_normalizer" (PEP 427, 625)
  auto operator<=>(const Name&) const = default;

 private:
  std::string normalized_;
};

}  // namespace assay

template <>
struct std::hash<assay::Name> {
  std::size_t operator()(const assay::Name& name) const noexcept {
    return std::hash<std::string>()(name.str());
  }
};
