#include "copies/in_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

std::string versions_in_words(const std::vector<Version>& versions) {
  std::vector<std::string> texts;
  for (const auto& version : versions) texts.push_back(version.str());
  return texts.size() == 1 ? texts.front() : "one of " + join(texts, ", ");
}

}  // namespace

std::string place_of(const Copy& copy) {
  if (copy.files == 1) return copy.lines.front().path;
  if (!copy.folder.empty()) return copy.folder.substr(0, copy.folder.size() - 1);
  return copy.lines.front().path + " and elsewhere";
}

std::string share_in_words(double share) {
  const auto percent = std::floor(share * 100);
  return percent < 1 ? "less than 1 %" : fmt::format("{:.0f} %", percent);
}

std::string in_words(const Copy& copy) {
  const auto whole = std::ranges::count_if(copy.lines, &CopiedLines::whole);
  return fmt::format("{} {} {}: {} of it, {} of its {} whole, in {}",
                     copy.is_substantial() ? "a copy of" : "remains of", copy.origin.str(),
                     versions_in_words(copy.versions), share_in_words(copy.share), whole,
                     counted(copy.of_files, "file"), place_of(copy));
}

std::string in_words(const CopiedLines& one) {
  return fmt::format("{}:{}-{} {} {}:{}-{}", one.path, one.lines.from, one.lines.to,
                     one.whole ? "is" : "has", one.origin_path, one.lines.origin_from,
                     one.lines.origin_to);
}

}  // namespace assay
