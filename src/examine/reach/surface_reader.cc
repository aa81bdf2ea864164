#include "examine/reach/surface_reader.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "examine/found_surfaces.h"
#include "examine/pattern_engine.h"
#include "examine/reach/capability_table.h"
#include "examine/reach/declared_entry_points.h"
#include "examine/reach/native_reach.h"
#include "examine/reach/package_graph.h"
#include "examine/reach/python_reach.h"

namespace assay {

namespace {

// Compiled once: it depends on nothing but the table.
Result<const PatternEngine*> engine() {
  static const auto compiled = PatternEngine::compile({python_marks(), native_marks()});
  if (!compiled) return std::unexpected(compiled.error());
  return &*compiled;
}

bool ends_in(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_compiled(std::string_view path) {
  return ends_in(path, {".so", ".pyd", ".dll", ".dylib", ".a"}) || path.contains(".so.");
}

bool is_native_source(std::string_view path) {
  return ends_in(path, {".c", ".cc", ".cpp", ".cxx", ".pyx", ".pxd", ".rs", ".f90", ".f"});
}

// Headers hold code too, but are no extension by themselves.
bool is_header(std::string_view path) { return ends_in(path, {".h", ".hpp", ".hh", ".pxi"}); }

// What site runs at each start: a .pth file's lines that begin with "import".
bool has_start_code(std::string_view pth) {
  return std::ranges::any_of(lines(pth), [](std::string_view line) {
    return line.starts_with("import ") || line.starts_with("import\t");
  });
}

bool is_customisation(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name == "sitecustomize.py" || name == "usercustomize.py";
}

// So that no package drowns the store; the rest is counted.
constexpr std::size_t most_places = 10'000;

// Capabilities that do something when it is merely imported.
bool is_an_act(Capability capability) { return capability <= Capability::loads_modules; }

}  // namespace

struct SurfaceReader::State {
  const PatternEngine* engine = nullptr;
  PatternEngine::Scratch scratch;
  FoundSurfaces found;
  std::vector<FileReach> reaches;
  std::vector<std::string> paths;
  std::vector<EntryPoint> entry_points;
  std::map<Capability, std::vector<CapabilityPlace>> places;

  void add(Capability capability, CapabilityPlace place) {
    place.path = printable(place.path);
    place.what = printable(place.what);
    places[capability].push_back(std::move(place));
  }

  void too_large(std::string_view path) {
    found.add(SurfaceKind::dynamic_code, fmt::format("{}: too large to be read as Python", path));
    add(Capability::unread, {.path = std::string(path), .what = "too large to be read as Python"});
  }

  void see_python(const ExaminedFile& file) {
    auto reach = python_reach(file);
    const bool at_build = file.path == "setup.py" || file.role == PathRole::build;
    for (const auto& hit : reach.hits) {
      const auto kind = at_build ? SurfaceKind::install_time_code : surface_of(hit.capability);
      if (kind && surface_of(hit.capability)) {
        found.add(*kind, fmt::format("{}:{}: {}", file.path, hit.line, hit.what));
      }
    }
    reaches.push_back(std::move(reach));
  }

  void see_native(const ExaminedFile& file, std::span<const Hit> hits) {
    const auto found_in_it = is_compiled(file.path) ? compiled_reach(file.path, file.bytes)
                                                    : native_source_reach(file, hits);
    for (const auto& hit : found_in_it) {
      add(hit.capability, {.path = std::string(file.path), .line = hit.line, .what = hit.what});
    }
  }

  void see_names(const ExaminedFile& file) {
    if (file.path == "setup.py") {
      found.add(SurfaceKind::install_time_code, file.path);
      add(Capability::runs_at_install, {.path = "setup.py", .what = "setup.py"});
    }
    if (file.path == "pyproject.toml" && file.bytes.contains("backend-path")) {
      found.add(SurfaceKind::install_time_code, "pyproject.toml: backend-path");
      add(Capability::runs_at_install, {.path = "pyproject.toml", .what = "backend-path"});
    }
    if (!ships(file.role)) return;
    if (file.path.ends_with(".pth")) {
      found.add(SurfaceKind::startup_hook, file.path);
      if (has_start_code(file.bytes)) {
        add(Capability::runs_at_start, {.path = std::string(file.path), .what = "a line that begins with import"});
      }
    }
    if (is_customisation(file.path)) {
      found.add(SurfaceKind::startup_hook, file.path);
      add(Capability::runs_at_start, {.path = std::string(file.path), .what = "imported at each start"});
    }
    if (is_compiled(file.path) || is_native_source(file.path)) found.add(SurfaceKind::native_code, file.path);
  }

