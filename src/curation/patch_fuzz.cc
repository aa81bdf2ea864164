#include "curation/patch.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"

namespace {

std::string applied(const std::string& diff, const std::string& before, bool& fits) {
  const auto outcome = assay::apply_patch(
      {"fuzz.patch", diff},
      [&](const std::string&) -> assay::Result<std::string> { return before; });
  fits = outcome.has_value();
  return fits && outcome->files.contains("x") ? outcome->files.at("x") : std::string();
}

// The text with the lines replaced whose bit is set.
std::string changed(const std::string& text, std::uint8_t bits) {
  std::string after;
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const bool differs = (bits >> line % 8 & 1) != 0;
    if (differs) after += '!';
    after += text.substr(at, end - at);
    at = end;
  }
  return after;
}

}  // namespace

// Any text is a patch that fits or does not. What unified_diff() writes fits and makes what it was
// made from, and does not fit twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool fits = false;
  const auto middle = text.find('\0');
  if (middle != text.npos) {
    applied(text.substr(0, middle), text.substr(middle + 1), fits);
    applied("--- a/x\n+++ b/x\n@@ " + text.substr(0, middle), text.substr(middle + 1), fits);
    return 0;
  }
  const auto after = changed(text, data[0]);
  const auto diff = assay::unified_diff("x", text, after);
  if (diff.empty() != (text == after)) __builtin_trap();
  if (diff.empty()) return 0;
  if (applied(diff, text, fits) != after || !fits) __builtin_trap();
  return 0;
}
