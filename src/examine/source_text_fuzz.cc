#include "examine/source_text.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "examine/line_index.h"

// Any bytes, read as any kind of source, are pieces that lie within them and in their order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto kind = static_cast<SourceKind>(data[0] % (static_cast<int>(SourceKind::other) + 1));
  const SourcePieces pieces(kind, text);
  const LineIndex lines(text);
  std::size_t begin = 0;
  for (std::size_t offset = 0; offset <= text.size(); ++offset) {
    const auto piece = pieces.at(offset);
    if (piece.end > text.size() || piece.begin > piece.end) __builtin_trap();
    if (piece.kind != SourcePiece::Kind::code) {
      if (piece.begin < begin) __builtin_trap();
      begin = piece.begin;
    }
    const auto place = lines.place(offset);
    if (place.line == 0 || place.column == 0 || place.line > lines.count()) __builtin_trap();
    if (place.column > lines.line(place.line).size() + 3) __builtin_trap();
  }
  source_kind("x", text);
  return 0;
}
