#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examine/source_text.h"

namespace assay {

// A token of C, C++ or Cython; comments, line ends and preprocessor lines are none.
struct CToken {
  enum class Kind { word, number, string, character, mark } kind = Kind::mark;
  std::string_view text;  // a string's with its prefix and quotes; a mark is one byte
};

using CArgument = std::vector<CToken>;

// The call of a function as it stands in a source.
struct CCall {
  std::string_view name;
  std::size_t begin = 0;  // of the name
  std::size_t end = 0;    // past the closing parenthesis
  std::vector<CArgument> arguments;
  bool is_statement = false;  // nothing is done with what it returns

  // An empty one beyond the last.
  const CArgument& argument(std::size_t place) const;
};

// The call whose opening parenthesis ends at `open`. Nothing if it is a declaration, a definition,
// a macro's definition or a member of an object or of a class. What can't be told counts as a call.
// Arguments are read as far as `window` bytes.
inline constexpr std::size_t argument_window = 8 << 10;
std::optional<CCall> c_call(std::string_view text, const SourcePieces& pieces, std::size_t open,
                            std::size_t window = argument_window);

// The arguments of what opens before `open`, whatever it is; with its end.
CCall c_arguments(std::string_view text, std::size_t open, std::size_t window = argument_window);

// The argument without white space: "sizeof(buffer)".
std::string joined(const CArgument& argument);

// A name that by custom is a constant's: BUFFER_NAME, kName.
bool is_constant_name(const CArgument& argument);
bool is_null(const CArgument& argument);

// The text of an argument that is constant: literals side by side with macros, one of two literals
// by a condition, a literal that is translated. As it is written, without escapes decoded.
std::optional<std::string> constant_text(const CArgument& argument);

}  // namespace assay
