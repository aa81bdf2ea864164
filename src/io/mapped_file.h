#pragma once
#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace assay {

// A file's bytes as they lie on the disk, read as they are looked at. For files that nobody changes
// in place: a blob of the store, or what is only ever replaced by renaming.
class MappedFile {
 public:
  MappedFile() = default;  // no bytes
  static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay
