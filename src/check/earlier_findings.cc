#include "check/earlier_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

Result<std::uint64_t> fingerprint_in(std::string_view line) {
  ASSAY_TRY(const Json json, parse_json(line));
  ASSAY_TRY(const auto digits, string_member(json, "fingerprint"));
  std::uint64_t value = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, 16);
  if (read.ec != std::errc() || read.ptr != end || digits.size() != 16) {
    return fail(ErrorKind::invalid_input, "the fingerprint has not 16 hexadecimal digits");
  }
  return value;
}

}  // namespace

Result<EarlierFindings> EarlierFindings::of(const CheckRequest& request, CheckProgress& progress,
                                            const RoleTeller& teller,
                                            std::stop_token stop) {
  EarlierFindings earlier;
  const fs::path& path = request.paths.front();
  if (path.extension() == ".json" || path.extension() == ".jsonl") {
    ASSAY_TRY(const auto text, read_file(path));
    std::size_t number = 0;
    for (const auto line : lines(text)) {
      ++number;
      if (trim(line).empty()) continue;
      ASSAY_TRY(const auto fingerprint,
                context(fingerprint_in(line), fmt::format("{}:{}", path.string(), number)));
      earlier.known_.insert(fingerprint);
    }
    return earlier;
  }
  ASSAY_TRY(const auto report, check_paths(request, progress, teller, std::move(stop)));
  if (report.incomplete) {
    return fail(ErrorKind::io, fmt::format("not all of {} could be read: what is new can't be told",
                                           path.string()));
  }
  ASSAY_CHECK(report.each(
      [&](const FindingHead& head) {
        earlier.known_.insert(head.fingerprint);
        return false;
      },
      [](const CheckedPath&, CheckedFinding&&) {}));
  return earlier;
}

std::size_t EarlierFindings::count_without(const std::unordered_set<std::uint64_t>& others) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      known_, [&](std::uint64_t fingerprint) { return !others.contains(fingerprint); }));
}

}  // namespace assay
