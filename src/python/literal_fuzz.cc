#include <cstddef>
#include <cstdint>
#include <string>

#include "python/encoding.h"
#include "python/module.h"

// The inside of a literal of any form has a value, which is hardly longer than what is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::python;
  if (size == 0) return 0;
  static constexpr const char* prefixes[] = {"", "b", "r", "rb", "f", "rf", "u", "t"};
  static constexpr const char* quotes[] = {"'", "\"", "'''", "\"\"\""};
  const std::string inside(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string quote = quotes[data[0] >> 3 & 3];
  const std::string source = prefixes[data[0] & 7] + quote + inside + quote + "\n";
  const Syntax syntax = parse(source);
  for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, NodeKind::string) && !syntax.is(id, NodeKind::string_part)) continue;
    // An escape of four bytes, \xff, is two bytes of UTF-8; bytes that are no UTF-8 may grow.
    if (literal_value(syntax, id).size() > 3 * syntax.text(id).size() + 4) __builtin_trap();
  }
  integer_value(inside);
  return 0;
}
