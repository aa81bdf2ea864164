#include "build/strip_tests.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/text.h"
#include "io/archive.h"
#include "io/files.h"
#include "package/record.h"

namespace assay {
namespace {

class StripTests : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-strip-").value());
    store_.emplace(Store::open(folder_->path()).value());
    actions_.emplace(*store_);
  }

  void add(const std::string& path, const std::string& bytes, bool is_found = false) {
    members_.emplace_back(path, bytes);
    if (is_found) findings_[sha256(bytes)] = "weaknesses/insecure-url in line 1";
  }

  WheelFile wheel() {
    const std::string info = "pkg-1.0.dist-info/";
    add(info + "METADATA", "Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n");
    add(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    if (!entry_points_.empty()) add(info + "entry_points.txt", entry_points_);
    std::vector<RecordEntry> record;
    ZipWriter zip;
    for (const auto& [path, bytes] : members_) {
      const auto raw = sha256(bytes).bytes();
      auto digest = base64({reinterpret_cast<const char*>(raw.data()), raw.size()});
      digest = replace_all(replace_all(std::move(digest), "+", "-"), "/", "_");
      record.push_back({path, "sha256=" + digest.substr(0, digest.find('=')), bytes.size()});
      zip.add(path, bytes, false);
    }
    record.push_back({info + "RECORD", "", std::nullopt});
    zip.add(info + "RECORD", write_record(record), false);
    return {"pkg-1.0-py3-none-any.whl", store_->blobs.put(zip.finish()).value().digest};
  }

  std::string stripped() {
    const auto result = strip_tests(*actions_, wheel(), findings_);
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return "";
    EXPECT_TRUE(check_wheel(*store_, result->wheel)) << "RECORD tells the truth";
    modules_ = result->modules;
    std::vector<std::string> paths;
    for (const auto& file : result->files) paths.push_back(file.path);
    return join(paths, " ");
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
  std::vector<std::pair<std::string, std::string>> members_;
  std::map<Digest, std::string> findings_;
  std::string entry_points_;
  std::vector<std::string> modules_;
};

TEST_F(StripTests, TakesOutTestModulesThatHoldAFinding) {
  add("pkg/__init__.py", "");
  add("pkg/url.py", "u = 'http://a.b'\n", true);
  add("pkg/tests/__init__.py", "");
  add("pkg/tests/test_a.py", "u = 'http://a.c'\n", true);
  add("pkg/tests/test_b.py", "ok = 1\n");
  add("pkg/test_c.py", "u = 'http://a.d'\n", true);
  EXPECT_EQ(stripped(), "pkg/tests/test_a.py pkg/test_c.py");
  EXPECT_EQ(join(modules_, " "), "pkg pkg.tests pkg.tests.test_b pkg.url");
}

TEST_F(StripTests, LeavesTheRecordOfAPackageThatItCarriesAsItIs) {
  add("pkg/__init__.py", "");
  add("pkg/vendor/other-2.dist-info/RECORD", "other.py,sha256=x,1\n");
  add("pkg/tests/test_a.py", "u = 'http://a.c'\n", true);
  EXPECT_EQ(stripped(), "pkg/tests/test_a.py");
}

TEST_F(StripTests, LeavesAWheelWithoutFindingsAsItIs) {
  add("pkg/__init__.py", "");
  add("pkg/tests/test_a.py", "ok = 1\n");
  const auto built = wheel();
  const auto result = strip_tests(*actions_, built, findings_).value();
  EXPECT_EQ(result.wheel.digest, built.digest);
  EXPECT_TRUE(result.files.empty());
}

TEST_F(StripTests, WhatRemainingCodeImportsStaysToAFixpoint) {
  add("pkg/__init__.py", "from .tests.helper import x\n");
  add("pkg/tests/__init__.py", "# http://a\n", true);
  add("pkg/tests/helper.py", "from . import deep  # http://b\n", true);
  add("pkg/tests/deep.py", "# http://c\n", true);
  add("pkg/tests/test_a.py", "from . import only_a  # http://d\n", true);
  add("pkg/tests/only_a.py", "# http://e\n", true);
  EXPECT_EQ(stripped(), "pkg/tests/test_a.py pkg/tests/only_a.py");
}

TEST_F(StripTests, WhatAnEntryPointNamesStays) {
  entry_points_ = "[plug]\np = pkg.tests.test_plugin:main\n";
  add("pkg/__init__.py", "");
  add("pkg/tests/__init__.py", "");
  add("pkg/tests/test_plugin.py", "# http://a\n", true);
  EXPECT_EQ(stripped(), "");
}

TEST_F(StripTests, TestingIsApi) {
  add("pkg/__init__.py", "");
  add("pkg/testing/suite/test_types.py", "# http://a\n", true);
  add("pkg/_testing/conftest.py", "# http://b\n", true);
  EXPECT_EQ(stripped(), "");
}

}  // namespace
}  // namespace assay
