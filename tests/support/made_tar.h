#pragma once
#include <zlib.h>

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace assay {

// A tar file (POSIX ustar and pax) put together byte by byte, so that a test can say what no honest
// program would write.
class MadeTar {
 public:
  struct Member {
    std::string path;
    std::string bytes{};
    char type = '0';  // '0' file, '1' hard link, '2' link, '3' device, '5' folder, '6' FIFO
    std::string link{};
    unsigned mode = 0644;
    std::string size{};  // octal digits instead of the true size
  };

  MadeTar& add(const Member& member) {
    const std::string size =
        member.size.empty() ? fmt::format("{:011o}", member.bytes.size()) : member.size;
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text) {
      header.replace(at, text.size(), text);
    };
    put(0, std::string_view(member.path).substr(0, 100));
    put(100, fmt::format("{:07o}", member.mode));
    put(108, "0000000");
    put(116, "0000000");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    header[156] = member.type;
    put(157, std::string_view(member.link).substr(0, 100));
    put(257, std::string_view("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum));
    bytes_ += header + member.bytes;
    bytes_.resize((bytes_.size() + 511) / 512 * 512);
    return *this;
  }

  MadeTar& file(const std::string& path, const std::string& bytes = "x") {
    return add({.path = path, .bytes = bytes});
  }
  MadeTar& link(const std::string& path, const std::string& target) {
    return add({.path = path, .type = '2', .link = target});
  }

  // A record of a pax header, which overrides what the next member's own header says.
  MadeTar& pax(const std::string& key, const std::string& value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t size = rest + 1;
    while (fmt::format("{}", size).size() + rest != size) ++size;
    return add(
        {.path = "PaxHeader", .bytes = fmt::format("{} {}={}\n", size, key, value), .type = 'x'});
  }

  std::string bytes() const { return bytes_ + std::string(1024, '\0'); }
  std::string gz() const { return gzip(bytes()); }

  static std::string gzip(std::string_view bytes) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
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

 private:
  std::string bytes_;
};

}  // namespace assay
