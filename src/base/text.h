#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text as ASCII bytes; nothing here depends on a locale.
namespace assay {

std::string_view trim(std::string_view text);  // spaces, tabs, line ends
std::string lower(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);  // "" -> {""}
std::vector<std::string_view> lines(std::string_view text);  // without \n, \r\n; no empty last one
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
std::string one_spaced(std::string_view text);  // trimmed, each run of white space one space
std::string counted(std::size_t count, std::string_view noun);  // "1 finding", "2 findings"
bool is_any_of(std::string_view text, std::span<const std::string_view> words);
bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words);
bool is_utf8(std::string_view bytes);
// UTF-8 text of at most so many bytes as it is; longer text is cut between characters, with "…".
std::string shortened(std::string_view text, std::size_t longest);

std::string base64(std::string_view bytes);
// Standard and URL-safe alphabets, padding optional, white space skipped; nothing if it is no base64.
std::optional<std::string> decode_base64(std::string_view text);

// The candidate a person most likely meant, by edit distance; nothing if none is near.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// Control characters and escape sequences made visible (\x1b), so that text from a package can't
// steer a terminal or break a line.
std::string printable(std::string_view text);

}  // namespace assay
