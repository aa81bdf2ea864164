#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/surface.h"

namespace assay {

// One import or call by which a Python file reaches further.
struct SurfaceHit {
  SurfaceKind kind{};
  std::uint32_t line = 0;
  std::string what;  // "subprocess", "os.system()"
};

// Reads Python source as tokens, so that what stands in strings and comments does not count. It
// follows no assignment: a module under another name is seen where it is imported, and a call
// through a variable is not seen.
std::vector<SurfaceHit> python_surfaces(std::string_view source);

}  // namespace assay
