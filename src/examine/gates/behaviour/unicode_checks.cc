#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "examine/gates/behaviour/subject.h"
#include "examine/source_text.h"
#include "package/unicode.h"

// Characters that make a text read otherwise than it is (CVE-2021-42574, CVE-2021-42694; Unicode
// Standard Annex 31 and Technical Standard 39).
namespace assay::behaviour {

namespace {

bool is_source(SourceKind kind) {
  return kind == SourceKind::python || kind == SourceKind::c || kind == SourceKind::c_like ||
         kind == SourceKind::hash_like;
}

// Translations and their like hold such marks by right.
bool is_language_data(std::string_view path) {
  for (const std::string_view end : {".po", ".pot", ".json", ".yaml", ".yml", ".txt", ".csv", ".tsv", ".properties",
                                     ".xml", ".lproj", ".strings", ".ts", ".ipynb", ".toml"}) {
    if (path.ends_with(end)) return true;
  }
  for (const std::string_view folder : {"locale/", "locales/", "i18n/", "lang/", "translations/"}) {
    if (path.starts_with(folder) || path.contains("/" + std::string(folder))) return true;
  }
  return false;
}

struct Character {
  std::uint32_t code;
  std::size_t begin;
  std::size_t end;
};

// The character that ends at an offset.
std::optional<Character> character_before(std::string_view text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && end - begin < 4) {
    --begin;
    const auto byte = static_cast<unsigned char>(text[begin]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if (begin + length != end) return std::nullopt;
    std::uint32_t code = byte < 0x80 ? byte : byte & (0x7FU >> length);
    for (std::size_t i = begin + 1; i < end; ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    return Character{code, begin, end};
  }
  return std::nullopt;
}

std::string code_point(std::uint32_t code) { return fmt::format("U+{:04X}", code); }

bool opens_direction(std::uint32_t code) {
  return code == 0x202A || code == 0x202B || code == 0x202D || code == 0x202E || (code >= 0x2066 && code <= 0x2068);
}

constexpr std::size_t longest_read = 2000;  // bytes of a line that a person may read

// The line, no more than so much of it to each side.
std::string_view line_around(std::string_view text, std::size_t offset) {
  const std::size_t least = offset < longest_read ? 0 : offset - longest_read;
  const auto before = text.substr(least, offset - least);
  const auto newline = before.rfind('\n');
  const std::size_t from = newline == std::string_view::npos ? least : least + newline + 1;
  const auto after = text.substr(offset, longest_read);
  return text.substr(from, offset - from + std::min(after.find('\n'), after.size()));
}

// What a bundler made of sources is read by no reviewer as code: long lines all over.
bool has_long_lines(std::string_view text) {
  constexpr std::size_t most_a_line = 200;  // on average
  const auto count = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  return text.size() > longest_read && text.size() / count > most_a_line;
}

// A direction that is opened and not closed on its line turns what follows around.
bool leaves_open(std::string_view line) {
  int embedded = 0;
  int isolated = 0;
  for (std::size_t at = 0; at + 2 < line.size(); ++at) {
    const auto found = character_before(line, at + 3);
    if (!found || found->end - found->begin != 3) continue;
    const auto code = found->code;
    if (code == 0x202A || code == 0x202B || code == 0x202D || code == 0x202E) ++embedded;
    if (code >= 0x2066 && code <= 0x2068) ++isolated;
    if (code == 0x202C) --embedded;
    if (code == 0x2069) --isolated;
  }
  return embedded > 0 || isolated > 0;
}

// Asked for many places of a file.
class Bundled {
 public:
  explicit Bundled(std::string_view text) : text_(text) {}
  bool at(std::size_t offset) {
    if (line_around(text_, offset).size() > longest_read) return true;
    if (!all_over_) all_over_ = has_long_lines(text_);
    return *all_over_;
  }

 private:
  std::string_view text_;
  std::optional<bool> all_over_;
};

bool is_script_letter(std::uint32_t code) {
  return (code >= 0x370 && code <= 0x3FF) || (code >= 0x400 && code <= 0x52F) ||
         (code >= 0x1D400 && code <= 0x1D7FF) || (code >= 0xFF21 && code <= 0xFF5A);
}

}  // namespace

void check_bidirectional(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  const auto& file = subject.file;
  Bundled bundled(file.bytes);
  const SourceKind kind = source_kind(file.path, file.bytes);
  if (!is_source(kind) || is_language_data(file.path) || !is_utf8(file.bytes)) return;
  for (const Hit& hit : hits) {
    const auto found = character_before(file.bytes, hit.end);
    if (!found || !opens_direction(found->code)) continue;
    const auto piece = file.pieces().at(found->begin);
    const bool open = leaves_open(line_around(file.bytes, found->begin));
    auto finding = finding_at(rule.about, file, found->begin, found->end,
                              fmt::format("{} turns the order in which the rest of the line is shown",
                                          code_point(found->code)));
    finding.excerpt = code_point(found->code);
    // Nor is a table of such characters.
    const bool alone = piece.kind == SourcePiece::Kind::string && piece.end - piece.begin <= 6;
    const bool told_by_line = open || piece.kind == SourcePiece::Kind::code;
    if (!told_by_line || alone || bundled.at(found->begin)) finding.severity = Severity::low;
    findings.push_back(std::move(finding));
  }
}

void check_invisible(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                     std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const SourceKind kind = source_kind(file.path, file.bytes);
  if (!is_source(kind) || is_language_data(file.path) || !is_utf8(file.bytes)) return;
  Bundled bundled(file.bytes);
  // Many in a row carry data (tag characters, variation selectors); one in a name makes two of one.
  constexpr std::size_t enough = 8;
  std::size_t row = 0;
  std::size_t row_end = 0;
  std::size_t longest = 0;
  std::optional<Character> where;
  for (const Hit& hit : hits) {
    const auto found = character_before(file.bytes, hit.end);
    if (!found || found->begin == 0) continue;  // a byte order mark
    row = found->begin == row_end ? row + 1 : 1;
    row_end = found->end;
    if (row > longest) {
      longest = row;
      where = found;
    }
    const bool joins = found->code == 0x200D || (found->code >= 0xFE00 && found->code <= 0xFE0F);
    if (joins || found->code == 0x200C || found->code == 0x200E || found->code == 0x200F) continue;
    if (file.pieces().at(found->begin).kind != SourcePiece::Kind::code) continue;
    auto finding = finding_at(rule.about, file, found->begin, found->end,
                              fmt::format("{} stands in code and is not shown", code_point(found->code)));
    finding.excerpt = code_point(found->code);
    finding.severity = bundled.at(found->begin) ? Severity::low : Severity::medium;
    findings.push_back(std::move(finding));
  }
  if (longest < enough || !where) return;
  auto finding = finding_at(rule.about, file, where->begin, where->end,
                            fmt::format("{} characters in a row that are not shown, {} the last: they carry data",
                                        longest, code_point(where->code)));
  finding.excerpt = code_point(where->code);
  findings.push_back(std::move(finding));
}

void check_mixed_scripts(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const SourceKind kind = source_kind(file.path, file.bytes);
  if (kind != SourceKind::python || !is_utf8(file.bytes)) return;
  constexpr std::size_t most_looked_at = 2000;
  std::size_t looked_at = 0;
  std::size_t told_to = 0;
  for (const Hit& hit : hits) {
    if (hit.end <= told_to || ++looked_at > most_looked_at) continue;
    if (file.pieces().at(hit.end - 1).kind != SourcePiece::Kind::code) continue;
    // The whole name around it.
    const auto is_part = [&](std::size_t at) {
      const char c = file.bytes[at];
      return c == '_' || is_ascii_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80;
    };
    std::size_t begin = hit.end;
    while (begin > 0 && hit.end - begin < 100 && is_part(begin - 1)) --begin;
    std::size_t end = hit.end;
    while (end < file.bytes.size() && end - hit.end < 100 && is_part(end)) ++end;
    told_to = end;
    const auto name = file.bytes.substr(begin, end - begin);
    std::size_t ascii = 0;
    std::size_t other = 0;
    std::size_t styled = 0;
    for (std::size_t at = 1; at <= name.size(); ++at) {
      const auto found = character_before(name, at);
      if (!found) continue;
      if (found->code < 0x80) ascii += is_ascii_alphanumeric(static_cast<char>(found->code)) ? 1 : 0;
      if (is_script_letter(found->code)) ++other;
      if (found->code >= 0x1D400) ++styled;
    }
    // "Δx" and "σ_max" are a mathematician's; a letter among letters that looks like them is not.
    const bool greek_prefix = styled == 0 && (name.starts_with("\xCE") || name.starts_with("\xCF"));
    const bool cyrillic = name.find('\xD0') != std::string_view::npos || name.find('\xD1') != std::string_view::npos;
    const bool wide = name.contains("\xEF\xBC") || name.contains("\xEF\xBD");
    if (other == 0 || greek_prefix) continue;
    if (styled < 3 && !wide && (!cyrillic || ascii < 2)) continue;
    findings.push_back(finding_at(rule.about, file, begin, end,
                                  "a name whose letters come from several alphabets, or that reads as another"));
  }
}

}  // namespace assay::behaviour
