#include "examine/examiner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "io/files.h"

namespace assay {
namespace {

PathRole shipped(std::string_view) { return PathRole::shipped; }

class ExaminerTest : public testing::Test {
 protected:
  Digest put(const std::map<std::string, std::string>& files) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, bytes] : files) {
      const Blob blob = store_.blobs.put(bytes).value();
      entries.push_back(
          {.path = path, .digest = blob.digest, .size = blob.size, .link_target = {}});
    }
    return put_tree(store_.blobs, Tree(std::move(entries))).value();
  }

  std::size_t actions_done() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "actions")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "examiner").value();
  Store store_ = Store::open(folder_.path()).value();
  ActionRunner actions_{store_};
  Examiner examiner_ = Examiner::create().value();
};

TEST_F(ExaminerTest, FindingsComeSortedAndTheSameTheSecondTime) {
  const Digest tree = put({{"b.py", "x = 'http://b.io'\ny = 'http://a.io'"},
                           {"a.py", "# http://c.io"},
                           {"c.bin", "nothing"}});
  const auto first = examiner_.examine(actions_, tree, shipped).value();
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].path, "a.py");
  EXPECT_EQ(first[1].excerpt, "http://b.io");
  EXPECT_EQ(first[2].line, 2U);
  const std::size_t done = actions_done();
  const auto second = examiner_.examine(actions_, tree, shipped).value();
  EXPECT_EQ(actions_done(), done);
  ASSERT_EQ(second.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(second[i].fingerprint(), first[i].fingerprint());
    EXPECT_EQ(second[i].message, first[i].message);
  }
}

TEST_F(ExaminerTest, AChangedFileCostsItsBatchOnly) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 600; ++i) {
    files[fmt::format("pkg/file{}.py", i)] = fmt::format("x = 'http://acme.io/{}'", i);
  }
  ASSERT_TRUE(examiner_.examine(actions_, put(files), shipped));
  const std::size_t before = actions_done();
  files["pkg/file300.py"] = "x = 'http://acme.io/other'";
  const auto found = examiner_.examine(actions_, put(files), shipped).value();
  EXPECT_EQ(found.size(), 600U);
  EXPECT_EQ(actions_done(), before + 2);  // the tree and one batch
}

TEST_F(ExaminerTest, ARoleIsPartOfTheQuestion) {
  const Digest tree = put({{"a.py", "x = 'http://acme.io'"}});
  EXPECT_EQ(examiner_.examine(actions_, tree, shipped).value().at(0).severity, Severity::medium);
  const auto as_test = [](std::string_view) { return PathRole::test; };
  EXPECT_EQ(examiner_.examine(actions_, tree, as_test).value().at(0).severity, Severity::low);
}

TEST_F(ExaminerTest, AMissingBlobIsAnErrorAndNoPass) {
  const Tree tree({{.path = "a.py", .digest = sha256("gone"), .size = 4, .link_target = {}}});
  const Digest digest = put_tree(store_.blobs, tree).value();
  EXPECT_FALSE(examiner_.examine(actions_, digest, shipped));
  EXPECT_FALSE(examiner_.examine(actions_, sha256("no tree"), shipped));
}

TEST_F(ExaminerTest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto found = examiner_.examine(actions_, put({{"a.py", "x"}}), shipped, stop.get_token());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::cancelled);
}

TEST_F(ExaminerTest, NamesItsGatesAndRules) {
  auto gates = examiner_.gates();
  std::ranges::sort(gates);
  EXPECT_EQ(gates, (std::vector<std::string>{"behaviour", "secrets", "weaknesses"}));
  EXPECT_EQ(examiner_.ruleset(), Examiner::create().value().ruleset());
}

}  // namespace
}  // namespace assay
