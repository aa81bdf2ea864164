#pragma once
#include <cstddef>
#include <string_view>

namespace assay {

inline bool is_c_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Calls `visit` with the offset of each place where the name stands as a word of its own.
template <class Visit>
void each_place(std::string_view text, std::string_view name, Visit visit) {
  if (name.empty()) return;
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_c_word(text[at - 1]);
    const auto end = at + name.size();
    const bool ends = end == text.size() || !is_c_word(text[end]) || !is_c_word(name.back());
    if (begins && ends && !visit(at)) return;
  }
}

}  // namespace assay
