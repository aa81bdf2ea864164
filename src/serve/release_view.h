#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

namespace assay {

struct ServedFile {
  std::string etag;        // the quoted SHA-256 of the file: the manifest has it
  std::uint64_t size = 0;  // bytes
};

// One release as its manifest lists it. A path that is not listed is not served, so that nothing
// outside can be reached, whatever a request spells.
struct ReleaseView {
  std::filesystem::path folder;
  std::map<std::string, ServedFile, std::less<>> files;

  const ServedFile* find(std::string_view path) const;
};

// What DIR/releases/latest points at. A switch is seen at the next call. Safe for many threads.
class LatestRelease {
 public:
  explicit LatestRelease(const std::filesystem::path& set_folder)
      : releases_(set_folder / "releases") {}

  Result<std::shared_ptr<const ReleaseView>> view();

 private:
  std::filesystem::path releases_;
  std::mutex mutex_;
  std::filesystem::path target_;
  std::shared_ptr<const ReleaseView> view_;
};

}  // namespace assay
