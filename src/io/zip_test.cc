#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "io/archive.h"
#include "io/files.h"
#include "io/zip_format.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string sample_zip() {
  ZipWriter zip;
  zip.add("demo/__init__.py", "VERSION = 1\n", false);
  zip.add("demo-1.0.dist-info/METADATA", "Name: demo\n", false);
  return zip.finish();
}

std::size_t end_record(const std::string& zip) { return zip.rfind("PK\x05\x06"); }
std::size_t first_directory_entry(const std::string& zip) { return zip.find("PK\x01\x02"); }

Result<std::map<std::string, std::string>> read(const std::string& bytes) {
  auto folder = TemporaryDirectory::create(testing::TempDir(), "zip").value();
  std::ofstream(folder.path() / "it", std::ios::binary) << bytes;
  std::map<std::string, std::string> contents;
  ASSAY_CHECK(
      read_archive(folder.path() / "it", {}, [&](const ArchiveEntry& entry, std::string_view text) {
        const std::string kind = entry.executable ? "x " : entry.link_target.empty() ? "f " : "l ";
        contents[entry.path] =
            kind + (entry.link_target.empty() ? std::string(text) : entry.link_target);
        return Result<>();
      }));
  return contents;
}

std::string refusal(const std::string& bytes) {
  const auto contents = read(bytes);
  if (contents) return "it was read";
  EXPECT_EQ(contents.error().kind, ErrorKind::invalid_input);
  return contents.error().message;
}

// METADATA by ranges out of these bytes; `ranges` counts them.
Result<std::string> metadata(const std::string& zip, int* ranges = nullptr) {
  return read_zip_member(
      zip.size(),
      [&](std::uint64_t offset, std::uint64_t size) -> Result<std::string> {
        if (ranges != nullptr) ++*ranges;
        EXPECT_LE(offset + size, zip.size());
        return zip.substr(offset, size);
      },
      [](std::string_view path) { return path.ends_with("METADATA"); });
}

std::string metadata_refusal(const std::string& zip) {
  const auto text = metadata(zip);
  return text ? "it was read" : text.error().message;
}

// A zip file of one stored member, put together by hand.
struct MadeMember {
  std::string path = "a";
  std::string bytes = "text";
  std::string local_path = path;
  std::uint32_t mode = 0100644;
  std::uint16_t flags = 0;
  std::uint16_t method = zip::stored;
  bool sizes_follow = false;
  bool in_zip64 = false;
};

std::string made_zip(const std::vector<MadeMember>& members, const std::string& comment = "") {
  using zip::put;
  std::string out;
  std::string directory;
  for (const auto& member : members) {
    const auto offset = static_cast<std::uint32_t>(out.size());
    const auto size = static_cast<std::uint32_t>(member.bytes.size());
    const auto flags = static_cast<std::uint16_t>(
        member.flags | (member.sizes_follow ? zip::flag_sizes_follow : 0));
    put<std::uint32_t>(out, zip::local_signature);
    put<std::uint16_t>(out, 20);
    put<std::uint16_t>(out, flags);
    put<std::uint16_t>(out, member.method);
    put<std::uint32_t>(out, 0x00210000);
    put<std::uint32_t>(out, member.sizes_follow ? 0 : zip::crc_of(member.bytes));
    put<std::uint32_t>(out, member.sizes_follow ? 0 : size);
    put<std::uint32_t>(out, member.sizes_follow ? 0 : size);
    put<std::uint16_t>(out, static_cast<std::uint16_t>(member.local_path.size()));
    put<std::uint16_t>(out, 0);
    out += member.local_path + member.bytes;

    put<std::uint32_t>(directory, zip::directory_signature);
    put<std::uint16_t>(directory, 0x0314);
    put<std::uint16_t>(directory, 20);
    put<std::uint16_t>(directory, flags);
    put<std::uint16_t>(directory, member.method);
    put<std::uint32_t>(directory, 0x00210000);
    put<std::uint32_t>(directory, zip::crc_of(member.bytes));
    put<std::uint32_t>(directory, member.in_zip64 ? zip::in_zip64 : size);
    put<std::uint32_t>(directory, member.in_zip64 ? zip::in_zip64 : size);
    put<std::uint16_t>(directory, static_cast<std::uint16_t>(member.path.size()));
    put<std::uint16_t>(directory, member.in_zip64 ? 28 : 0);
    put<std::uint16_t>(directory, 0);
    put<std::uint32_t>(directory, 0);
    put<std::uint32_t>(directory, member.mode << 16);
    put<std::uint32_t>(directory, member.in_zip64 ? zip::in_zip64 : offset);
    directory += member.path;
    if (member.in_zip64) {
      put<std::uint16_t>(directory, zip::zip64_field);
      put<std::uint16_t>(directory, 24);
      put<std::uint64_t>(directory, size);
      put<std::uint64_t>(directory, size);
      put<std::uint64_t>(directory, offset);
    }
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  out += directory;
  put<std::uint32_t>(out, zip::end_signature);
  put<std::uint32_t>(out, 0);
  put<std::uint16_t>(out, static_cast<std::uint16_t>(members.size()));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(members.size()));
  put<std::uint32_t>(out, static_cast<std::uint32_t>(directory.size()));
  put<std::uint32_t>(out, start);
  put<std::uint16_t>(out, static_cast<std::uint16_t>(comment.size()));
  return out + comment;
}

