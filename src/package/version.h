#pragma once
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
#include <optional>

#include "base/result.h"

namespace assay {

// A version by PEP 440, exactly as the reference implementation reads and orders it. Numbers have
// any length. Legacy versions are refused.
class Version {
 public:
  static Result<Version> parse(std::string_view text);

  std::string str() const;            // normalized, with epoch and local part
  std::string public_version() const;  // without the local part
  std::string base_version() const;    // epoch and release only
  std::string local() const;           // "" if there is none

  bool is_prerelease() const;  // a, b, rc or dev
  bool is_postrelease() const;
  bool is_devrelease() const;

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

  // A non-negative decimal number of any length: no leading zeros, "0" for zero.
  using Number = std::string;
  const Number& epoch() const { return epoch_; }
  const std::vector<Number>& release() const { return release_; }

  // The order of the two without their local parts.
  std::strong_ordering compare_public(const Version& other) const;

 private:
  friend class Specifier;
  Number epoch_ = "0";
  std::vector<Number> release_;
  std::optional<std::pair<char, Number>> pre_;  // 'a', 'b' or 'r' (rc)
  std::optional<Number> post_;
  std::optional<Number> dev_;
  std::vector<std::string> local_;  // segments, lower case; those of digits only are numbers
};

}  // namespace assay
