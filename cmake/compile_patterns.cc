// Compiles the patterns of all gates and writes them to the file that it is given, for
// cmake/ship_patterns.cmake.
#include <cstdio>

#include "examine/gate_set.h"
#include "examine/kept_patterns.h"
#include "examine/pattern_engine.h"
#include "io/files.h"

namespace {

assay::Result<> compile(const char* to) {
  ASSAY_TRY(const auto gates, assay::GateSet::create());
  ASSAY_TRY(const auto engine, assay::PatternEngine::compile(gates.gates));
  ASSAY_TRY(const auto packed, assay::packed_patterns(gates, engine));
  return assay::replace_file(to, packed);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto done = compile(arguments[1]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
