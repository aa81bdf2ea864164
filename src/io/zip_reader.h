#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/archive.h"
#include "io/archive_checks.h"

namespace assay {

// These bytes of a zip file; fewer only where it ends.
using ReadRange = std::function<Result<std::string>(std::uint64_t offset, std::uint64_t size)>;

// Every file and link of a .zip or .whl, as read_archive() gives them. The central directory is
// what counts, as it is for Python; a file whose local headers say something else is refused, and
// so is one whose members overlap. A file that is not wanted is not checked for damage.
Result<> read_zip(std::uint64_t size, const ReadRange& read, ArchiveChecks& checks,
                  const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each,
                  const IsWantedFile& is_wanted = {});

}  // namespace assay
