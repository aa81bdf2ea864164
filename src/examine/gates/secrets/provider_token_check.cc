#include "examine/gates/secrets/provider_token_check.h"

#include <cctype>
#include <optional>

#include "examine/gates/secrets/secret_finding.h"

namespace assay {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool in_class(const TokenShape::Piece& piece, char c) {
  return piece.alternatives.empty() && piece.characters.count() > 1 &&
         piece.characters.test(static_cast<unsigned char>(c));
}

// After "\n" in a string, or "%3D" in an address, a token begins though a letter stands before it.
bool ends_escape(std::string_view before) {
  const std::size_t size = before.size();
  if (size >= 2 && before[size - 2] == '\\') {
    return before.back() == 'n' || before.back() == 't' || before.back() == 'r';
  }
  return size >= 3 && before[size - 3] == '%' && std::isxdigit(before[size - 1]) != 0 &&
         std::isxdigit(before[size - 2]) != 0;
}

bool begins_alone(const TokenShape& shape, std::string_view text, std::size_t begin) {
  if (begin == 0) return true;
  const char before = text[begin - 1];
  constexpr std::size_t telling = 5;  // shorter prefixes are also ends of words and of file names
  if (before == '.' && shape.prefix().size() < telling) return false;
  if (!is_word(before) && !in_class(shape.pieces().front(), before)) return true;
  return ends_escape(text.substr(0, begin));
}

bool ends_alone(const TokenShape& shape, std::string_view text, std::size_t end) {
  if (end == text.size()) return true;
  const char after = text[end];
  return !is_word(after) && (after == '.' || !in_class(shape.pieces().back(), after));
}

struct Place {
  std::size_t begin;
  std::size_t end;
};

std::optional<Place> place_of(const TokenShape& shape, std::string_view text, std::size_t hit) {
  constexpr std::size_t most_begins = 2048;
  if (hit < shape.engine_least()) return std::nullopt;
  const std::size_t last = hit - shape.engine_least();
  const std::size_t slack = std::min(shape.engine_most() - shape.engine_least(), most_begins);
  const std::size_t first = last > slack ? last - slack : 0;
  for (std::size_t begin = last + 1; begin-- > first;) {
    if (text.compare(begin, shape.prefix().size(), shape.prefix()) != 0) continue;
    if (!begins_alone(shape, text, begin)) continue;
    const auto end = shape.match(text, begin);
    if (end && *end >= hit && ends_alone(shape, text, *end)) return Place{begin, *end};
  }
  return std::nullopt;
}

}  // namespace

Finding token_finding(const RuleDescription& rule, const TokenFormat& format,
                      const ExaminedFile& file, std::size_t begin, std::size_t end) {
  constexpr std::size_t most_shown = 12;
  const auto token = file.bytes.substr(begin, end - begin);
  auto judgement = judge_token(format, token);
  auto finding = secret_finding(
      rule, file, begin, end,
      {judgement.severity, judgement.confidence, std::move(judgement.message), format.what,
       format.by_name() ? std::string() : format.shape.prefix().substr(0, most_shown), token});
  finding.aliases = {format.id};
  return finding;
}

void check_provider_tokens(const Rule& rule, std::span<const TokenFormat* const> formats,
                           const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings) {
  std::size_t told = 0;  // up to where a token was told already
  for (const Hit& hit : hits) {
    const TokenFormat& format = *formats[hit.pattern];
    const auto place = place_of(format.shape, file.bytes, hit.end);
    if (!place || place->begin < told) continue;
    findings.push_back(token_finding(rule.about, format, file, place->begin, place->end));
    told = place->end;
  }
}

}  // namespace assay
