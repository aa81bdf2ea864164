#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// A way by which a package can reach further than its own code, or others can reach it.
enum class SurfaceKind {
  install_time_code,  // setup.py, a build back end of its own: runs when a wheel is built
  native_code,        // compiled extensions and their sources
  network,
  subprocess,
  deserialisation,    // of forms that can carry code
  dynamic_code,       // code made from text, modules chosen at run time
  entry_point,        // commands and plug-ins that others start
  startup_hook,       // .pth files: run each time Python starts
  host_library,       // shared libraries that the machine which installs must have
};

std::string_view to_string(SurfaceKind kind);  // "install-time-code"
Result<SurfaceKind> parse_surface_kind(std::string_view text);
std::vector<std::string> surface_kinds();  // all of them, in words

struct Surface {
  SurfaceKind kind{};
  std::size_t count = 0;            // places in all
  std::vector<std::string> places;  // the first few: "flask/cli.py:12: subprocess"
};

Json to_json(const Surface& surface);
Result<Surface> surface_from_json(const Json& json);

}  // namespace assay
