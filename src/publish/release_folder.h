#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"
#include "publish/release_files.h"
#include "store/store.h"

namespace assay {

// DIR/releases: numbered folders, `latest` (a relative link to one of them), and, while a release
// is made or after a crash, folders and links whose names begin with ".new-".
class ReleasesFolder {
 public:
  explicit ReleasesFolder(const std::filesystem::path& set_folder)
      : path_(set_folder / "releases") {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path release(std::uint64_t number) const;

  Result<> remove_leftovers() const;            // of runs that were ended in the middle
  std::optional<std::uint64_t> newest() const;  // the highest number there is
  Result<std::uint64_t> latest() const;         // where the link points; not_found if there is none

  // Each is whole on the disk before the next begins: the files in a new folder, its number, the
  // link. Whenever it is cut off, `latest` points at a whole release.
  Result<> add(const Store& store, const ReleaseFiles& files, std::uint64_t number) const;
  Result<> switch_latest(std::uint64_t number) const;

 private:
  std::filesystem::path path_;
};

}  // namespace assay
