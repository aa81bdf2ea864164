#include "examine/gates/secrets/packed_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "base/text.h"
#include "evidence/path_role.h"
#include "examine/finding_at.h"
#include "io/archive.h"

namespace assay {

namespace {

constexpr int deepest = 3;
constexpr std::uint64_t most_bytes = 32ULL << 20;         // unpacked, of one file of the package
constexpr std::uint64_t least_bytes = 1ULL << 20;         // what a small file may unpack to
constexpr std::uint64_t most_ratio = 400;                 // beyond it, unpacked to packed
constexpr std::uint64_t most_member_bytes = 16ULL << 20;  // unpacked, one member

// How deep this thread is in a file, and what it may still unpack of it.
struct Depth {
  int level = 0;
  std::uint64_t bytes_left = most_bytes;
};
thread_local Depth depth;

// `size`: of the file of the package. Small ones get less, so that a thousand bombs of some hundred bytes
// each cost no more than a large one.
class Descent {
 public:
  explicit Descent(std::size_t size) {
    if (depth.level++ == 0) depth.bytes_left = std::clamp(size * most_ratio, least_bytes, most_bytes);
  }
  ~Descent() { --depth.level; }
  Descent(const Descent&) = delete;
  Descent& operator=(const Descent&) = delete;
};

Finding not_opened(const Rule& rule, const ExaminedFile& file, Severity severity,
                   std::string_view why) {
  Finding finding = finding_at(rule.about, file, 0, 0,
                               fmt::format("the archive was not looked into to its end: {}", why));
  finding.severity = severity;
  finding.excerpt = "archive";
  finding.line = finding.column = finding.end_line = finding.end_column = 0;
  return finding;
}

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '-' ||
         c == '_' || c == '=';
}

// NumPy's format of arrays, if its header says that they are of numbers: they may be gigabytes, and no
// text is in them.
bool is_array_of_numbers(std::string_view bytes) {
  constexpr std::string_view magic = "\x93NUMPY";
  constexpr std::string_view key = "'descr': '";
  if (!bytes.starts_with(magic)) return false;
  const auto header = bytes.substr(0, 128);
  const auto at = header.find(key);
  if (at == std::string_view::npos || at + key.size() + 1 >= header.size()) return false;
  const auto kind = header.substr(at + key.size(), 2);  // "<f"
  return std::string_view("<>=").contains(kind[0]) && std::string_view("fic").contains(kind[1]);
}

}  // namespace

namespace {

// By its own path, a member of an archive has no role but this.
bool is_of_tests(std::string_view path) {
  if (is_test_file(path.substr(path.rfind('/') + 1))) return true;
  return std::ranges::any_of(split(path.substr(0, path.rfind('/') + 1), '/'), [](std::string_view folder) {
    return is_any_of(folder, {"test", "tests", "_test", "_tests", "testing", "testdata"});
  });
}

}  // namespace

void PackedContent::examine_inner(const ExaminedFile& outer, std::string_view path,
                                  std::string_view bytes, std::vector<Finding>& findings) const {
  const ExaminedFile inner{path, bytes, outer.role};
  const auto hits = outer.look_into(*gate_, bytes);
  if (hits.empty()) return;
  inner.engine = outer.engine;
  gate_->examine(inner, hits, findings);
}

void PackedContent::check_archive(const Rule& rule, const ExaminedFile& file,
                                  std::span<const Hit> hits, std::vector<Finding>& findings) const {
  if (hits.empty() || gate_ == nullptr) return;
  const Descent descent(file.bytes.size());
  if (depth.level > deepest) {
    findings.push_back(not_opened(rule, file, Severity::low, "archives are nested too deep"));
    return;
  }
  ArchiveLimits limits;
  limits.files = 20'000;
  limits.bytes = depth.bytes_left;
  limits.file_bytes = std::min(depth.bytes_left, most_member_bytes);
  const auto look = [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    std::vector<Finding> inner;
    examine_inner(file, entry.path, bytes, inner);
    for (Finding& finding : inner) {
      if (is_of_tests(entry.path)) finding.confidence = Confidence::low;
      const auto place = finding.line == 0 ? entry.path : fmt::format("{}:{}", entry.path, finding.line);
      finding.message += printable(fmt::format(" (in its member {})", shortened(place, 120)));
      finding.path = file.path;
      finding.context = finding.excerpt;
      finding.line = finding.column = finding.end_line = finding.end_column = 0;
      findings.push_back(std::move(finding));
    }
    return {};
  };
  // Arrays count as if they had been unpacked: they must not be a way to more of an archive.
  const auto is_wanted = [](std::uint64_t size, std::string_view head) {
    depth.bytes_left -= std::min(depth.bytes_left, size);
    return !is_array_of_numbers(head);
  };
  const auto read = read_archive_bytes(file.bytes, limits, look, is_wanted);
  if (read) return;
  const std::string& why = read.error().message;
  const bool too_large = why.contains("larger than") || why.contains("more than");
  findings.push_back(not_opened(rule, file, too_large ? Severity::low : Severity::none,
                                shortened(printable(why), 160)));
}

void PackedContent::check_encoded(const Rule& rule, const ExaminedFile& file,
                                  std::span<const Hit> hits, std::vector<Finding>& findings) const {
  constexpr std::size_t most = 64U << 10;  // bytes to each side
  if (gate_ == nullptr) return;
  const Descent descent(file.bytes.size());
  if (depth.level > deepest) return;
  const auto text = file.bytes;
  std::size_t seen = 0;
  for (const Hit& hit : hits) {
    if (hit.end <= seen) continue;
    std::size_t begin = hit.end;
    while (begin > 0 && hit.end - begin < most && is_base64(text[begin - 1]) && text[begin - 1] != '=') --begin;
    std::size_t end = hit.end;
    while (end < text.size() && end - hit.end < most && is_base64(text[end])) ++end;
    seen = end;
    const auto decoded = decode_base64(text.substr(begin, end - begin));
    if (!decoded || decoded->size() > depth.bytes_left) continue;
    depth.bytes_left -= decoded->size();
    std::vector<Finding> inner;
    examine_inner(file, file.path, *decoded, inner);
    for (const Finding& found : inner) {
      auto finding = finding_at(rule.about, file, begin, end, found.message + ", in base64");
      finding.severity = found.severity;
      finding.confidence = found.confidence;
      finding.excerpt = found.excerpt;
      finding.aliases = found.aliases;
      findings.push_back(std::move(finding));
    }
  }
}

std::vector<Pattern> encoded_patterns(std::span<const TokenFormat* const> formats) {
  constexpr std::size_t shortest = 4;  // characters; shorter ones occur by chance
  std::set<std::string> begins = {"-----BEGIN ", "eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi"};
  for (const TokenFormat* format : formats) begins.insert(format->shape.prefix().substr(0, 12));
  std::set<std::string> literals;
  for (const std::string& begin : begins) {
    for (std::size_t before = 0; before < 3; ++before) {
      std::string encoded = base64(std::string(before, '\0') + begin);
      while (encoded.ends_with('=')) encoded.pop_back();
      if ((before + begin.size()) % 3 != 0) encoded.pop_back();  // also holds what follows
      encoded.erase(0, before == 0 ? 0 : before + 1);            // and what stands before
      if (encoded.size() >= shortest) literals.insert(encoded);
    }
  }
  std::vector<Pattern> patterns;
  for (const std::string& literal : literals) {
    patterns.push_back({replace_all(literal, "+", "\\+"), false});
  }
  return patterns;
}

}  // namespace assay
