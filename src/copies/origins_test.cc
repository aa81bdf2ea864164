#include "copies/origins.h"

#include <gtest/gtest.h>

#include <optional>

#include "io/files.h"
#include "store/tree.h"

namespace assay {
namespace {

class Origins : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(
        TemporaryDirectory::create(fs::temp_directory_path(), "assay-origins-").value());
    store_.emplace(Store::open(folder_->path()).value());
  }

  Origin origin(const std::string& version) {
    return {Name::normalize("lib"), Version::parse(version).value(), "MIT", sha256(version)};
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
};

TEST_F(Origins, AreKeptByNameAndVersion) {
  EXPECT_TRUE(load_origins(*store_).value().empty());
  ASSERT_TRUE(save_origin(*store_, origin("1.10")));
  ASSERT_TRUE(save_origin(*store_, origin("1.9")));
  ASSERT_TRUE(save_origin(*store_, origin("1.9")));
  const auto kept = load_origins(*store_).value();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].version.str(), "1.9");
  EXPECT_EQ(kept[1].licence, "MIT");
  EXPECT_EQ(kept[1].tree, sha256("1.10"));
}

TEST_F(Origins, AreForgotten) {
  ASSERT_TRUE(save_origin(*store_, origin("1.0")));
  EXPECT_TRUE(remove_origin(*store_, origin("1.0").name, origin("1.0").version));
  EXPECT_TRUE(load_origins(*store_).value().empty());
  const auto again = remove_origin(*store_, origin("1.0").name, origin("1.0").version);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::not_found);
}

TEST_F(Origins, LicenceIsWhatTheMetadataStates) {
  const auto licence = [&](const std::string& text) {
    const auto blob = store_->blobs.put(text).value();
    const Tree tree({{"PKG-INFO", blob.digest, blob.size, false, ""}});
    return licence_of(*store_, put_tree(store_->blobs, tree).value());
  };
  const std::string head = "Metadata-Version: 2.4\nName: lib\nVersion: 1\n";
  EXPECT_EQ(licence(head + "License-Expression: BSD-3-Clause\nLicense: x\n"), "BSD-3-Clause");
  EXPECT_EQ(licence(head + "Classifier: License :: OSI Approved :: MIT License\n"), "MIT License");
  EXPECT_EQ(licence(head), "");
  EXPECT_EQ(licence("no metadata"), "");
}

}  // namespace
}  // namespace assay
