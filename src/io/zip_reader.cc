#include "io/zip_reader.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "io/zip_format.h"

namespace assay {

namespace {

using zip::little;

constexpr std::uint64_t max_directory_bytes = 64ULL << 20;

std::unexpected<Error> bad_zip(std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("not a sound zip file: {}", why));
}

struct Member {
  std::string path;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint32_t mode = 0;  // of Unix; 0 if the writer was not on one
};

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The values that did not fit stand in the order of their fields (4.5.3).
Result<> read_zip64_field(std::string_view extra, std::initializer_list<std::uint64_t*> fields) {
  const bool wanted =
      std::ranges::any_of(fields, [](auto* field) { return *field == zip::in_zip64; });
  while (wanted && extra.size() >= 4) {
    const auto id = little<std::uint16_t>(extra, 0);
    const std::size_t size = little<std::uint16_t>(extra, 2);
    if (size > extra.size() - 4) break;
    std::string_view data = extra.substr(4, size);
    extra.remove_prefix(4 + size);
    if (id != zip::zip64_field) continue;
    for (std::uint64_t* field : fields) {
      if (*field != zip::in_zip64) continue;
      if (data.size() < 8) return bad_zip("a zip64 field is too short");
      *field = little<std::uint64_t>(data, 0);
      data.remove_prefix(8);
    }
    return {};
  }
  return wanted ? Result<>(bad_zip("a zip64 field is missing")) : Result<>();
}

// Reads by ranges. The end of the file is asked for once; what lies in it is not asked for again.
class RangeReader {
 public:
  static Result<RangeReader> open(std::uint64_t size, const ReadRange& read) {
    if (size < zip::end_size) return bad_zip("it is too short");
    const std::uint64_t tail_size = std::min<std::uint64_t>(size, 64 * 1024 + 512);
    ASSAY_TRY(auto tail, read(size - tail_size, tail_size));
    if (tail.size() != tail_size) return bad_zip("its end could not be read");
    return RangeReader(size - tail_size, std::move(tail), read);
  }

  std::string_view tail() const { return tail_; }
  std::uint64_t tail_start() const { return start_; }

  Result<std::string> read(std::uint64_t offset, std::uint64_t size) const {
    const std::uint64_t end = start_ + tail_.size();
    if (size == 0) return "";
    if (offset > end || size > end - offset) return bad_zip("something in it lies beyond its end");
    if (offset >= start_) return tail_.substr(offset - start_, size);
    ASSAY_TRY(auto bytes, read_(offset, size));
    if (bytes.size() != size) return bad_zip("a part of it could not be read");
    return bytes;
  }

