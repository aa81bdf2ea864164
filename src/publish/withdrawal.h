#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

// Why a release is no longer offered, and who decided so.
struct Withdrawal {
  std::string reason;
  std::string reviewer;
  Date date{};
};

// releases/withdrawn.json: by the release's number. No file is none.
Result<std::map<std::uint64_t, Withdrawal>> withdrawn_releases(const std::filesystem::path& set_folder);

// Records it and leads `releases/latest` to the newest release that is not withdrawn, or removes it
// where there is none. The release's folder stays as it is: what was published can be looked at.
// Returns the number that is the latest now, 0 for none. not_found if there is no such release,
// invalid_input if it is withdrawn already.
Result<std::uint64_t> withdraw_release(const std::filesystem::path& set_folder, std::uint64_t number,
                                       const Withdrawal& withdrawal);

}  // namespace assay
