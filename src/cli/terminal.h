#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

enum class Stream { out, err };

// Whether people look at the stream: a terminal that can move its cursor. NO_COLOR and TERM=dumb
// are respected by `colours`.
bool is_terminal(Stream stream);
bool colours(Stream stream);
std::size_t terminal_columns(Stream stream);  // 80 where it can't be told

enum class Style { plain, bold, dim, red, green, yellow, cyan };
// The text in the style where the stream shows colours, else as it is.
std::string styled(Stream stream, Style style, std::string_view text);

// Columns that a UTF-8 text takes, one a code point; cut to at most `columns` with an ellipsis.
std::size_t display_width(std::string_view text);
std::string cut_to_width(std::string_view text, std::size_t columns);
std::string pad_to_width(std::string_view text, std::size_t columns);

std::string duration_words(double seconds);  // "0.4 s", "12 s", "3 min 05 s"

void print(std::string_view line);         // standard output, with a line end
void print_error(std::string_view message);  // "assay: …" on standard error

}  // namespace assay
