#include "io/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "io/files.h"
#include "made_tar.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Contents = std::map<std::string, std::string>;  // of a link: "-> " and its target

class Archive : public testing::Test {
 protected:
  Result<Contents> read(const std::string& bytes, const ArchiveLimits& limits = {}) {
    std::ofstream(path(), std::ios::binary) << bytes;
    Contents contents;
    ASSAY_CHECK(read_archive(path(), limits, [&](const ArchiveEntry& entry, std::string_view text) {
      const bool is_new =
          contents
              .emplace(entry.path,
                       entry.link_target.empty() ? std::string(text) : "-> " + entry.link_target)
              .second;
      EXPECT_TRUE(is_new) << entry.path;
      return Result<>();
    }));
    return contents;
  }

  // Refused as invalid_input; the words say why.
  std::string refusal(const std::string& bytes, const ArchiveLimits& limits = {}) {
    const auto contents = read(bytes, limits);
    if (contents) return "it was read";
    EXPECT_EQ(contents.error().kind, ErrorKind::invalid_input);
    return contents.error().message;
  }

  fs::path path() const { return folder_.path() / "archive"; }

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create(testing::TempDir(), "archive").value();
};

TEST_F(Archive, ReadsATarAsItIsFoundInTheWild) {
  MadeTar tar;
  tar.add({.path = "./", .type = '5', .mode = 0700});
  tar.add({.path = "./demo-1.0/", .type = '5', .mode = 0});
  tar.pax("mtime", "1700000000.5").file("./demo-1.0/setup.py", "setup()");
  tar.add({.path = "demo-1.0//run.sh", .bytes = "#!/bin/sh", .mode = 0755});
  tar.link("demo-1.0/docs/LICENSE", "../LICENSE");
  tar.file("demo-1.0/LICENSE", "free");
  tar.file("demo-1.0/empty", "");
  tar.pax("path", "demo-1.0/" + std::string(150, 'n') + ".py").file("short", "long name");
  const auto contents = read(tar.bytes());
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(
      *contents,
      ElementsAre(Pair("demo-1.0/LICENSE", "free"), Pair("demo-1.0/docs/LICENSE", "-> ../LICENSE"),
                  Pair("demo-1.0/empty", ""),
                  Pair("demo-1.0/" + std::string(150, 'n') + ".py", "long name"),
                  Pair("demo-1.0/run.sh", "#!/bin/sh"), Pair("demo-1.0/setup.py", "setup()")));
  EXPECT_EQ(read(tar.gz()).value(), *contents);
}

TEST_F(Archive, KeepsTheExecutableBit) {
  MadeTar tar;
  tar.file("plain").add({.path = "run", .bytes = "x", .mode = 0755});
  ASSERT_TRUE(write_file(path(), tar.bytes()));
  std::map<std::string, bool> executable;
  ASSERT_TRUE(read_archive(path(), {}, [&](const ArchiveEntry& entry, std::string_view) {
    executable[entry.path] = entry.executable;
    return Result<>();
  }));
  EXPECT_THAT(executable, ElementsAre(Pair("plain", false), Pair("run", true)));
}

TEST_F(Archive, GivesAHardLinkAsACopy) {
  MadeTar tar;
  tar.file("a", "bytes").file("b", "other");
  tar.add({.path = "c", .type = '1', .link = "a"}).add({.path = "d", .type = '1', .link = "c"});
  const auto contents = read(tar.bytes());
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(*contents, ElementsAre(Pair("a", "bytes"), Pair("b", "other"), Pair("c", "bytes"),
                                     Pair("d", "bytes")));
}

TEST_F(Archive, TellsNamesApartThatDifferInCaseOnly) {
  const auto contents = read(MadeTar().file("README", "a").file("readme", "b").bytes());
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(*contents, ElementsAre(Pair("README", "a"), Pair("readme", "b")));
}

TEST_F(Archive, AnErrorOfTheReceiverEndsTheReading) {
  ASSERT_TRUE(write_file(path(), MadeTar().file("a").file("b").bytes()));
  int calls = 0;
  const auto outcome =
      read_archive(path(), {}, [&](const ArchiveEntry&, std::string_view) -> Result<> {
        ++calls;
        return fail(ErrorKind::io, "the disk is full");
      });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::io);
  EXPECT_EQ(calls, 1);
}

