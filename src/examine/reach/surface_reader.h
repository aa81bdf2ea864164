#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/capability.h"
#include "examine/gate.h"

namespace assay {

// Reads what a package can do, file by file: of its code that ships and of what runs when it is
// built. A Python file is parsed only if a name of the table stands in it (the parse is the file's,
// shared with whoever has it); then what is found is put together over all files. Files that are too
// large to be read as Python (8 MiB) count as `unread` and as dynamic code: what was not read is not
// clean.
class SurfaceReader {
 public:
  // internal if the table makes no patterns.
  static Result<SurfaceReader> create();
  SurfaceReader(SurfaceReader&&) noexcept;
  ~SurfaceReader();

  // Every file of a tree, in its order, also those that don't ship: they say where packages are.
  Result<> see(const ExaminedFile& file);
  // The same for one that is known by its size to be too large, or is a link.
  void see_name(std::string_view path, PathRole role, bool too_large);
  void add(SurfaceKind kind, std::string_view place);
  void add(Capability capability, CapabilityPlace place);

  PackageSurfaces finish();

 private:
  struct State;
  explicit SurfaceReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

inline constexpr std::uint64_t largest_python = 8 << 20;  // bytes

}  // namespace assay
