#include "examine/gates/secrets/value_shape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>

#include "base/text.h"

namespace assay {

namespace {

using Kind = ValueShape::Kind;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

struct Counts {
  std::size_t lower = 0;
  std::size_t upper = 0;
  std::size_t digit = 0;
  std::size_t other = 0;
  std::size_t classes() const { return (lower > 0) + (upper > 0) + (digit > 0) + (other > 0); }
};

Counts count(std::string_view text) {
  Counts counts;
  for (const char c : text) {
    ++(is_lower(c) ? counts.lower : is_upper(c) ? counts.upper : is_digit(c) ? counts.digit
                                                                             : counts.other);
  }
  return counts;
}

// As often as not a placeholder says so.
constexpr std::array placeholder_words = {
    "example", "sample",  "dummy",    "changeme", "change_me", "change-me", "replace",  "placeholder",
    "redacted", "masked", "your_",    "your-",    "yourpass",  "yoursecret", "yourtoken", "yourapi",
    "yourkey", "my_",     "mypass",   "mysecret", "mytoken",   "my-",       "insert",   "fake",
    "foobar",  "foo_",    "todo",     "fixme",    "xxxx",      "lorem",     "notreal",  "not_real",
    "not-a",   "nota",    "default",  "secret_",  "password",  "passwd",    "passw0rd", "topsecret",
    "t0psecret", "letmein", "hunter2", "correcthorse", "supersecret", "super_secret", "super-secret",
    "insecure", "testing", "test_",   "test-",    "_test",     "-test",     "test123",  "asdf",
    "qwerty",  "deadbeef", "cafebabe", "feedface", "0123456",  "1234567",   "12345",    "abcdef",
    "invalid", "unused",  "undefined", "bogus",   "mock",      "demo",      "goes_here", "goeshere",
    "goes-here", "_here", "-here",    "token_",   "generated", "whatever",  "something", "thisis",
    "this_is", "this-is"};

// Words that chance does not write, and nobody whose token is real.
constexpr std::array masked_words = {"example", "placeholder", "redacted", "changeme", "xxxxxx",
                                     "your_",   "yourtoken",   "yourkey",  "123456",   "abcdef",
                                     "deadbeef", "foobar",     "dummy",    "faketoken", "notreal"};

bool repeats(std::string_view text) {
  std::array<bool, 256> seen{};
  std::size_t distinct = 0;
  for (const char c : text) {
    auto& known = seen[static_cast<unsigned char>(c)];
    distinct += known ? 0 : 1;
    known = true;
  }
  if (distinct <= 3 || (text.size() >= 16 && distinct <= 5)) return true;
  for (std::size_t period = 1; period <= text.size() / 3; ++period) {
    if (text.substr(period) == text.substr(0, text.size() - period)) return true;
  }
  return false;
}

// A run of the same character, or of characters that count up or down, through much of it.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  for (const int step : {0, 1, -1}) {
    std::size_t run = 1;
    for (std::size_t i = 1; i < text.size(); ++i) {
      run = text[i] - text[i - 1] == step && std::isalnum(static_cast<unsigned char>(text[i])) != 0
                ? run + 1
                : 1;
      longest = std::max(longest, run);
    }
  }
  return longest;
}

// Filled in when a program runs, or by who reads it.
bool is_template(std::string_view text) {
  const char first = text.front();
  const char last = text.back();
  if ((first == '<' && last == '>') || (first == '{' && last == '}') ||
      (first == '[' && last == ']') || (first == '(' && last == ')') ||
      (first == '%' && last == '%') || (first == '@' && last == '@')) {
    return true;
  }
  for (const std::string_view mark :
       {"${", "{{", "$(", "#{", "%(", "<%", "{%", "...", "***", "\xe2\x80\xa6", "%s", "{}", "{0}"}) {
    if (text.contains(mark)) return true;
  }
  return text.size() > 1 && first == '$' && (is_letter(text[1]) || text[1] == '_');
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

// Names, paths, hosts, dates and the like: words that signs join.
bool is_words(std::string_view text) {
  const Counts counts = count(text);
  if (counts.digit == 0 && (counts.lower == 0 || counts.upper == 0)) {
    return counts.other == 0 || text.find_first_of("_-./: ") != std::string_view::npos;
  }
  if (counts.lower + counts.upper == 0) return true;  // numbers, dates, versions
  std::size_t parts = 0;
  std::size_t plain = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find_first_of("_-./: ,@");
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    if (part.empty()) continue;
    ++parts;
    const Counts own = count(part);
    const bool word = own.other == 0 && (own.digit == 0 || own.lower + own.upper == 0 ||
                                         is_digit(part.back())) && !looks_random(part);
    plain += word ? 1 : 0;
  }
  return parts > 1 && plain == parts;
}

}  // namespace

