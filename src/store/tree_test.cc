#include "store/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

TreeEntry file(std::string path, std::string_view bytes, bool executable = false) {
  return {.path = std::move(path),
          .digest = sha256(bytes),
          .size = bytes.size(),
          .executable = executable,
          .link_target = {}};
}

TreeEntry link(std::string path, std::string target) {
  const Digest digest = sha256(target);
  const auto size = target.size();
  return {
      .path = std::move(path), .digest = digest, .size = size, .link_target = std::move(target)};
}

class Trees : public testing::Test {
 protected:
  void make(const std::string& path, std::string_view bytes, int mode = 0644) const {
    ASSERT_TRUE(make_directories((source_ / path).parent_path()));
    ASSERT_TRUE(write_file(source_ / path, bytes));
    ASSERT_EQ(chmod((source_ / path).c_str(), static_cast<mode_t>(mode)), 0);
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-trees-").value();
  fs::path source_ = folder_.path() / "source";
  fs::path copy_ = folder_.path() / "copy";
  BlobStore store_ = BlobStore::open(folder_.path() / "store").value();
};

TEST_F(Trees, HaveALineForEachEntryInOrder) {
  const Tree tree(
      {file("b/c d.py", "x"), link("b/l", "../a"), file("a", "", true), file("b-c", "y")});
  const std::string empty = sha256("").hex();
  EXPECT_EQ(tree.text(),
            "assay tree 1\n"
            "x " +
                empty +
                " 0 a\n"
                "f " +
                sha256("y").hex() +
                " 1 b-c\n"
                "f " +
                sha256("x").hex() +
                " 1 b/c d.py\n"
                "l " +
                sha256("../a").hex() + " 4 b/l\t../a\n");
  const auto again = Tree::parse(tree.text());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->entries(), tree.entries());
  EXPECT_EQ(Tree::parse(Tree().text())->entries().size(), 0U);
}

TEST_F(Trees, FindTheirEntriesByPath) {
  const Tree tree({file("b", "x"), file("a", "y"), file("c/d", "z")});
  ASSERT_NE(tree.find("c/d"), nullptr);
  EXPECT_EQ(tree.find("c/d")->digest, sha256("z"));
  EXPECT_EQ(tree.find("c"), nullptr);
  EXPECT_EQ(tree.find(""), nullptr);
  EXPECT_EQ(tree.find("zz"), nullptr);
}

TEST_F(Trees, AreNotReadFromAnyOtherText) {
  const std::string digest = sha256("x").hex();
  const std::string first = "assay tree 1\n";
  const std::string a = "f " + digest + " 1 a\n";
  const std::string b = "f " + digest + " 1 b\n";
  ASSERT_TRUE(Tree::parse(first + a + b));
  for (const std::string& text : {
           std::string(),
           std::string("assay tree 2\n"),
           std::string("assay tree 1"),
           a,
           first + "\n",
           first + b + a,
           first + a + a,
           first + a.substr(0, a.size() - 1),
           first + a + "\n",
           replace_all(first + a, "\n", "\r\n"),
           first + "g " + digest + " 1 a\n",
           first + "ff " + digest + " 1 a\n",
           first + "f " + digest.substr(1) + " 1 a\n",
           first + "f " + std::string(64, 'A') + " 1 a\n",
           first + "f " + digest + " 01 a\n",
           first + "f " + digest + " -1 a\n",
           first + "f " + digest + " 99999999999999999999 a\n",
           first + "f " + digest + " 1  a\n" + first,
           first + "f " + digest + " 1\n",
           first + "f " + digest + " 1 \n",
       }) {
    const auto tree = Tree::parse(text);
    ASSERT_FALSE(tree) << text;
    EXPECT_EQ(tree.error().kind, ErrorKind::invalid_input) << text;
  }
}

TEST_F(Trees, HaveNoPathThatIsUnsafe) {
  for (const std::string& path :
       {std::string("/etc/passwd"), std::string(".."), std::string("a/../../b"),
        std::string("a/./b"), std::string("a//b"), std::string("a/"), std::string("."),
        std::string("a\tb"), std::string("a\x1b"), std::string("a\nb"), std::string("a\0b", 3),
        std::string("a\xff"), std::string()}) {
    const Tree tree({file(path, "x")});
    EXPECT_FALSE(put_tree(store_, tree)) << printable(path);
    EXPECT_FALSE(export_tree(store_, tree, copy_)) << printable(path);
    EXPECT_FALSE(Tree::parse(tree.text())) << printable(path);
  }
}

TEST_F(Trees, HaveNoEntryTwiceNorBelowAnother) {
  for (const Tree& tree :
       {Tree({file("a", "x"), file("a", "y")}), Tree({file("a", "x"), file("a/b", "y")}),
        Tree({file("a", "x"), file("a-b", "z"), file("a/b/c", "y")}),
        Tree({link("a", "b"), file("a/c", "y"), file("b/c", "z")})}) {
    EXPECT_FALSE(put_tree(store_, tree)) << tree.text();
    EXPECT_FALSE(export_tree(store_, tree, copy_)) << tree.text();
    EXPECT_FALSE(Tree::parse(tree.text())) << tree.text();
  }
}

