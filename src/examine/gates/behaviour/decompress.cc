#include "examine/gates/behaviour/decompress.h"

#include <archive.h>
#include <zlib.h>

#include <array>
#include <memory>

namespace assay::behaviour {

std::optional<std::string> inflate_text(std::string_view bytes) {
  z_stream stream{};
  constexpr int either = 15 + 32;  // zlib's or gzip's header, as it is written there
  if (inflateInit2(&stream, either) != Z_OK) return std::nullopt;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<char, 1 << 16> buffer;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer.data(), buffer.size() - stream.avail_out);
    if (text.size() > most_decoded) return std::nullopt;
    if (state == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> unpack_stream(std::string_view bytes) {
  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_raw(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_lzma(reader.get());
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK ||
      archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK ||
      archive_filter_count(reader.get()) < 2) {  // the last is "none"
    return std::nullopt;
  }
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const auto got = archive_read_data(reader.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > most_decoded) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace assay::behaviour
