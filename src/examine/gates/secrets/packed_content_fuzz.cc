#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "examine/file_examination.h"
#include "examine/gate_set.h"
#include "io/archive.h"

namespace assay {

namespace {

struct SecretsEngine {
  GateSet gates;
  PatternEngine engine;
  PatternEngine::Scratch scratch;

  static SecretsEngine make() {
    const std::string name = "secrets";
    auto gates = GateSet::create(std::span(&name, 1));
    if (!gates) std::abort();
    auto engine = PatternEngine::compile(gates->gates);
    if (!engine) std::abort();
    auto scratch = engine->make_scratch();
    if (!scratch) std::abort();
    return {*std::move(gates), *std::move(engine), *std::move(scratch)};
  }
};

const SecretsEngine& engine() {
  static const SecretsEngine made = SecretsEngine::make();
  return made;
}

std::string zipped(std::string_view path, std::string_view bytes) {
  ZipWriter writer;
  writer.add(path, bytes, false);
  return writer.finish();
}

// Each step, two bits of `steps`, packs what was made so far once more.
std::string packed(std::string bytes, unsigned steps) {
  static constexpr std::string_view marks[] = {"PK\x03\x04", "\x1f\x8b\x08", "BZh9", "\xfd" "7zXZ"};
  for (; steps != 0; steps >>= 2) {
    switch (steps & 3) {
      case 0: break;
      case 1: bytes = zipped("a/b.txt", bytes); break;
      case 2: bytes = "key = '" + base64("-----BEGIN " + bytes) + "'"; break;
      default: bytes = std::string(marks[bytes.size() % std::size(marks)]) + bytes;
    }
  }
  return bytes;
}

}  // namespace

}  // namespace assay

// Patterns are compiled before the first run is timed.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  assay::engine();
  return 0;
}

// Archives within files and base64 within texts, a few levels of each, damaged or not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const SecretsEngine& secrets = engine();
  if (size == 0) return 0;
  const auto bytes = packed({reinterpret_cast<const char*>(data) + 1, size - 1}, data[0]);
  const ExaminedFile file{"a/data.bin", bytes, PathRole::shipped};
  if (!examine_file(secrets.gates.gates, secrets.engine, secrets.scratch, file)) std::abort();
  return 0;
}
