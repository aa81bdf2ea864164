#include "check/suppressions.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.h"

// Any file may ask for anything: a request lies at the finding, and its reason is safe to print.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static constexpr const char* paths[] = {"a.py", "a.c", "a.html", "a.toml", "a.js", "README", "a"};
  const ExaminedFile file{paths[data[0] % std::size(paths)], text, PathRole::shipped};
  Finding finding;
  finding.rule = "weaknesses/insecure-url";
  finding.aliases = {"B301", "S301"};
  for (std::uint32_t line = 0; line <= file.lines().count() + 1; ++line) {
    finding.line = line;
    finding.end_line = line + data[0] % 4;
    const auto found = suppression_of(finding, file);
    if (!found) continue;
    if (found->line + 1 < line || found->line > finding.end_line) __builtin_trap();
    if (printable(found->reason) != found->reason) __builtin_trap();
  }
  return 0;
}
