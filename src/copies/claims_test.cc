#include "copies/claims.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include <fmt/format.h>

#include "io/files.h"
#include "store/tree.h"

namespace assay {
namespace {

class Claims : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-claims-").value());
    store_.emplace(Store::open(folder_->path()).value());
    actions_.emplace(*store_);
  }

  static PathRole role(std::string_view path) {
    if (path.contains("tests/")) return PathRole::test;
    return path.contains("_vendor/") ? PathRole::vendored : PathRole::shipped;
  }

  // "name version path:line", each in a line.
  std::string told(const std::map<std::string, std::string>& files) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      entries.push_back({path, store_->blobs.put(text).value().digest, text.size(), false, ""});
    }
    const auto tree = put_tree(store_->blobs, Tree(std::move(entries))).value();
    std::string text;
    const auto claims = vendor_claims(*actions_, tree, role).value();
    for (const auto& claim : claims) {
      text += fmt::format("{} {} {}:{}\n", claim.name.str(),
                          claim.version ? claim.version->str() : "-", claim.path, claim.line);
    }
    return text;
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
};

TEST_F(Claims, ManifestsPinVersions) {
  EXPECT_EQ(told({{"src/pip/_vendor/vendor.txt",
                   "# what lies here\nurllib3==1.26.17\n    idna==3.4  # of requests\nrich>=13\n"
                   "-r other.txt\nno version\nx==1.*\n\n\xff\xfe\n"},
                  {"setuptools/_vendor/vendored.txt", "jaraco.text==3.7.0\r\n"},
                  {"requirements.txt", "flask==3.0\n"}}),
            "jaraco-text 3.7.0 setuptools/_vendor/vendored.txt:1\n"
            "urllib3 1.26.17 src/pip/_vendor/vendor.txt:2\n"
            "idna 3.4 src/pip/_vendor/vendor.txt:3\n");
}

TEST_F(Claims, MetadataBesideTheCode) {
  const std::string metadata = "Metadata-Version: 2.1\nName: zipp\nVersion: 3.7.0\n";
  EXPECT_EQ(told({{"own/_vendor/zipp-3.7.0.dist-info/METADATA", metadata},
                  {"own/data/zipp.egg-info/PKG-INFO", metadata},
                  {"own.egg-info/PKG-INFO", metadata},
                  {"own/tests/data/zipp-3.7.0.dist-info/METADATA", metadata},
                  {"own/_vendor/bad-1.dist-info/METADATA", "Name: bad"}}),
            "zipp 3.7.0 own/_vendor/zipp-3.7.0.dist-info/METADATA:0\n"
            "zipp 3.7.0 own/data/zipp.egg-info/PKG-INFO:0\n");
}

TEST_F(Claims, MarkersInTheCode) {
  EXPECT_EQ(
      told({{"own/_vendor/urllib3/_version.py", "# here\n__version__ = \"1.26.17\"\n"},
            {"own/_vendor/six.py", "import os\n__version__ = '1.16.0'  # keep\n"},
            {"own/_vendor/rich/deep/version.py", "__version__ = '9'\n"},
            {"own/_vendor/requests/packages/chardet/__init__.py", "__version__: str = '2.3'\n"},
            {"own/_vendor/__init__.py", "__version__ = '9'\n"},
            {"own/_vendor/odd/__init__.py",
             "__version__ = get('9')\n__version__ = 'no version'\n"
             "  __version__ = '9'\n__version__ = \"9\n"},
            {"own/__init__.py", "__version__ = '9'\n"}}),
      "chardet 2.3 own/_vendor/requests/packages/chardet/__init__.py:1\n"
      "six 1.16.0 own/_vendor/six.py:2\n"
      "urllib3 1.26.17 own/_vendor/urllib3/_version.py:2\n");
}

TEST_F(Claims, NoticesNameProjects) {
  EXPECT_EQ(told({{"own/_vendor/idna/LICENSE.md", "BSD"},
                  {"own/_vendor/six.LICENSE", "MIT"},
                  {"own/_vendor/LICENSE", "all of it"},
                  {"LICENSE", "own"}}),
            "idna - own/_vendor/idna/LICENSE.md:0\n"
            "six - own/_vendor/six.LICENSE:0\n");
}

TEST_F(Claims, HugeFilesAreNotRead) {
  EXPECT_EQ(told({{"own/_vendor/vendor.txt", "a==1\n" + std::string(1 << 20, '#')}}), "");
}

}  // namespace
}  // namespace assay
