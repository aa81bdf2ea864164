#include "package/version_scan.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace assay {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

struct Spelling {
  std::string_view written;
  char meaning;
};

// Longer spellings stand before their beginnings.
constexpr std::array pre_spellings{Spelling{"alpha", 'a'},   Spelling{"a", 'a'},
                                   Spelling{"beta", 'b'},    Spelling{"b", 'b'},
                                   Spelling{"preview", 'r'}, Spelling{"pre", 'r'},
                                   Spelling{"c", 'r'},       Spelling{"rc", 'r'}};
constexpr std::array post_spellings{Spelling{"post", 'p'}, Spelling{"rev", 'p'},
                                    Spelling{"r", 'p'}};
constexpr std::array dev_spellings{Spelling{"dev", 'd'}};

// Copies no more than it recognizes: the text may go on for megabytes after the version.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<ScannedVersion> scan() {
    ScannedVersion version;
    if (peek() == 'v') ++at_;
    if (!is_digit(peek())) return std::nullopt;
    std::string first = number();
    if (peek() == '!' && is_digit(peek(1))) {
      ++at_;
      version.epoch = std::move(first);
      first = number();
    }
    version.release.push_back(std::move(first));
    while (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      version.release.push_back(number());
    }
    version.release_end = at_;
    version.pre = labelled(pre_spellings);
    version.post = post();
    if (auto dev = labelled(dev_spellings)) version.dev = std::move(dev->second);
    version.public_end = at_;
    version.local = local();
    version.end = at_;
    return version;
  }

 private:
  char peek(std::size_t ahead = 0) const {  // lower case; '\0' at the end
    const char c = at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  bool at_separator() const { return peek() == '.' || peek() == '-' || peek() == '_'; }

  std::string number() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    const auto digits = text_.substr(start, at_ - start);
    const auto significant = digits.find_first_not_of('0');
    return significant == digits.npos ? "0" : std::string(digits.substr(significant));
  }

  // [-_.]? spelling [-_.]? number?
  template <std::size_t n>
  std::optional<std::pair<char, std::string>> labelled(const std::array<Spelling, n>& spellings) {
    const std::size_t start = at_;
    if (at_separator()) ++at_;
    for (const auto& spelling : spellings) {
      if (lower(text_.substr(at_, spelling.written.size())) != spelling.written) continue;
      at_ += spelling.written.size();
      if (at_separator()) ++at_;
      return std::pair(spelling.meaning, is_digit(peek()) ? number() : "0");
    }
    at_ = start;
    return std::nullopt;
  }

  std::optional<std::string> post() {
    if (peek() == '-' && is_digit(peek(1))) {
      ++at_;
      return number();
    }
    auto post = labelled(post_spellings);
    if (!post) return std::nullopt;
    return std::move(post->second);
  }

  std::vector<std::string> local() {
    const auto part_starts = [&](std::size_t ahead) {
      return is_digit(peek(ahead)) || is_letter(peek(ahead));
    };
    std::vector<std::string> parts;
    if (peek() != '+' || !part_starts(1)) return parts;
    do {
      ++at_;
      const std::size_t start = at_;
      while (part_starts(0)) ++at_;
      std::string part = lower(text_.substr(start, at_ - start));
      if (std::ranges::all_of(part, is_digit)) {
        at_ = start;
        part = number();
      }
      parts.push_back(std::move(part));
    } while (at_separator() && part_starts(1));
    return parts;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<ScannedVersion> scan_version(std::string_view text) { return Scanner(text).scan(); }

}  // namespace assay
