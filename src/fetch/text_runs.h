#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace assay {

// Of a word, as most languages have it. (An object, as the next one, so that each_run() can take it apart.)
inline constexpr auto is_letter = [](char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
};
// Of a file's name as it stands in a text.
inline constexpr auto is_in_name = [](char c) { return is_letter(c) || c == '.' || c == '-' || c == '+'; };

// A file's name without its last ending.
inline std::string_view stem_of(std::string_view name) { return name.substr(0, std::min(name.rfind('.'), name.size())); }

// Calls `visit` with the offset and the text of each longest run of characters that `fits`.
template <class Fits, class Visit>
void each_run(std::string_view text, Fits fits, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    if (!fits(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && fits(text[end])) ++end;
    visit(at, text.substr(at, end - at));
    at = end;
  }
}

// The same for names of files, without the full stops of sentences.
template <class Visit>
void each_name(std::string_view text, Visit visit) {
  each_run(text, is_in_name, [&](std::size_t, std::string_view name) {
    while (name.ends_with('.')) name.remove_suffix(1);
    visit(name);
  });
}

}  // namespace assay
