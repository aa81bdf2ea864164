#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The numbers of the zip format (APPNOTE.TXT 6.3, sections 4.3 and 4.4).
namespace assay::zip {

constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t directory_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator64_signature = 0x07064b50;

constexpr std::size_t local_size = 30;      // without name and extra field
constexpr std::size_t directory_size = 46;  // an entry without name, extra field and comment
constexpr std::size_t end_size = 22;        // without the comment
constexpr std::size_t end64_size = 56;
constexpr std::size_t locator64_size = 20;

constexpr std::uint32_t in_zip64 = 0xFFFFFFFF;  // the value stands in the zip64 record or field
constexpr std::uint16_t in_zip64_short = 0xFFFF;
constexpr std::uint16_t zip64_field = 1;

constexpr std::uint16_t stored = 0;
constexpr std::uint16_t deflated = 8;

constexpr std::uint16_t flag_encrypted = 1;
constexpr std::uint16_t flag_sizes_follow = 8;  // behind the bytes: the local header has zeros
constexpr std::uint16_t flag_utf8 = 0x0800;

template <class T>
T little(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return static_cast<T>(value);
}

template <class T>
void put(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

std::uint32_t crc_of(std::string_view bytes);

}  // namespace assay::zip
