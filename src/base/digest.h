#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// A SHA-256 (FIPS 180-4): the name of everything in the store.
class Digest {
 public:
  static constexpr std::size_t size = 32;

  Digest() = default;
  explicit Digest(std::array<std::uint8_t, size> bytes) : bytes_(bytes) {}
  // 64 hexadecimal digits, either case; invalid_input otherwise.
  static Result<Digest> parse(std::string_view hex);

  std::string hex() const;  // 64 lower-case digits
  std::span<const std::uint8_t, size> bytes() const { return bytes_; }
  auto operator<=>(const Digest&) const = default;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

Digest sha256(std::string_view bytes);

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  Digest finish();  // once; the object is spent afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay

template <>
struct std::hash<assay::Digest> {
  std::size_t operator()(const assay::Digest& digest) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | digest.bytes()[i];
    return value;
  }
};
