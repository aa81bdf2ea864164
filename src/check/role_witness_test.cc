#include "check/role_witness.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>

#include "io/files.h"

namespace assay {
namespace {

class RoleWitnessTest : public testing::Test {
 protected:
  void SetUp() override {
    write("pkg/__init__.py", "");
    write("setup.py", "setup()");
  }
  void write(const std::string& path, std::string_view text) {
    const auto file = folder_.path() / path;
    ASSERT_TRUE(make_directories(file.parent_path()));
    ASSERT_TRUE(replace_file(file, text));
  }
  // What was noted while `ask` asked holds until `change` was made.
  void changed_by(const std::function<void(const FileView&)>& ask, const std::function<void()>& change) {
    auto witness = std::make_shared<RoleWitness>(folder_.path());
    ask(*RoleWitness::view(witness, ""));
    const auto answers = witness->answers();
    EXPECT_FALSE(answers.empty());
    EXPECT_TRUE(RoleWitness::holds(folder_.path(), answers));
    change();
    EXPECT_FALSE(RoleWitness::holds(folder_.path(), answers));
  }
  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "witness-").value();
};

TEST_F(RoleWitnessTest, AnswersAsTheFolderItself) {
  auto witness = std::make_shared<RoleWitness>(folder_.path());
  const auto view = RoleWitness::view(witness, "");
  EXPECT_TRUE(view->has_file("setup.py"));
  EXPECT_FALSE(view->has_file("pkg"));
  EXPECT_TRUE(view->has_folder("pkg"));
  EXPECT_EQ(view->names_in("").size(), 2U);
  EXPECT_EQ(view->text_of("setup.py"), "setup()");
  EXPECT_TRUE(RoleWitness::view(witness, "pkg")->has_file("__init__.py"));
  EXPECT_TRUE(witness->exists("pkg"));
  EXPECT_FALSE(witness->exists("setup.cfg"));
}

TEST_F(RoleWitnessTest, SeesEveryChangeOfWhatWasAsked) {
  changed_by([](const FileView& view) { view.text_of("setup.py"); }, [&] { write("setup.py", "setup( )"); });
  changed_by([](const FileView& view) { view.text_of("none.toml"); }, [&] { write("none.toml", ""); });
  changed_by([](const FileView& view) { view.has_file("pkg/x.py"); }, [&] { write("pkg/x.py", ""); });
  changed_by([](const FileView& view) { view.names_in("pkg"); }, [&] { write("pkg/y.py", ""); });
  changed_by([](const FileView& view) { view.has_folder("pkg"); }, [&] { ASSERT_TRUE(remove_tree(folder_.path() / "pkg")); });
}

TEST_F(RoleWitnessTest, WhatWasChangedJustNowIsNotSettled) {
  auto witness = std::make_shared<RoleWitness>(folder_.path());
  const auto view = RoleWitness::view(witness, "");
  view->has_file("setup.py");
  EXPECT_TRUE(witness->is_settled());
  view->text_of("setup.py");
  EXPECT_FALSE(witness->is_settled());
}

}  // namespace
}  // namespace assay
