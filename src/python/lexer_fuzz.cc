#include "python/lexer.h"

#include <cstddef>
#include <cstdint>
#include <string>

// Any bytes are tokens that lie behind one another, and as many dedents as indents.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  assay::python::Problems problems;
  assay::python::Lexer lexer(source, problems);
  std::size_t tokens = 0;
  int indents = 0;
  std::uint32_t end = 0;
  for (;;) {
    const auto token = lexer.next();
    if (token.begin > token.end || token.end > size) __builtin_trap();

    if (token.begin < end) __builtin_trap();
    end = token.end;
    if (token.kind == assay::python::TokenKind::indent) ++indents;
    if (token.kind == assay::python::TokenKind::dedent) --indents;
    if (indents < 0 || ++tokens > 4 * size + 8) __builtin_trap();
    if (token.kind == assay::python::TokenKind::end) break;
  }
  if (indents != 0 && lexer.depth() == 0) __builtin_trap();
  return 0;
}
