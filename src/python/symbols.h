#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The definitions that the lines of Python source lie in, by their qualified names (PEP 3155 without
// "<locals>"): "Session.get", "" at a module's level. A "def" or "class" line lies in what it defines;
// a decorator, blank line or comment in what stands before it. Lines count from 1 and may be beyond
// the end. What is no Python gives names that mean nothing, never a failure.
class SymbolIndex {
 public:
  explicit SymbolIndex(std::string_view source);
  std::string at(std::uint32_t line) const;

 private:
  struct Change {
    std::uint32_t line;  // from here on
    std::string symbol;
  };
  std::vector<Change> changes_;  // by line
};

}  // namespace assay
