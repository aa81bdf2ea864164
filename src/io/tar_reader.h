#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "io/archive.h"
#include "io/archive_checks.h"

namespace assay {

// Every file and link of a .tar (plain, gz, bz2, xz, zst), as read_archive() gives them.
Result<> read_tar(const std::filesystem::path& archive, ArchiveChecks& checks,
                  const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each);
// The same of bytes at hand; what is packed and no .tar is given as one file.
Result<> read_tar_bytes(std::string_view bytes, ArchiveChecks& checks,
                        const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each);

}  // namespace assay
