#include <zlib.h>

#include <algorithm>

#include "io/archive.h"
#include "io/zip_format.h"

namespace assay {

namespace zip {

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace zip

namespace {

using zip::put;

std::string deflate_raw(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

ZipWriter::ZipWriter(std::uint32_t dos_time) : dos_time_(dos_time) {}

void ZipWriter::add(std::string_view path, std::string_view bytes, bool executable) {
  const std::string packed = deflate_raw(bytes);
  const std::uint64_t offset = bytes_.size();
  const bool far = offset >= zip::in_zip64;
  const auto common = [&](std::string& out, std::uint16_t extra_size) {
    put<std::uint16_t>(out, far ? 45 : 20);  // version needed: zip64 or deflate
    put<std::uint16_t>(out, zip::flag_utf8);
    put<std::uint16_t>(out, zip::deflated);
    put<std::uint16_t>(out, static_cast<std::uint16_t>(dos_time_));        // time
    put<std::uint16_t>(out, static_cast<std::uint16_t>(dos_time_ >> 16));  // date
    put<std::uint32_t>(out, zip::crc_of(bytes));
    put<std::uint32_t>(out, static_cast<std::uint32_t>(packed.size()));
    put<std::uint32_t>(out, static_cast<std::uint32_t>(bytes.size()));
    put<std::uint16_t>(out, static_cast<std::uint16_t>(path.size()));
    put<std::uint16_t>(out, extra_size);
  };
  put<std::uint32_t>(bytes_, zip::local_signature);
  common(bytes_, 0);
  bytes_ += path;
  bytes_ += packed;

  put<std::uint32_t>(directory_, zip::directory_signature);
  put<std::uint16_t>(directory_, 0x0314);  // made on Unix, so that modes count
  common(directory_, far ? 12 : 0);
  put<std::uint16_t>(directory_, 0);  // no comment
  put<std::uint16_t>(directory_, 0);  // first disk
  put<std::uint16_t>(directory_, 0);  // internal attributes
  put<std::uint32_t>(directory_, (executable ? 0100755U : 0100644U) << 16);
  put<std::uint32_t>(directory_, far ? zip::in_zip64 : static_cast<std::uint32_t>(offset));
  directory_ += path;
  if (far) {
    put<std::uint16_t>(directory_, zip::zip64_field);
    put<std::uint16_t>(directory_, 8);
    put<std::uint64_t>(directory_, offset);
  }
  ++count_;
}

std::string ZipWriter::finish() {
  const std::uint64_t offset = bytes_.size();
  const std::uint64_t size = directory_.size();
  bytes_ += directory_;
  if (count_ >= zip::in_zip64_short || offset >= zip::in_zip64 || size >= zip::in_zip64) {
    const std::uint64_t record = bytes_.size();
    put<std::uint32_t>(bytes_, zip::end64_signature);
    put<std::uint64_t>(bytes_, zip::end64_size - 12);  // what follows
    put<std::uint16_t>(bytes_, 0x0314);
    put<std::uint16_t>(bytes_, 45);
    put<std::uint64_t>(bytes_, 0);  // this disk, and the directory's
    put<std::uint64_t>(bytes_, count_);
    put<std::uint64_t>(bytes_, count_);
    put<std::uint64_t>(bytes_, size);
    put<std::uint64_t>(bytes_, offset);
    put<std::uint32_t>(bytes_, zip::locator64_signature);
    put<std::uint32_t>(bytes_, 0);
    put<std::uint64_t>(bytes_, record);
    put<std::uint32_t>(bytes_, 1);  // disks
  }
  const auto count = std::min<std::uint32_t>(count_, zip::in_zip64_short);
  put<std::uint32_t>(bytes_, zip::end_signature);
  put<std::uint32_t>(bytes_, 0);
  put<std::uint16_t>(bytes_, static_cast<std::uint16_t>(count));
  put<std::uint16_t>(bytes_, static_cast<std::uint16_t>(count));
  put<std::uint32_t>(bytes_,
                     static_cast<std::uint32_t>(std::min<std::uint64_t>(size, zip::in_zip64)));
  put<std::uint32_t>(bytes_,
                     static_cast<std::uint32_t>(std::min<std::uint64_t>(offset, zip::in_zip64)));
  put<std::uint16_t>(bytes_, 0);  // no comment
  return std::move(bytes_);
}

}  // namespace assay