TEST_F(Archive, AMissingFileIsNotFound) {
  const auto outcome =
      read_archive(path(), {}, [](const ArchiveEntry&, std::string_view) { return Result<>(); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::not_found);
}

TEST_F(Archive, RefusesPathsThatLeaveTheRoot) {
  EXPECT_THAT(refusal(MadeTar().file("/etc/passwd").bytes()), HasSubstr("absolute path"));
  EXPECT_THAT(refusal(MadeTar().file("../evil").bytes()), HasSubstr("\"..\""));
  EXPECT_THAT(refusal(MadeTar().file("a/../../evil").bytes()), HasSubstr("\"..\""));
  EXPECT_THAT(refusal(MadeTar().file("C:/evil").bytes()), HasSubstr("drive letter"));
  EXPECT_THAT(refusal(MadeTar().add({.path = "a/../..", .type = '5'}).bytes()),
              HasSubstr("\"..\""));
}

TEST_F(Archive, APaxHeaderHidesNoPath) {
  EXPECT_THAT(refusal(MadeTar().pax("path", "../evil").file("harmless").bytes()),
              HasSubstr("../evil"));
  EXPECT_THAT(refusal(MadeTar().pax("path", "/evil").file("harmless").bytes()),
              HasSubstr("absolute"));
  EXPECT_THAT(refusal(MadeTar().pax("linkpath", "/etc").link("harmless", "a").bytes()),
              HasSubstr("link out"));
}

TEST_F(Archive, RefusesLinksThatLeaveTheRoot) {
  EXPECT_THAT(refusal(MadeTar().link("a", "/etc/passwd").bytes()), HasSubstr("link out"));
  EXPECT_THAT(refusal(MadeTar().link("a", "../x").bytes()), HasSubstr("link out"));
  EXPECT_THAT(refusal(MadeTar().link("a/b", "../../x").bytes()), HasSubstr("link out"));
  EXPECT_THAT(refusal(MadeTar().link("a/b", "c/../../../x").bytes()), HasSubstr("link out"));
  EXPECT_THAT(refusal(MadeTar().link("a", "").bytes()), HasSubstr("link to nothing"));
  EXPECT_THAT(refusal(MadeTar().link("a", "b\nc").bytes()), HasSubstr("no plain text"));
}

TEST_F(Archive, RefusesLinksThatLeaveTheRootByWayOfOthers) {
  EXPECT_THAT(refusal(MadeTar().link("a/b/up", "../..").link("a/b/out", "up/../x").bytes()),
              HasSubstr("\"a/b/out\" is a link out"));
  EXPECT_THAT(refusal(MadeTar().link("a/b/out", "up/../x").link("a/b/up", "../..").bytes()),
              HasSubstr("\"a/b/out\" is a link out"));
}

TEST_F(Archive, RefusesToWriteThroughALink) {
  EXPECT_THAT(refusal(MadeTar().link("a", "b").file("a/x").bytes()), HasSubstr("lies below"));
  EXPECT_THAT(refusal(MadeTar().file("a/x").link("a", "b").bytes()),
              HasSubstr("both a file and a folder"));
  EXPECT_THAT(refusal(MadeTar().link("a", "b").file("a").bytes()), HasSubstr("there twice"));
  EXPECT_THAT(refusal(MadeTar().link("a", "b").add({.path = "a/", .type = '5'}).bytes()),
              HasSubstr("both a file and a folder"));
}

TEST_F(Archive, RefusesHardLinksToWhatIsNoMemberBefore) {
  const auto hard = [](const std::string& target) {
    return MadeTar().add({.path = "b", .type = '1', .link = target}).file("later").bytes();
  };
  EXPECT_THAT(refusal(hard("/etc/passwd")), HasSubstr("absolute path"));
  EXPECT_THAT(refusal(hard("../x")), HasSubstr("\"..\""));
  EXPECT_THAT(refusal(hard("later")), HasSubstr("hard link to no file"));
  EXPECT_THAT(
      refusal(MadeTar().link("a", "x").add({.path = "b", .type = '1', .link = "a"}).bytes()),
      HasSubstr("hard link to no file"));
}

// POSIX lets a folder's size tell of its quota; no bytes follow.
TEST_F(Archive, TakesAFolderThatTellsASize) {
  const auto contents = read(
      MadeTar().add({.path = "a/", .type = '5', .size = "00000010000"}).file("a/b", "c").bytes());
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(*contents, ElementsAre(Pair("a/b", "c")));
}

TEST_F(Archive, RefusesDevicesFifosAndBytesOfWhatIsNoFile) {
  for (const char type : {'3', '4', '6'}) {
    EXPECT_THAT(refusal(MadeTar().add({.path = "dev", .type = type}).bytes()),
                HasSubstr("is a device, a FIFO or a socket"));
  }
  EXPECT_THAT(refusal(MadeTar().add({.path = "dir/", .bytes = "hidden", .type = '5'}).bytes()),
              HasSubstr("the archive"));
  EXPECT_THAT(refusal(MadeTar()
                          .file("a", "text")
                          .pax("comment", "a pax file")
                          .add({.path = "b", .bytes = "hidden", .type = '1', .link = "a"})
                          .bytes()),
              HasSubstr("has bytes and is no file"));
}

TEST_F(Archive, RefusesAPathGivenTwice) {
  EXPECT_THAT(refusal(MadeTar().file("a").file("a").bytes()), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(refusal(MadeTar().file("a").file("./a").bytes()), HasSubstr("there twice"));
  EXPECT_THAT(refusal(MadeTar().file("a").file("a/b").bytes()), HasSubstr("lies below"));
  EXPECT_THAT(refusal(MadeTar().file("a/b").file("a").bytes()),
              HasSubstr("both a file and a folder"));
  EXPECT_THAT(refusal(MadeTar().add({.path = "a", .type = '5'}).file("a").bytes()),
              HasSubstr("both a file and a folder"));
}

TEST_F(Archive, RefusesNamesThatNoTreeHolds) {
  EXPECT_THAT(refusal(MadeTar().file("a\nb").bytes()), HasSubstr("control character"));
  EXPECT_THAT(refusal(MadeTar().file("a\x1b[2Jb").bytes()), HasSubstr("control character"));
  EXPECT_THAT(refusal(MadeTar().file("a\xff").bytes()), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal(MadeTar().pax("path", std::string(2000, 'a')).file("x").bytes()),
              HasSubstr("too long a path"));
  EXPECT_THAT(refusal(MadeTar().pax("path", std::string(300, 'a')).file("x").bytes()),
              HasSubstr("too long a name"));
  EXPECT_THAT(refusal(MadeTar().file(".").bytes()), HasSubstr("has no name"));
}

TEST_F(Archive, RefusesWhatExceedsTheLimits) {
  MadeTar three;
  three.file("a", "12345").file("b", "12345").file("c", "12345");
  EXPECT_THAT(refusal(three.bytes(), {.files = 2}), HasSubstr("more than 2 members"));
  EXPECT_THAT(refusal(three.bytes(), {.bytes = 14}), HasSubstr("unpacks to more than 14 bytes"));
  EXPECT_THAT(refusal(three.bytes(), {.file_bytes = 4}), HasSubstr("larger than 4 bytes"));
  EXPECT_TRUE(read(three.bytes(), {.files = 3, .bytes = 15, .file_bytes = 5}));
}

TEST_F(Archive, CountsHardLinksAsTheCopiesThatTheyBecome) {
  MadeTar tar;
  tar.file("a", "12345");
  for (int i = 0; i < 10; ++i) tar.add({.path = fmt::format("b{}", i), .type = '1', .link = "a"});
  EXPECT_TRUE(read(tar.bytes(), {.bytes = 55}));
  EXPECT_THAT(refusal(tar.bytes(), {.bytes = 54}), HasSubstr("more than 54 bytes"));
}

TEST_F(Archive, RefusesBombs) {
  const std::string zeros(80 << 20, '\0');
  EXPECT_THAT(refusal(MadeTar().file("a", zeros).gz()), HasSubstr("more than 400 times its size"));
  ZipWriter zip;
  zip.add("a", zeros, false);
  EXPECT_THAT(refusal(zip.finish()), HasSubstr("more than 400 times its size"));
}

TEST_F(Archive, RefusesWhatIsCutOffOrNoArchive) {
  std::string noise;
  for (unsigned i = 0, state = 1; i < 20'000; ++i)
    noise += static_cast<char>((state = state * 1103515245 + 12345) >> 16);
  const std::string gz = MadeTar().file("a", noise).gz();
  EXPECT_THAT(refusal(gz.substr(0, gz.size() / 2)), HasSubstr("can't be read"));
  const std::string tar = MadeTar().file("a", noise).bytes();
  EXPECT_THAT(refusal(tar.substr(0, 5000)), HasSubstr("can't be read"));
  EXPECT_THAT(refusal(noise), HasSubstr("can't be read"));
  EXPECT_THAT(refusal(MadeTar::gzip(noise)), HasSubstr("can't be read"));
  EXPECT_THAT(refusal(""), HasSubstr("can't be read"));
  EXPECT_THAT(refusal(std::string(10240, '\0')), HasSubstr("is empty"));
}

TEST_F(Archive, SurvivesEveryByteOfATarsHeadersBeingWrong) {
  MadeTar tar;
  tar.pax("path", "demo/a").file("x", "text").link("demo/b", "a");
  tar.add({.path = "demo/c", .type = '1', .link = "demo/a"});
  const std::string good = tar.bytes();
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (good[i] == '\0') continue;
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    if (const auto contents = read(bad, {.bytes = 1 << 20})) {
      for (const auto& [name, bytes] : *contents) EXPECT_EQ(name.find(".."), name.npos);
    }
  }
}

}  // namespace
}  // namespace assay
