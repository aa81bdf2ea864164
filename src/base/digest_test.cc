#include "base/digest.h"

#include <gtest/gtest.h>

#include <cctype>
#include <unordered_set>

namespace assay {
namespace {

// FIPS 180-4's own examples.
constexpr std::string_view of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view of_a_million_a =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256("").hex(), of_nothing);
  EXPECT_EQ(sha256("abc").hex(), of_abc);
}

TEST(Digest, IsTheSameInPieces) {
  Sha256 hash;
  const std::string piece(1000, 'a');
  for (int i = 0; i < 1000; ++i) hash.update(piece);
  hash.update("");
  EXPECT_EQ(hash.finish().hex(), of_a_million_a);
}

TEST(Digest, ReadsItsOwnText) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(Digest::parse(digest.hex()), digest);
  std::string capitals(of_abc);
  for (char& c : capitals) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(Digest::parse(capitals), digest);
}

TEST(Digest, RefusesAnyOtherText) {
  const std::string good(of_abc);
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", " " + good.substr(1), "g" + good.substr(1),
        good.substr(0, 63) + "\n", "0x" + good.substr(2), std::string(100'000, 'a')}) {
    const auto digest = Digest::parse(text);
    ASSERT_FALSE(digest);
    EXPECT_EQ(digest.error().kind, ErrorKind::invalid_input);
    EXPECT_LT(digest.error().message.size(), 120U);
  }
}

TEST(Digest, OrdersAndHashes) {
  const Digest zero;
  EXPECT_EQ(zero.hex(), std::string(64, '0'));
  EXPECT_LT(zero, sha256("abc"));
  const std::unordered_set<Digest> set{sha256("a"), sha256("b"), sha256("a")};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace assay
