#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace assay {

// One directive of a format: "%-10.3ls".
struct Directive {
  char conversion = '\0';
  bool width = false;
  bool precision = false;
  bool skipped = false;      // "*": of scanf, nothing is stored; of printf, an argument is the width
  bool allocated = false;    // "m" of scanf
  bool wide = false;         // "l", "ll", "z", "j": of numbers, up to 64 bits
  long width_value = 0;
  long precision_value = 0;
  std::size_t length = 0;    // of the directive itself, with its "%"
};

std::vector<Directive> directives(std::string_view format);

// How many characters a number, a pointer or a character takes at most; nothing for others, and for
// %f, whose numbers may have hundreds of digits.
std::optional<long> longest_number(const Directive& directive);

}  // namespace assay
