#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

#include "base/variable.h"

namespace assay {

namespace {

int descriptor(Stream stream) { return stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO; }

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

bool is_terminal(Stream stream) {
  return isatty(descriptor(stream)) == 1 && variable("TERM") != "dumb" && !variable("TERM").empty();
}

bool colours(Stream stream) { return is_terminal(stream) && variable("NO_COLOR").empty(); }

std::size_t terminal_columns(Stream stream) {
  winsize size{};
  if (ioctl(descriptor(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string styled(Stream stream, Style style, std::string_view text) {
  if (style == Style::plain || !colours(stream)) return std::string(text);
  int code = 0;
  switch (style) {
    case Style::plain: break;
    case Style::bold: code = 1; break;
    case Style::dim: code = 2; break;
    case Style::red: code = 31; break;
    case Style::green: code = 32; break;
    case Style::yellow: code = 33; break;
    case Style::cyan: code = 36; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += starts_code_point(c) ? 1 : 0;
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t width = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    if (starts_code_point(text[end]) && ++width == columns) break;
    ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string pad_to_width(std::string_view text, std::size_t columns) {
  std::string padded(text);
  const std::size_t width = display_width(text);
  if (width < columns) padded.append(columns - width, ' ');
  return padded;
}

std::string duration_words(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<unsigned long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

void print(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

void print_error(std::string_view message) {
  std::fflush(stdout);
  const auto text = fmt::format("{} {}\n", styled(Stream::err, Style::red, "assay:"), message);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace assay
