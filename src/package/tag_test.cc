#include "package/tag.h"

#include <gmock/gmock.h>

#include "base/digest.h"

namespace assay {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const std::vector<Tag>& tags) {
  std::vector<std::string> all;
  for (const auto& tag : tags) all.push_back(tag.str());
  return all;
}

struct Reference {
  TagFacts facts;
  std::size_t count;
  std::string_view sha256;  // of the tags in order, each with a line end
};

// What packaging 26.3's sys_tags() gives for an interpreter with these facts.
const std::vector<Reference> references{
    {{3, 11, "cpython", "linux-x86_64", "glibc-2.36", false, false},
     914, "042934d46eb9f04cbd3caf02823fb074ddb1400a55c59d6e98068e9903041dd9"},
    {{3, 12, "cpython", "linux-aarch64", "glibc-2.17", false, false},
     96, "5b9d65a768513e06f4e192e3b40125c3abc5f141a02e8685fcd67c238ec5b6aa"},
    {{3, 13, "cpython", "linux-s390x", "glibc-2.39", false, false},
     741, "c8b4a363d886cf62a12e44eaf4f2dd1a612635b666ca03b02c253ae174dc6925"},
    {{3, 13, "cpython", "linux-ppc64le", "glibc-2.28", false, true},
     422, "0c50575a1090b00396e68c63530117de47ffa3b36dcad84d859aa944af1a53c5"},
    {{3, 14, "cpython", "linux-x86_64", "musl-1.2", true, true},
     145, "3aa073d3d099c924ceafadd5449eae4e5178284411c9b6d155a7bb4f9d371715"},
    {{3, 10, "cpython", "linux-i686", "glibc-2.20-2014.11", false, false},
     473, "1ce712ec08c5b1768638006a2e268321cd4b265dbdc2c8538a4af469c76e1a99"},
    {{3, 11, "cpython", "linux-armv8l", "glibc-2.31", false, false},
     864, "c63997040f49f388c4854a46c6f82cae0270ba2fc4e3021ba29447b469573815"},
    {{3, 9, "cpython", "linux-x86_64", "glibc-3.1", false, false},
     1104, "c2c4ab0bba1c4e4cf5c3d06549eff01caf734774a0384e0134840910818c086c"},
    {{3, 11, "cpython", "linux-x86_64", "glibc-2.36", true, false},
     950, "aa162d22a835b58fdcedd9367b22e8559a3d531150930bb47235f7afdda1a3e0"},
    {{3, 7, "cpython", "linux-x86_64", "glibc-2.36", false, false},
     622, "bea5d06d41ee53a05724e18dd307979425cc1b001830987e0bfa8ce0a1cdebfd"},
    {{3, 12, "cpython", "macosx-14.0-arm64", "", false, false},
     582, "0fc0d703a059b8bc8e07a002201125119054fc650ee3ac5809304b87d07a2296"},
    {{3, 11, "cpython", "macosx-13.6-x86_64", "", false, false},
     2414, "d62dd66fd23b9f82994b4e046d7cc0fa3c62893607a75976ffc7e9b794e7ed19"},
    {{3, 8, "cpython", "macosx-10.9-x86_64", "", false, false},
     695, "b35c76aa5fe6487e5d297ab18d108326c8fca115cbc59f377158f8d25341d6b4"},
    {{3, 8, "cpython", "macosx-10.13-universal2", "", false, false},
     277, "2c28bba8e455e60b3a89b5b000d15f93a5463c6c759eeda87599846b17e74f7f"},
    {{3, 11, "cpython", "os390-28.00-1090", "", false, false},
     39, "870922d5a29dc106b71f6798a1707ff2193f531d240b65fad38fb6d4fb9767e3"},
    {{3, 12, "cpython", "linux-mips", "glibc-2.36", false, false},
     42, "824ceb5f58cc86c67e04fb0eab11bd2f1b397e021b3d00b03d2d9908a033c6b8"},
    {{3, 11, "cpython", "linux-x86_64", "", false, false},
     39, "ccd6d4ff1d70fe4f95bad41060da025d3d49032f45166c6a7471099aac4f2d30"},
};

TEST(SupportedTags, AreThoseOfTheReferenceImplementationInItsOrder) {
  for (const auto& reference : references) {
    const auto tags = supported_tags(reference.facts);
    std::string all;
    for (const auto& text : texts(tags)) all += text + "\n";
    const auto& facts = reference.facts;
    EXPECT_EQ(tags.size(), reference.count) << facts.platform << " " << facts.libc;
    EXPECT_EQ(sha256(all).hex(), reference.sha256)
        << facts.platform << " " << facts.libc << " 3." << facts.python_minor;
  }
}

TEST(SupportedTags, OfAnOldMainframePython) {
  const auto tags = supported_tags({3, 2, "cpython", "os390-28.00-1090", ""});
  EXPECT_THAT(texts(tags),
              ElementsAre("cp32-cp32m-os390_28_00_1090", "cp32-abi3-os390_28_00_1090",
                          "cp32-none-os390_28_00_1090", "py32-none-os390_28_00_1090",
                          "py3-none-os390_28_00_1090", "py31-none-os390_28_00_1090",
                          "py30-none-os390_28_00_1090", "cp32-none-any", "py32-none-any",
                          "py3-none-any", "py31-none-any", "py30-none-any"));
}

TEST(SupportedTags, SurviveAnUnreadableLibraryVersion) {
  for (const char* libc : {"glibc-", "glibc-2", "glibc-x.y", "glibc-99999999999999999999.1",
                           "glibc-2000000000.1", "musl-1.-5", "uclibc-1.0"}) {
    const auto tags = supported_tags({3, 11, "cpython", "linux-x86_64", libc});
    EXPECT_EQ(tags.front().str(), "cp311-cp311-linux_x86_64");
    EXPECT_EQ(tags.size(), supported_tags({3, 11, "cpython", "linux-x86_64", ""}).size()) << libc;
  }
}

TEST(ParseTags, ExpandsCompressedSets) {
  const auto tags = parse_tags("py2.py3-none-any.Win32");
  ASSERT_TRUE(tags);
  EXPECT_THAT(texts(*tags), ElementsAre("py2-none-any", "py2-none-win32", "py3-none-any",
                                        "py3-none-win32"));
}

TEST(ParseTags, NamesARepeatedTagOnce) {
  EXPECT_EQ(parse_tags("py3.py3-none-any.any")->size(), 1U);
}

TEST(ParseTags, RefusesWhatIsNoTag) {
  for (const char* text : {"", "py3", "py3-none", "py3-none-any-more", "py3.-none-any", "-none-any",
                           "py3--any", "3py-none-any", "py3-none-a y", "py3-none-\x1b[1m"}) {
    const auto tags = parse_tags(text);
    ASSERT_FALSE(tags) << text;
    EXPECT_EQ(tags.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(tags.error().message.find('\x1b'), std::string::npos);
  }
}

TEST(ParseTags, RefusesSetsThatMultiplyWithoutEnd) {
  std::string many = "a";
  for (int i = 0; i < 100; ++i) many += ".a" + std::to_string(i);
  EXPECT_FALSE(parse_tags(many + "-" + many + "-" + many));
  EXPECT_TRUE(parse_tags(many + "-none-any"));
}

}  // namespace
}  // namespace assay
