#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "python/syntax.h"

namespace assay {

// The definitions that the lines of Python source lie in, by their qualified names (PEP 3155 without
// "<locals>"): "Session.get", "" at a module's level. A "def" or "class" line lies in what it defines;
// a decorator, blank line or comment in what stands before it. What is no Python gives names that mean
// nothing, never a failure.
class SymbolIndex {
 public:
  explicit SymbolIndex(const python::Syntax& syntax);
  // Of the line that ends at the offset `line_end`, in bytes; it may be beyond the source's.
  std::string at(std::size_t line_end) const;

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  struct Definition {
    std::string name;
    std::uint32_t parent;  // none at a module's level
  };
  struct Change {
    std::size_t offset;  // from here on
    std::uint32_t definition;
  };
  std::vector<Definition> definitions_;
  std::vector<Change> changes_;  // by offset
};

}  // namespace assay