  Result<> see(const ExaminedFile& file) {
    paths.emplace_back(file.path);
    see_names(file);
    for (auto& point : declared_entry_points(file)) entry_points.push_back(std::move(point));
    if (!ships(file.role) && file.path != "setup.py") return {};
    const bool python = file.path.ends_with(".py");
    const bool cython = ends_in(file.path, {".pyx", ".pxi"});
    const bool compiled = is_compiled(file.path);
    if (!python && !cython && !compiled && !is_native_source(file.path) && !is_header(file.path)) return {};
    if (compiled) {
      see_native(file, {});
      return {};
    }
    if ((python || cython) && file.bytes.size() > largest_python) {
      too_large(file.path);
      return {};
    }
    ASSAY_TRY(const auto hits, engine->scan(file.bytes, scratch));
    // What a package's __init__ hands on from its modules is how others name it.
    const bool hands_on = file.path.ends_with("/__init__.py") && file.bytes.contains("import");
    if ((python || cython) && (!hits[0].hits.empty() || hands_on)) see_python(file);
    if (!python && !hits[1].hits.empty()) see_native(file, hits[1].hits);
    return {};
  }

  void add_python_places() {
    const PackageGraph graph(std::move(reaches), paths, entry_points);
    for (std::size_t file = 0; file < graph.files().size(); ++file) {
      const auto& reach = graph.files()[file];
      for (const auto& hit : reach.hits) {
        CapabilityPlace place{reach.path, hit.line, hit.what, hit.unit, {}};
        if (hit.capability == Capability::unread) {
          add(hit.capability, std::move(place));
          continue;
        }
        place.chain = graph.chain(file, hit.unit);
        const auto at_import = hit.acts && is_an_act(hit.capability) && reach.role != PathRole::build
                                   ? graph.chain_at_import(file, hit.unit)
                                   : std::vector<std::string>();
        if (!at_import.empty() && at_import.front().starts_with("at import")) {
          add(Capability::runs_at_import, {reach.path, hit.line, hit.what, hit.unit, at_import});
        }
        add(hit.capability, std::move(place));
      }
    }
  }

  PackageSurfaces finish() {
    add_python_places();
    PackageSurfaces all{found.take(), {}};
    for (auto& [capability, own] : places) {
      std::ranges::stable_sort(own, {}, [](const CapabilityPlace& place) {
        return std::tuple(std::string_view(place.path), place.line);
      });
      const auto count = own.size();
      if (count > most_places) own.resize(most_places);
      all.capabilities.push_back({capability, count, std::move(own)});
    }
    places.clear();
    return all;
  }
};

Result<SurfaceReader> SurfaceReader::create() {
  auto state = std::make_unique<State>();
  ASSAY_TRY(state->engine, engine());
  ASSAY_TRY(state->scratch, state->engine->make_scratch());
  return SurfaceReader(std::move(state));
}

SurfaceReader::SurfaceReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SurfaceReader::SurfaceReader(SurfaceReader&&) noexcept = default;
SurfaceReader::~SurfaceReader() = default;

Result<> SurfaceReader::see(const ExaminedFile& file) { return state_->see(file); }

void SurfaceReader::see_name(std::string_view path, PathRole role, bool too_large) {
  const ExaminedFile file{path, "", role};
  state_->paths.emplace_back(path);
  state_->see_names(file);
  if (too_large && ships(role) && path.ends_with(".py")) state_->too_large(path);
}

void SurfaceReader::add(SurfaceKind kind, std::string_view place) { state_->found.add(kind, place); }

void SurfaceReader::add(Capability capability, CapabilityPlace place) {
  state_->add(capability, std::move(place));
}

PackageSurfaces SurfaceReader::finish() { return state_->finish(); }

}  // namespace assay