TEST(Zip, ReadsWhatItWrote) {
  ZipWriter zip;
  zip.add("a/run", "#!/bin/sh", true);
  zip.add("a/empty", "", false);
  zip.add("a/\xc3\xa9", "text", false);
  const auto contents = read(zip.finish());
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(*contents, ElementsAre(Pair("a/empty", "f "), Pair("a/run", "x #!/bin/sh"),
                                     Pair("a/\xc3\xa9", "f text")));
}

TEST(Zip, PassesOverFilesThatAreNotWanted) {
  ZipWriter zip;
  zip.add("numbers", "\x93" + std::string(100'000, '7'), false);
  zip.add("words", "some words", false);
  std::string bytes = zip.finish();
  std::vector<std::string> heads;
  std::vector<std::string> given;
  const auto read_wanted = [&] {
    return read_archive_bytes(
        bytes, {},
        [&](const ArchiveEntry& entry, std::string_view) {
          given.push_back(entry.path);
          return Result<>();
        },
        [&](std::uint64_t size, std::string_view head) {
          heads.push_back(std::to_string(size) + " " + std::string(head.substr(0, 3)));
          EXPECT_LE(head.size(), file_head_bytes);
          return !head.starts_with('\x93');
        });
  };
  ASSERT_TRUE(read_wanted());
  EXPECT_THAT(heads, ElementsAre("100001 \x93" "77", "10 som"));
  EXPECT_THAT(given, ElementsAre("words"));
  // What is wanted is still checked to its end.
  bytes[bytes.find("words") + 8] ^= 1;
  EXPECT_FALSE(read_wanted());
}

TEST(Zip, WritesTheSameBytesEachTime) { EXPECT_EQ(sample_zip(), sample_zip()); }

TEST(Zip, WritesMoreMembersThanSixteenBitsCount) {
  ZipWriter zip;
  for (int i = 0; i < 66'000; ++i) zip.add("f" + std::to_string(i), "", false);
  zip.add("METADATA", "the last", false);
  const std::string bytes = zip.finish();
  const auto contents = read(bytes);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->size(), 66'001U);
  EXPECT_EQ(metadata(bytes), "the last");
}

TEST(Zip, ReadsFoldersLinksAndZip64Fields) {
  const auto contents = read(made_zip({{.path = "a/", .bytes = "", .mode = 040755},
                                       {.path = "a/file", .bytes = "text", .in_zip64 = true},
                                       {.path = "a/dos", .bytes = "text", .mode = 0},
                                       {.path = "a/follow", .bytes = "text", .sizes_follow = true},
                                       {.path = "a/link", .bytes = "../b", .mode = 0120777}}));
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(*contents, ElementsAre(Pair("a/dos", "f text"), Pair("a/file", "f text"),
                                     Pair("a/follow", "f text"), Pair("a/link", "l ../b")));
}

TEST(Zip, RefusesHostilePaths) {
  EXPECT_THAT(refusal(made_zip({{.path = "../evil"}})), HasSubstr("\"..\""));
  EXPECT_THAT(refusal(made_zip({{.path = "/evil"}})), HasSubstr("absolute path"));
  EXPECT_THAT(refusal(made_zip({{.path = std::string("safe\0.py", 8)}})),
              HasSubstr("control character"));
  EXPECT_THAT(refusal(made_zip({{.path = "a"}, {.path = "a"}})), HasSubstr("there twice"));
  EXPECT_THAT(refusal(made_zip({{.path = "l", .bytes = "/etc", .mode = 0120777}})),
              HasSubstr("link out"));
  EXPECT_THAT(refusal(made_zip({{.path = "l", .bytes = "b", .mode = 0120777}, {.path = "l/x"}})),
              HasSubstr("lies below"));
  EXPECT_THAT(refusal(made_zip({{.path = "fifo", .mode = 010644}})),
              HasSubstr("neither a file nor a link"));
  EXPECT_THAT(refusal(made_zip({{.path = "a/", .bytes = "hidden"}})),
              HasSubstr("named as a folder"));
}

TEST(Zip, RefusesAMemberThatIsNotTheSameInTheDirectoryAndInItsOwnHeader) {
  EXPECT_THAT(refusal(made_zip({{.path = "good.py", .local_path = "evil.py"}})),
              HasSubstr("\"good.py\" is not the same"));
  std::string zip = made_zip({{.path = "a", .bytes = "text"}});
  zip[22] = 3;  // the local header's size
  EXPECT_THAT(refusal(zip), HasSubstr("not the same"));
}

TEST(Zip, RefusesMembersThatOverlap) {
  std::string zip = made_zip({{.path = "a"}, {.path = "b"}});
  const std::size_t second = zip.find("PK\x01\x02", first_directory_entry(zip) + 1);
  zip[second + 42] = 0;  // where the first one lies
  EXPECT_THAT(refusal(zip), HasSubstr("overlaps"));
}

TEST(Zip, RefusesWhatItCanNotUnpack) {
  EXPECT_THAT(refusal(made_zip({{.flags = zip::flag_encrypted}})), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(made_zip({{.method = 99}})), HasSubstr("method 99"));
  EXPECT_THAT(refusal(made_zip({{.bytes = "no deflate", .method = zip::deflated}})),
              HasSubstr("does not unpack"));
  std::string damaged = made_zip({{.path = "a", .bytes = "text"}});
  damaged[zip::local_size + 1] = 'T';
  EXPECT_THAT(refusal(damaged), HasSubstr("damaged"));
}

TEST(Zip, RefusesAFileWhoseEndCanBeReadInTwoWays) {
  const std::string zip = sample_zip();
  EXPECT_THAT(refusal(zip + "more"), HasSubstr("does not end it"));
  EXPECT_THAT(refusal(made_zip({{}}, "a comment with PK\x05\x06 and twenty bytes behind it")),
              HasSubstr("does not end it"));
  std::string moved = zip;
  moved.insert(first_directory_entry(zip), "between");
  EXPECT_THAT(refusal(moved), HasSubstr("not where its end record says"));
  EXPECT_THAT(refusal(zip.substr(0, end_record(zip))), HasSubstr("end record is missing"));
  EXPECT_THAT(refusal(zip.substr(0, 10)), HasSubstr("too short"));
}

TEST(ZipMember, IsReadByFewRanges) {
  ZipWriter zip;
  std::string noise;
  for (unsigned i = 0, state = 1; i < 300'000; ++i)
    noise += static_cast<char>((state = state * 1103515245 + 12345) >> 16);
  zip.add("demo-1.0.dist-info/METADATA", "Name: demo\n", false);
  zip.add("large", noise, false);
  int ranges = 0;
  EXPECT_EQ(metadata(zip.finish(), &ranges), "Name: demo\n");
  EXPECT_EQ(ranges, 2);  // the end with the directory, and the member
}

TEST(ZipMember, IsReadBeforeAComment) {
  EXPECT_EQ(metadata(made_zip({{.path = "METADATA", .bytes = "Name: demo\n"}}, "a comment")),
            "Name: demo\n");
  EXPECT_EQ(metadata(made_zip({{.path = "METADATA", .bytes = "Name: demo\n", .in_zip64 = true}})),
            "Name: demo\n");
}

TEST(ZipMember, IsNotFoundWhereThereIsNone) {
  const auto text = metadata(made_zip({{.path = "other"}}));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::not_found);
}

TEST(ZipMember, MustBeTheOnlyOne) {
  EXPECT_THAT(metadata_refusal(made_zip({{.path = "a/METADATA"}, {.path = "b/METADATA"}})),
              HasSubstr("not the only one"));
}

TEST(ZipMember, MayNotBeLargerThanTheBound) {
  const std::string zip = made_zip({{.path = "METADATA", .bytes = "12345"}});
  const auto text = read_zip_member(
      zip.size(),
      [&](auto offset, auto size) -> Result<std::string> { return zip.substr(offset, size); },
      [](std::string_view) { return true; }, 4);
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("larger than 4 bytes"));
}

TEST(ZipMember, AnErrorOfTheRangesIsTheCallers) {
  const auto text = read_zip_member(
      1000, [](auto, auto) -> Result<std::string> { return fail(ErrorKind::network, "gone"); },
      [](std::string_view) { return true; });
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::network);
}

TEST(ZipMember, SurvivesEveryByteBeingWrong) {
  for (const std::string& good :
       {sample_zip(), made_zip({{.path = "METADATA", .in_zip64 = true}})}) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const char value : {'\x00', '\xff', static_cast<char>(good[i] ^ 1)}) {
        std::string bad = good;
        bad[i] = value;
        static_cast<void>(metadata(bad));
      }
    }
    for (std::size_t size = 0; size < good.size(); ++size)
      EXPECT_FALSE(metadata(good.substr(0, size)));
  }
}

}  // namespace
}  // namespace assay
