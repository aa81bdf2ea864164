#include "io/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

#include "io/files.h"

namespace assay {

Result<MappedFile> MappedFile::open(const fs::path& path) {
  ASSAY_TRY(const Descriptor file, open_file(path));
  struct stat facts{};
  if (fstat(file.get(), &facts) != 0) return path_error("could not read", path);
  MappedFile mapped;
  if (facts.st_size == 0) return mapped;  // mmap refuses what is empty
  const auto size = static_cast<std::size_t>(facts.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) return path_error("could not read", path);
  mapped.data_ = static_cast<const char*>(data);
  mapped.size_ = size;
  return mapped;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace assay
