#include "examine/gates/weaknesses/c_call.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "examine/gates/weaknesses/c_context.h"

// Whatever stands behind a parenthesis, a call that is told lies within the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const SourcePieces pieces(SourceKind::c, text);
  generator_of(text);
  for (auto at = text.find('('); at != text.npos; at = text.find('(', at + 1)) {
    const auto list = c_arguments(text, at + 1);
    if (list.end > text.size()) __builtin_trap();
    const auto call = c_call(text, pieces, at + 1);
    if (!call) continue;
    if (call->begin > at || call->end > text.size() || call->end <= at) __builtin_trap();
    const CSurroundings around(text, *call);
    for (std::size_t i = 0; i <= call->arguments.size(); ++i) {
      const CArgument& argument = call->argument(i);
      joined(argument);
      constant_text(argument);
      if (is_constant_name(argument) && is_null(argument)) around.after_contains("NULL");
      around.looks_bounded(argument, call->argument(0));
      around.holds_literals(argument);
      around.is_pointer(argument);
      around.ends_later(argument);
    }
  }
  return 0;
}
