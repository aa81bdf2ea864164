#pragma once
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/task_group.h"
#include "check/file_check.h"

namespace assay {

// Whether a file is one that a check opens: a source distribution, a wheel, a zip.
bool is_archive(const std::filesystem::path& path);

// Looks at an archive's members as they come, on the threads of `tasks`; what is unpacked and not
// yet looked at is bounded. Members' paths are without the one folder that a source distribution
// has around all. An archive that is refused is a finding, beside those of what was read before.
Result<std::string> check_archive_members(const std::filesystem::path& path, FileCheck& files,
                                          std::size_t threads, std::stop_token stop);

}  // namespace assay