 private:
  RangeReader(std::uint64_t start, std::string tail, const ReadRange& read)
      : start_(start), tail_(std::move(tail)), read_(read) {}
  std::uint64_t start_;
  std::string tail_;
  const ReadRange& read_;
};

// Where the last end record is, in the tail. Its comment must reach to the end of the file:
// readers that search for it in other ways then find the same one.
Result<std::size_t> find_end_record(std::string_view tail) {
  constexpr std::string_view signature("PK\x05\x06", 4);
  const auto at = tail.rfind(signature, tail.size() - zip::end_size);
  if (at == tail.npos) return bad_zip("its end record is missing");
  if (at + zip::end_size + little<std::uint16_t>(tail, at + 20) != tail.size()) {
    return bad_zip("its end record does not end it");
  }
  return at;
}

// The directory lies right before the end records: bytes in front of the file or in between would
// let readers disagree on where the members are.
Result<Directory> find_directory(const RangeReader& file) {
  const auto tail = file.tail();
  ASSAY_TRY(const std::size_t at, find_end_record(tail));
  Directory directory{little<std::uint32_t>(tail, at + 16), little<std::uint32_t>(tail, at + 12)};
  std::uint64_t end = file.tail_start() + at;
  const bool has_zip64 =
      at >= zip::locator64_size &&
      little<std::uint32_t>(tail, at - zip::locator64_size) == zip::locator64_signature;
  if (has_zip64) {
    const auto place = little<std::uint64_t>(tail, at - zip::locator64_size + 8);
    if (end < zip::locator64_size + zip::end64_size ||
        place != end - zip::locator64_size - zip::end64_size) {
      return bad_zip("its zip64 end record is not where it should be");
    }
    ASSAY_TRY(const auto record, file.read(place, zip::end64_size));
    if (little<std::uint32_t>(record, 0) != zip::end64_signature) {
      return bad_zip("its zip64 end record is missing");
    }
    directory = {little<std::uint64_t>(record, 48), little<std::uint64_t>(record, 40)};
    end = place;
  }
  if (directory.size > end || directory.offset != end - directory.size) {
    return bad_zip("its directory is not where its end record says");
  }
  return directory;
}

Result<Member> read_directory_entry(std::string_view& directory) {
  if (directory.size() < zip::directory_size ||
      little<std::uint32_t>(directory, 0) != zip::directory_signature) {
    return bad_zip("its directory is damaged");
  }
  const std::size_t name = little<std::uint16_t>(directory, 28);
  const std::size_t extra = little<std::uint16_t>(directory, 30);
  const std::size_t whole =
      zip::directory_size + name + extra + little<std::uint16_t>(directory, 32);
  if (directory.size() < whole) return bad_zip("its directory is cut off");
  constexpr std::uint16_t made_on_unix = 3;
  const bool unix = little<std::uint16_t>(directory, 4) >> 8 == made_on_unix;
  Member member{.path = std::string(directory.substr(zip::directory_size, name)),
                .flags = little<std::uint16_t>(directory, 8),
                .method = little<std::uint16_t>(directory, 10),
                .crc = little<std::uint32_t>(directory, 16),
                .packed = little<std::uint32_t>(directory, 20),
                .size = little<std::uint32_t>(directory, 24),
                .offset = little<std::uint32_t>(directory, 42),
                .mode = unix ? little<std::uint32_t>(directory, 38) >> 16 : 0};
  ASSAY_CHECK(read_zip64_field(directory.substr(zip::directory_size + name, extra),
                               {&member.size, &member.packed, &member.offset}));
  directory.remove_prefix(whole);
  return member;
}

Result<std::vector<Member>> read_members(std::string_view directory) {
  std::vector<Member> members;
  while (!directory.empty()) {
    ASSAY_TRY(auto member, read_directory_entry(directory));
    members.push_back(std::move(member));
  }
  return members;
}

// A local header that tells a reader who goes from member to member something else than the
// directory is made to deceive one of the two.
Result<> check_local_header(std::string_view header, const Member& member) {
  const std::size_t name = little<std::uint16_t>(header, 26);
  const std::size_t extra = little<std::uint16_t>(header, 28);
  if (header.size() < zip::local_size + name + extra) return bad_zip("a local header is cut off");
  const auto differs = [&] {
    return refuse_member(member.path, "is not the same in the directory and in its own header");
  };
  if (header.substr(zip::local_size, name) != member.path ||
      little<std::uint16_t>(header, 8) != member.method) {
    return differs();
  }
  const auto flags = little<std::uint16_t>(header, 6);
  if ((flags & zip::flag_sizes_follow) != 0) return {};
  std::uint64_t packed = little<std::uint32_t>(header, 18);
  std::uint64_t size = little<std::uint32_t>(header, 22);
  ASSAY_CHECK(read_zip64_field(header.substr(zip::local_size + name, extra), {&size, &packed}));
  const bool same = packed == member.packed && size == member.size &&
                    little<std::uint32_t>(header, 14) == member.crc;
  return same ? Result<>() : differs();
}

// The bytes of a member as they lie in the file, which ends at `limit` for members. Header and
// bytes come in one range where the extra field is no longer than usual.
Result<std::string> read_packed(const RangeReader& file, const Member& member,
                                std::uint64_t limit) {
  constexpr std::uint64_t usual_extra = 256;
  const std::uint64_t guess = zip::local_size + member.path.size() + usual_extra + member.packed;
  if (member.offset > limit || member.packed > limit - member.offset) {
    return refuse_member(member.path, "lies beyond the zip file's members");
  }
  ASSAY_TRY(auto bytes, file.read(member.offset, std::min(guess, limit - member.offset)));
  if (bytes.size() < zip::local_size || little<std::uint32_t>(bytes, 0) != zip::local_signature) {
    return refuse_member(member.path, "is not where the zip file's directory says");
  }
  const std::size_t start =
      zip::local_size + little<std::uint16_t>(bytes, 26) + little<std::uint16_t>(bytes, 28);
  if (start + member.packed > limit - member.offset) {
    return refuse_member(member.path, "lies beyond the zip file's members");
  }
  if (start + member.packed > bytes.size()) {
    ASSAY_TRY(bytes, file.read(member.offset, start + member.packed));
  }
  ASSAY_CHECK(check_local_header(std::string_view(bytes).substr(0, start), member));
  bytes.resize(start + member.packed);
  bytes.erase(0, start);
  return bytes;
}

// The first bytes of a file, as far as they can be unpacked.
std::string head_of(std::string_view packed, const Member& member) {
  const auto size = std::min<std::uint64_t>(member.size, file_head_bytes);
  if ((member.flags & zip::flag_encrypted) != 0) return {};
  if (member.method == zip::stored) return std::string(packed.substr(0, size));
  if (member.method != zip::deflated) return {};
  std::string head(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(head.data());
  stream.avail_out = static_cast<uInt>(head.size());
  ::inflate(&stream, Z_SYNC_FLUSH);
  head.resize(stream.total_out);
  inflateEnd(&stream);
  return head;
}

Result<std::string> inflate(std::string_view packed, const Member& member) {
  std::string bytes(member.size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return fail(ErrorKind::internal, "zlib");
  char none = 0;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.empty() ? &none : bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int end = ::inflate(&stream, Z_FINISH);
  const bool whole = end == Z_STREAM_END && stream.total_out == member.size && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) return refuse_member(member.path, "does not unpack to the size it tells");
  return bytes;
}

Result<std::string> unpack(std::string packed, const Member& member) {
  if ((member.flags & zip::flag_encrypted) != 0) return refuse_member(member.path, "is encrypted");
  std::string bytes;
  if (member.method == zip::stored) {
    if (member.packed != member.size) {
      return refuse_member(member.path, "does not unpack to the size it tells");
    }
    bytes = std::move(packed);
  } else if (member.method == zip::deflated) {
    ASSAY_TRY(bytes, inflate(packed, member));
  } else {
    return refuse_member(member.path, fmt::format("is packed by the method {}", member.method));
  }
  if (zip::crc_of(bytes) != member.crc) return refuse_member(member.path, "is damaged");
  return bytes;
}

// One stretch of bytes that stands for many members is how small files unpack to petabytes.
Result<> check_overlaps(const std::vector<Member>& members, std::uint64_t limit) {
  std::vector<const Member*> by_offset;
  for (const auto& member : members) by_offset.push_back(&member);
  std::ranges::sort(by_offset, {}, &Member::offset);
  for (std::size_t i = 0; i < by_offset.size(); ++i) {
    const Member& member = *by_offset[i];
    const std::uint64_t next = i + 1 < by_offset.size() ? by_offset[i + 1]->offset : limit;
    const std::uint64_t least = zip::local_size + member.path.size();
    if (member.offset > next || next - member.offset < least ||
        member.packed > next - member.offset - least) {
      return refuse_member(member.path, "overlaps with another");
    }
  }
  return {};
}

class ZipReading {
 public:
  using Each = std::function<Result<>(const ArchiveEntry&, std::string_view)>;

  ZipReading(const RangeReader& file, ArchiveChecks& checks, const Each& each,
             const IsWantedFile& is_wanted)
      : file_(file), checks_(checks), each_(each), is_wanted_(is_wanted) {}

  Result<> run() {
    ASSAY_TRY(const auto place, find_directory(file_));
    limit_ = place.offset;
    if (place.size > max_directory_bytes) return bad_zip("its directory is too large");
    ASSAY_TRY(const auto directory, file_.read(place.offset, place.size));
    ASSAY_TRY(const auto members, read_members(directory));
    ASSAY_CHECK(check_overlaps(members, limit_));
    for (const auto& member : members) ASSAY_CHECK(take(member));
    return {};
  }

 private:
  Result<> take(const Member& member) {
    ASSAY_TRY(const std::string path, checks_.count_member(member.path));
    const auto type = member.mode & S_IFMT;
    if (member.path.ends_with('/')) {
      const bool plain = (type == 0 || type == S_IFDIR) && member.size == 0;
      return plain ? checks_.add_folder(path)
                   : Result<>(refuse_member(member.path, "is named as a folder and is none"));
    }
    if (type != 0 && type != S_IFREG && type != S_IFLNK) {
      return refuse_member(member.path, "is neither a file nor a link");
    }
    if (type != S_IFLNK) ASSAY_CHECK(checks_.add_file(path));
    ASSAY_CHECK(checks_.count_bytes(path, 0, member.size));
    ASSAY_TRY(auto packed, read_packed(file_, member, limit_));
    if (type != S_IFLNK && is_wanted_ && !is_wanted_(member.size, head_of(packed, member))) return {};
    ASSAY_TRY(const auto bytes, unpack(std::move(packed), member));
    if (type != S_IFLNK) return each_({path, (member.mode & 0111) != 0, ""}, bytes);
    ASSAY_CHECK(checks_.add_link(path, bytes));
    return each_({path, false, bytes}, "");
  }

  const RangeReader& file_;
  ArchiveChecks& checks_;
  const Each& each_;
  const IsWantedFile& is_wanted_;
  std::uint64_t limit_ = 0;  // where the members end
};

}  // namespace

Result<> read_zip(std::uint64_t size, const ReadRange& read, ArchiveChecks& checks,
                  const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each,
                  const IsWantedFile& is_wanted) {
  ASSAY_TRY(const auto file, RangeReader::open(size, read));
  return ZipReading(file, checks, each, is_wanted).run();
}

Result<std::string> read_zip_member(std::uint64_t zip_size, const ReadRange& read,
                                    const std::function<bool(std::string_view path)>& wanted,
                                    std::uint64_t max_bytes) {
  ASSAY_TRY(const auto file, RangeReader::open(zip_size, read));
  ASSAY_TRY(const auto place, find_directory(file));
  if (place.size > max_directory_bytes) return bad_zip("its directory is too large");
  ASSAY_TRY(const auto directory, file.read(place.offset, place.size));
  ASSAY_TRY(const auto members, read_members(directory));
  const auto is_wanted = [&](const Member& member) { return wanted(member.path); };
  const auto found = std::ranges::find_if(members, is_wanted);
  if (found == members.end()) return fail(ErrorKind::not_found, "the zip file has no such member");
  if (std::find_if(found + 1, members.end(), is_wanted) != members.end()) {
    return refuse_member(found->path, "is not the only one of its kind");
  }
  if (found->size > max_bytes || found->packed > max_bytes) {
    return refuse_member(found->path, fmt::format("is larger than {} bytes", max_bytes));
  }
  ASSAY_TRY(auto packed, read_packed(file, *found, place.offset));
  return unpack(std::move(packed), *found);
}

}  // namespace assay
