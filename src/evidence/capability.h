#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evidence/surface.h"

namespace assay {

// What a package's code can do, told more finely than a SurfaceKind. What is done where is fact;
// whether it is wanted is for people.
enum class Capability {
  listens,              // others may connect to it
  connects,             // opens connections, sends datagrams
  resolves,             // asks for addresses of names
  network,              // uses the network, for what is not told
  spawns,               // starts other programs or processes
  reads_outside,        // files under a home, an absolute or an environment's path
  writes_outside,       // the same, and temporary files
  loads_native_code,    // ctypes, cffi, dlopen
  deserialises,         // forms that can carry code
  evaluates,            // makes code from text
  loads_modules,        // whose name is not in the source
  environment_secrets,  // variables and stores that are named like credentials
  telemetry,            // clients of services that collect usage or errors
  crypto,
  archives,
  xml,
  sql,
  html,
  templates,
  runs_at_install,      // setup.py, a build back end of its own
  runs_at_start,        // .pth lines with code, sitecustomize: each time Python starts
  runs_at_import,       // does something of the first eleven when it is imported
  unread,               // files that could not be read, so that nothing is known of them
};

std::string_view to_string(Capability capability);  // "reads-outside"
Result<Capability> parse_capability(std::string_view text);
std::vector<std::string> capabilities();  // all of them, in words

// Under which of a threat model's words Python code with it counts; nothing where under none.
std::optional<SurfaceKind> surface_of(Capability capability);

// Where a package does it.
struct CapabilityPlace {
  std::string path;
  std::uint32_t line = 0;  // 0: the file as a whole
  std::string what;        // "socket.socket().bind"
  std::string symbol;      // the definition it stands in, "" at a module's level
  // How it is reached from outside the package, outermost first: "command flask",
  // "flask.cli:main", "flask.cli:run". Empty where no way was found.
  std::vector<std::string> chain;
};

struct CapabilityUse {
  Capability capability{};
  std::size_t count = 0;  // places in all
  std::vector<CapabilityPlace> places;
};

// All that a package can do, in a threat model's words and more finely. Sorted by kind and by
// capability.
struct PackageSurfaces {
  std::vector<Surface> surfaces;
  std::vector<CapabilityUse> capabilities;
};

// "command flask → flask.cli:main → socket.socket().bind (src/flask/cli.py:123)", made visible.
std::string words_of(const CapabilityPlace& place);

Json to_json(const CapabilityUse& use);
Result<CapabilityUse> capability_use_from_json(const Json& json);
Json to_json(const PackageSurfaces& found);
Result<PackageSurfaces> package_surfaces_from_json(const Json& json);

}  // namespace assay
