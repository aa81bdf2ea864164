#include "check/suppressions.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "check/rule_book.h"

namespace assay {

namespace {

constexpr std::uint32_t most_lines = 20;        // of a finding, that a comment is looked for in
constexpr std::size_t longest_line = 4096;      // beyond it no person wrote a comment
constexpr std::string_view space = " \t";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view skipped(std::string_view text, std::string_view what) {
  return text.substr(std::min(text.find_first_not_of(what), text.size()));
}

// What a comment says, read from behind its word.
struct Request {
  std::vector<std::string_view> names;
  std::string_view reason;
};

// A reason has a word in it.
std::string_view reason_in(std::string_view text) {
  for (const std::string_view end : {"*/", "-->"}) text = text.substr(0, text.find(end));
  text = trim(skipped(text, " \t-:#,;.()/*"));
  std::size_t run = 0;
  for (const char c : text) {
    run = is_letter(c) || (c & 0x80) != 0 ? run + 1 : 0;
    if (run == 3) return text;
  }
  return {};
}

// "B301", "S301": letters, then digits.
std::size_t code_size(std::string_view text) {
  const auto digits = std::ranges::find_if_not(text, is_letter);
  const auto end = std::find_if_not(digits, text.end(), is_digit);
  const bool is_code = digits != text.begin() && digits - text.begin() <= 5 && end != digits &&
                       (end == text.end() || (!is_letter(*end) && *end != '_' && *end != '-'));
  return is_code ? static_cast<std::size_t>(end - text.begin()) : 0;
}

// Codes with commas or spaces between, and what follows them.
Request codes_in(std::string_view text) {
  Request request;
  for (;;) {
    const auto rest = skipped(text, " \t,");
    const auto size = code_size(rest);
    if (size == 0) break;
    request.names.push_back(rest.substr(0, size));
    text = rest.substr(size);
  }
  request.reason = reason_in(text);
  return request;
}

std::optional<Request> bracketed(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const auto end = text.find(']');
  if (end == text.npos) return std::nullopt;
  Request request;
  for (const auto name : split(text.substr(1, end - 1), ',')) request.names.push_back(trim(name));
  request.reason = reason_in(text.substr(end + 1));
  return request;
}

// `comment` begins behind its mark.
std::optional<Request> request_in(std::string_view comment) {
  comment = skipped(comment, space);
  const std::string word = lower(comment.substr(0, 16));
  if (word.starts_with("assay:")) {
    const auto rest = skipped(comment.substr(6), space);
    return lower(rest.substr(0, 6)) == "ignore" ? bracketed(rest.substr(6)) : std::nullopt;
  }
  if (word.starts_with("nosec")) return codes_in(skipped(comment.substr(5), ":"));
  if (word.starts_with("noqa:")) {
    // Most of them are about style: one without codes says nothing of security.
    auto request = codes_in(comment.substr(5));
    if (!request.names.empty()) return request;
  }
  return std::nullopt;
}

bool is_comment(const ExaminedFile& file, std::size_t offset) {
  const auto kind = file.pieces().at(offset).kind;
  return kind == SourcePiece::Kind::comment || kind == SourcePiece::Kind::docstring
             ? kind == SourcePiece::Kind::comment
             : file.pieces().kind() == SourceKind::other;
}

struct Marked {
  Request request;
  bool alone = false;  // nothing stands before the comment in its line
  bool blanket = false;
};

// The request that a line's comment holds. Comments may follow each other in one: "# x  # nosec".
std::vector<Marked> requests_of(const ExaminedFile& file, std::uint32_t number) {
  std::vector<Marked> found;
  const auto line = file.lines().line(number);
  if (line.size() > longest_line) return found;
  for (const std::string_view mark : {"#", "//", "/*", "<!--"}) {
    for (auto at = line.find(mark); at != line.npos; at = line.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      auto request = request_in(line.substr(begin));
      if (!request) continue;
      const auto offset = static_cast<std::size_t>(line.data() - file.bytes.data()) + begin;
      if (!is_comment(file, offset)) continue;
      const bool blanket = request->names.empty();
      found.push_back({*std::move(request), trim(line.substr(0, at)).empty(), blanket});
    }
  }
  return found;
}

bool names(const Request& request, const Finding& finding) {
  return std::ranges::any_of(request.names, [&](std::string_view name) {
    return is_named(finding.rule, finding.aliases, name);
  });
}

}  // namespace

std::optional<Suppression> suppression_of(const Finding& finding, const ExaminedFile& file) {
  if (finding.line == 0) return std::nullopt;
  std::optional<Suppression> without_reason;
  const auto last = std::clamp(finding.end_line, finding.line, finding.line + most_lines);
  for (auto line = finding.line - 1; line <= last; ++line) {
    for (const Marked& marked : requests_of(file, line)) {
      if (line < finding.line && !marked.alone) continue;
      if (!marked.blanket && !names(marked.request, finding)) continue;
      if (!marked.blanket && !marked.request.reason.empty()) {
        return Suppression{line, printable(shortened(marked.request.reason, 200))};
      }
      without_reason = Suppression{line, ""};
    }
  }
  return without_reason;
}

}  // namespace assay