double entropy(std::string_view text) {
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const std::size_t n : counts) {
    if (n == 0) continue;
    const double share = static_cast<double>(n) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

bool looks_random(std::string_view text) {
  if (text.size() < 16) return false;
  const Counts counts = count(text);
  const std::size_t letters = counts.lower + counts.upper;
  if (counts.digit == 0 && (counts.lower == 0 || counts.upper == 0)) return false;
  if (letters == 0) return false;
  std::size_t changes = 0;
  std::size_t run = 0;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto kind = [](char c) { return is_lower(c) ? 0 : is_upper(c) ? 1 : is_digit(c) ? 2 : 3; };
    changes += i > 0 && kind(text[i]) != kind(text[i - 1]) ? 1 : 0;
    run = is_letter(text[i]) && i > 0 && kind(text[i]) == kind(text[i - 1]) ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  const bool hex = std::ranges::all_of(text, is_hex);
  const auto size = static_cast<double>(text.size());
  // Of every two neighbours; chance has about 0.47 in base 16, 0.6 in base 62. Letters alone may be
  // words in CamelCase.
  const double expected = hex ? 0.28 : counts.digit == 0 ? 0.42 : 0.33;
  if (counts.digit == 0 && longest > 5) return false;
  const double least_bits = hex ? 2.8 : std::min(3.9, std::log2(size) * 0.82);
  return static_cast<double>(changes) / size >= expected && longest <= 8 &&
         entropy(text) >= least_bits;
}

std::string_view placeholder_reason(std::string_view value) {
  if (value.empty()) return "it is empty";
  if (is_template(value)) return "it is filled in elsewhere";
  const std::string text = lower(value);
  for (const std::string_view word : placeholder_words) {
    if (text.contains(word)) return "its words say that it is none";
  }
  if (repeats(text)) return "it repeats itself";
  const std::size_t run = longest_run(text);
  if (run >= 6 || run * 2 > text.size()) return "it counts up or stays the same";
  return "";
}

std::string_view masked_reason(std::string_view value) {
  if (value.empty()) return "it is empty";
  const std::string text = lower(value);
  for (const std::string_view word : masked_words) {
    if (text.contains(word)) return "its words say that it is none";
  }
  if (repeats(text)) return "it repeats itself";
  // Some formats have a run of one letter in the middle.
  if (longest_run(text) > std::max<std::size_t>(5, text.size() / 4)) {
    return "it counts up or stays the same";
  }
  return "";
}

ValueShape shape_of_value(std::string_view value) {
  constexpr std::size_t shortest = 6;
  constexpr std::size_t longest_password = 40;
  if (value.size() < shortest || value.size() > 1024) return {Kind::ordinary, ""};
  if (const auto why = placeholder_reason(value); !why.empty()) return {Kind::placeholder, why};
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f) return {Kind::ordinary, ""};
  }
  if (value.contains("://") || is_uuid(value)) return {Kind::ordinary, ""};
  if (is_words(value)) return {Kind::ordinary, ""};
  const Counts counts = count(value);
  const bool plain_signs = std::ranges::all_of(
      value, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                                 std::string_view("+/=_-.~").contains(c); });
  if (plain_signs && looks_random(value)) return {Kind::random, ""};
  const bool code = value.find_first_of("()[]{}<>,;\\|\"'`=") != std::string_view::npos;
  if (code || value.size() > longest_password || value.front() == '/' || value.front() == '.') {
    return {Kind::ordinary, ""};
  }
  const bool signs = value.find_first_of("!@#$%^&*?+~") != std::string_view::npos;
  if (value.size() >= 8 && signs && counts.digit > 0 && counts.classes() >= 3) {
    return {Kind::password, ""};
  }
  if (counts.digit > 0 && counts.lower + counts.upper > 0) return {Kind::weak, ""};
  return {signs && value.size() >= 8 ? Kind::weak : Kind::ordinary, ""};
}

}  // namespace assay
