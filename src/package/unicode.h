#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

bool is_ascii_alphanumeric(char c);

// Adds a character, which is no surrogate and at most U+10FFFF, to a text in UTF-8.
void append_utf8(std::string& text, std::uint32_t character);

// Letters outside ASCII, which the reference implementation takes in names of files though no project is
// called so. By the C library's tables for C.UTF-8; what is no UTF-8 has no letters.

// Only letters and digits of any script, "_" and what is in `also`.
bool is_word(std::string_view text, std::string_view also);

// Each letter made lower by itself.
std::string lower_letters(std::string_view text);

}  // namespace assay
