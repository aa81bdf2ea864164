#include "package/marker.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const assay::MarkerEnvironment environment{{"python_version", "3.11"},   {"python_full_version", "3.11.2"},
                                             {"sys_platform", "linux"},    {"platform_machine", "x86_64"},
                                             {"os_name", "posix"},         {"implementation_name", "cpython"},
                                             {"platform_release", "6.1.0"}, {"extra", "socks"}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto marker = assay::Marker::parse(text);
  if (!marker) return 0;
  static_cast<void>(marker->evaluate(environment));
  static_cast<void>(marker->evaluate_strictly(environment));
  // What it prints as means the same and is one line.
  if (marker->str().find('\n') != std::string::npos) __builtin_trap();
  const auto again = assay::Marker::parse(marker->str());
  if (!again || again->evaluate(environment) != marker->evaluate(environment)) __builtin_trap();
  const auto strictly = marker->evaluate_strictly(environment);
  if (strictly && *strictly != again->evaluate_strictly(environment)) __builtin_trap();
  return 0;
}
