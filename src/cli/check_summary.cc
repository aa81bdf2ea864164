#include "cli/check_summary.h"

#include <fmt/format.h>

#include <numeric>
#include <vector>

#include "base/text.h"
#include "cli/terminal.h"

namespace assay {

namespace {

// 61081 -> "61,081"
std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string many(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", with_commas(number), noun, number == 1 ? "" : "s");
}

}  // namespace

std::string size_words(std::uint64_t bytes) {
  if (bytes < 1000) return counted(bytes, "byte");
  if (bytes < 1'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void CheckSummary::count(const FindingHead& head, const FindingFilter& threshold) {
  if (threshold(head)) {
    if (head.suppressed) {
      ++suppressed;
    } else {
      ++told_by_severity[static_cast<std::size_t>(head.severity)];
    }
    return;
  }
  FindingFilter any_role = threshold;
  any_role.everything = true;
  any_role.roles.clear();
  ++(any_role(head) ? elsewhere : below);
}

std::size_t CheckSummary::above_threshold() const {
  return std::accumulate(told_by_severity.begin(), told_by_severity.end(), std::size_t{0});
}

std::string CheckSummary::words(bool everything_shown) const {
  const auto total = above_threshold();
  std::vector<std::string> severities;
  for (auto i = told_by_severity.size(); i-- > 0;) {
    if (told_by_severity[i] == 0) continue;
    severities.push_back(fmt::format("{} {}", with_commas(told_by_severity[i]),
                                     to_string(static_cast<Severity>(i))));
  }
  const std::string noun = against ? "new finding" : "finding";
  std::string text = total == 0 ? fmt::format("No {}s", noun)
                                : fmt::format("{}: {}", many(total, noun), join(severities, ", "));
  text = styled(Stream::out, total == 0 ? Style::green : Style::bold, text);
  text += fmt::format(" in {}, {}, {}", many(report.files, "file"), size_words(report.bytes),
                      seconds < 10 ? fmt::format("{:.2f} s", seconds) : duration_words(seconds));
  if (report.cached_files > 0) {
    text += report.cached_files >= report.files
                ? " (all known from before)"
                : fmt::format(" ({} known from before)", with_commas(report.cached_files));
  }
  text += "\n";
  if (against) {
    text += fmt::format("Older: {} stand as they did, {} are gone\n", with_commas(known),
                        with_commas(gone));
  }
  std::vector<std::string> hidden;
  if (below > 0) hidden.push_back(fmt::format("{} of less weight", with_commas(below)));
  if (elsewhere > 0) hidden.push_back(fmt::format("{} in files that do not ship", with_commas(elsewhere)));
  if (suppressed > 0) hidden.push_back(fmt::format("{} that a comment in the code leaves out", with_commas(suppressed)));
  if (!hidden.empty()) {
    text += fmt::format("{}: {}{}\n", everything_shown ? "Beside them" : "Not shown", join(hidden, ", "),
                        everything_shown ? "" : "; --all shows them");
  }
  std::vector<std::string> passed;
  if (report.git_folders > 0) passed.push_back(many(report.git_folders, ".git folder"));
  if (report.links > 0) passed.push_back(fmt::format("{} (what they lead to is looked at where it lies)", many(report.links, "link")));
  if (!passed.empty()) text += fmt::format("Passed over: {}\n", join(passed, ", "));
  if (report.incomplete) {
    text += styled(Stream::out, Style::red, "Not everything could be read") +
            ": this answer is not whole\n";
  }
  return text;
}

}  // namespace assay