TEST_F(Trees, HaveNoLinkThatLeaves) {
  for (const Tree& tree :
       {Tree({link("a", "/etc/passwd")}), Tree({link("a", "..")}), Tree({link("a/b", "../../c")}),
        Tree({link("a", "b/../../c")}), Tree({link("d/up", ".."), link("d/out", "up/../x")})}) {
    const auto outcome = put_tree(store_, tree);
    ASSERT_FALSE(outcome) << tree.text();
    EXPECT_THAT(outcome.error().message, HasSubstr("link out of the tree"));
    EXPECT_FALSE(Tree::parse(tree.text())) << tree.text();
  }
  EXPECT_TRUE(put_tree(store_, Tree({link("a/b", "../c"), file("c", "x")})));
  EXPECT_TRUE(put_tree(store_, Tree({link("a", "a")}))) << "a circle leads nowhere";
}

TEST_F(Trees, HaveNoLinkWhoseDigestIsAnothers) {
  auto wrong = link("a", "b");
  wrong.digest = sha256("c");
  EXPECT_FALSE(Tree::parse(Tree({wrong}).text()));
  wrong = link("a", "b");
  wrong.size = 2;
  EXPECT_FALSE(Tree::parse(Tree({wrong}).text()));
}

TEST_F(Trees, AreBlobsThemselves) {
  const Tree tree({file("a", "x"), file("b", "y")});
  const auto digest = put_tree(store_, tree);
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, sha256(tree.text()));
  EXPECT_EQ(get_tree(store_, *digest)->entries(), tree.entries());
  EXPECT_EQ(get_tree(store_, sha256("none")).error().kind, ErrorKind::not_found);
  const auto other = store_.put("something else").value();
  EXPECT_EQ(get_tree(store_, other.digest).error().kind, ErrorKind::invalid_input);
}

TEST_F(Trees, ComeBackFromTheStoreAsTheyWentIn) {
  make("setup.py", "print()");
  make("bin/run", "#!/bin/sh\n", 0755);
  make("a/b/c/empty", "");
  make("a b/é", "x");
  fs::create_symlink("../bin/run", source_ / "a/run");
  fs::create_directory_symlink("a", source_ / "to-folder");
  ASSERT_TRUE(make_directories(source_ / "empty-folder"));

  const auto tree = import_tree(store_, source_);
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(tree->entries().size(), 6U);
  EXPECT_TRUE(tree->find("bin/run")->executable);
  EXPECT_FALSE(tree->find("setup.py")->executable);
  EXPECT_EQ(tree->find("a/run")->link_target, "../bin/run");

  const auto outcome = export_tree(store_, *tree, copy_);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto again = import_tree(store_, copy_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->text(), tree->text());
}

TEST_F(Trees, AreExportedAsCopiesThatMayBeChanged) {
  make("file", "abc");
  make("tool", "abc", 0755);
  const auto tree = import_tree(store_, source_).value();
  ASSERT_TRUE(export_tree(store_, tree, copy_));
  EXPECT_EQ(fs::status(copy_ / "file").permissions(), static_cast<fs::perms>(0644));
  EXPECT_EQ(fs::status(copy_ / "tool").permissions(), static_cast<fs::perms>(0755));
  EXPECT_EQ(fs::hard_link_count(copy_ / "file"), 1U);
  ASSERT_TRUE(write_file(copy_ / "file", "changed"));
  EXPECT_EQ(store_.get(sha256("abc")), "abc");
}

TEST_F(Trees, AreExportedIntoAnEmptyFolderOnly) {
  make("a/file", "abc");
  const auto tree = import_tree(store_, source_).value();
  ASSERT_TRUE(make_directories(copy_));
  ASSERT_TRUE(make_directories(folder_.path() / "outside"));
  fs::create_directory_symlink(folder_.path() / "outside", copy_ / "a");
  const auto outcome = export_tree(store_, tree, copy_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_input);
  EXPECT_TRUE(fs::is_empty(folder_.path() / "outside"));
}

TEST_F(Trees, AreNotExportedWithMissingOrDamagedBlobs) {
  make("file", "abc");
  const auto tree = import_tree(store_, source_).value();
  const auto blob = store_.path_of(sha256("abc"));
  ASSERT_TRUE(write_file(blob, "abd"));
  EXPECT_EQ(export_tree(store_, tree, copy_).error().kind, ErrorKind::io);
  EXPECT_FALSE(fs::exists(copy_ / "file"));
  EXPECT_EQ(export_tree(store_, tree, copy_).error().kind, ErrorKind::not_found);
}

TEST_F(Trees, AreNotImportedWithLinksThatLeave) {
  make("file", "abc");
  fs::create_symlink("/etc/hostname", source_ / "absolute");
  const auto absolute = import_tree(store_, source_);
  ASSERT_FALSE(absolute);
  EXPECT_EQ(absolute.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(absolute.error().message, HasSubstr("absolute"));
  fs::remove(source_ / "absolute");
  fs::create_symlink("../store", source_ / "upwards");
  EXPECT_THAT(import_tree(store_, source_).error().message, HasSubstr("upwards"));
}

TEST_F(Trees, AreNotImportedWithWhatIsNoFile) {
  make("file", "abc");
  ASSERT_EQ(mkfifo((source_ / "pipe").c_str(), 0600), 0);
  const auto outcome = import_tree(store_, source_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(outcome.error().message, HasSubstr("pipe"));
}

TEST_F(Trees, AreNotImportedFromNowhere) {
  EXPECT_EQ(import_tree(store_, folder_.path() / "none").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace assay
