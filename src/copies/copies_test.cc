#include "copies/copies.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "copies/in_words.h"
#include "copies/known_origins.h"
#include "io/files.h"
#include "store/tree.h"

namespace assay {
namespace {

using Files = std::map<std::string, std::string>;

// 15 lines that no other seed's function shares.
std::string function(int seed) {
  const auto name = std::to_string(seed);
  std::string text = "\ndef work_" + name + "(first, second):\n";
  for (int i = 0; i < 12; ++i) {
    const auto line = std::to_string(i);
    text += "    value_" + line + " = first * second + helper_" + name + "_" + line + "(second)\n";
  }
  return text + "    return value_0\n";
}

// Functions of these seeds: 15 lines each, from line 2.
std::string module(const std::vector<int>& seeds) {
  std::string text = "import os\n";
  for (const auto seed : seeds) text += function(seed);
  return text;
}

class Copies : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-copies-").value());
    store_.emplace(Store::open(folder_->path()).value());
    actions_.emplace(*store_);
  }

  static PathRole role(std::string_view path) {
    return path.contains("_vendor/") ? PathRole::vendored : PathRole::shipped;
  }

  Digest tree(const Files& files) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      entries.push_back({path, store_->blobs.put(text).value().digest, text.size(), false, ""});
    }
    return put_tree(store_->blobs, Tree(std::move(entries))).value();
  }

  void know(const std::string& name, const std::string& version, const Files& files) {
    ASSERT_TRUE(save_origin(
        *store_, {Name::normalize(name), Version::parse(version).value(), "MIT", tree(files)}));
  }

  CopyReport report(const Files& files, const std::string& own = "own") {
    const auto origins = KnownOrigins::load(*store_, role).value();
    return origins.copies_in(*actions_, tree(files), Name::normalize(own), {}).value();
  }

  // Each copy in a line; lines of files that are copied in part in lines below it.
  std::string told(const Files& files, const std::string& own = "own") {
    std::string text;
    for (const auto& copy : report(files, own).copies) {
      text += in_words(copy) + "\n";
      for (const auto& lines : copy.lines) {
        if (!lines.whole) text += "  " + in_words(lines) + "\n";
      }
    }
    return text;
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
};

TEST_F(Copies, AreFoundThroughWhatCopyingChanges) {
  know("lib", "1.0", {{"lib/a.py", module({1})}, {"lib/b.py", module({2})}});
  know("lib", "1.1", {{"lib/a.py", module({1})}, {"lib/b.py", module({3})}});
  const auto moved =
      replace_all(module({1}), "import os", "# vendored\nfrom own._vendor import os");
  EXPECT_EQ(told({{"own/_vendor/lib/a.py", moved},
                  {"own/_vendor/lib/b.py", replace_all(module({3}), "    ", "  ")}}),
            "a copy of lib 1.1: 100 % of it, 2 of its 2 files whole, in own/_vendor/lib\n");
}

TEST_F(Copies, AChangedFileIsFoundByItsUnchangedLines) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2, 3, 4})}});
  EXPECT_EQ(told({{"own/renamed.py", module({1, 77, 3, 4})}}),
            "a copy of lib 1.0: 72 % of it, 0 of its 1 file whole, in own/renamed.py\n"
            "  own/renamed.py:3-15 has lib/a.py:3-15\n"
            "  own/renamed.py:33-60 has lib/a.py:33-60\n");
}

TEST_F(Copies, APartOfAFileIsFoundInAnother) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2, 3, 4, 5, 6})}});
  const auto text = told({{"own/a.py", module({50, 51}) + function(3) + module({52, 53})}});
  EXPECT_TRUE(text.starts_with("remains of lib 1.0: 1")) << text;
  EXPECT_TRUE(text.ends_with("own/a.py:33-45 has lib/a.py:33-45\n")) << text;
}

TEST_F(Copies, AFileMadeOfTwoOriginsIsOfBoth) {
  know("alpha", "1.0", {{"alpha.py", module({1, 2})}});
  know("beta", "1.0", {{"beta.py", module({3, 4})}});
  const auto text = told({{"own/both.py", module({1, 2, 3, 4})}});
  EXPECT_TRUE(text.contains("a copy of alpha 1.0: ")) << text;
  EXPECT_TRUE(text.contains("a copy of beta 1.0: ")) << text;
}

TEST_F(Copies, TheVersionIsTheOneThatSharesMost) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2, 3})}});
  know("lib", "1.1", {{"lib/a.py", module({1, 2, 4})}});
  know("lib", "1.2", {{"lib/a.py", module({1, 2, 4, 5})}});  // has all of 1.1, and more
  EXPECT_TRUE(told({{"own/a.py", module({1, 2, 3, 90})}}).starts_with("a copy of lib 1.0:"));
  EXPECT_TRUE(told({{"own/a.py", module({1, 2, 4, 90})}}).starts_with("a copy of lib 1.1:"));
  EXPECT_TRUE(told({{"own/a.py", module({1, 2, 4, 5, 90})}}).starts_with("a copy of lib 1.2:"));
}

TEST_F(Copies, VersionsThatAreAlikeThereAreAllTold) {
  know("lib", "1.0", {{"lib/a.py", module({1})}, {"lib/b.py", module({2})}});
  know("lib", "1.1", {{"lib/a.py", module({1})}, {"lib/b.py", module({3})}});
  EXPECT_EQ(told({{"x/a.py", module({1})}}),
            "a copy of lib one of 1.0, 1.1: 47 % of it, 1 of its 2 files whole, in x/a.py\n");
}

TEST_F(Copies, WhatWasNotCopiedTellsNothingOfTheVersion) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2, 3, 4, 5, 6})}});
  know("lib", "1.1", {{"lib/a.py", module({1, 2, 3})}});
  EXPECT_TRUE(told({{"own/a.py", module({90, 2, 91})}}).contains("lib one of 1.0, 1.1:"));
}

TEST_F(Copies, TwoOfOneProjectAreToldApart) {
  know("lib", "1.0", {{"lib.py", module({1, 2})}});
  know("lib", "1.1", {{"lib.py", module({1, 3})}});
  EXPECT_EQ(told({{"a/_vendor/lib.py", module({1, 2})}, {"b/_vendor/lib.py", module({1, 3})}}),
            "a copy of lib 1.0: 100 % of it, 1 of its 1 file whole, in a/_vendor/lib.py\n"
            "a copy of lib 1.1: 100 % of it, 1 of its 1 file whole, in b/_vendor/lib.py\n");
}

TEST_F(Copies, RemainsAreToldAsSuch) {
  Files files;
  for (int i = 0; i < 100; ++i) files["lib/m" + std::to_string(i) + ".py"] = module({i});
  know("lib", "1.0", files);
  EXPECT_TRUE(told({{"own/m4.py", module({4})}}).starts_with("remains of lib 1.0: 1 % of it"));
  EXPECT_TRUE(
      told({{"own/m4.py", module({4})}, {"own/m5.py", module({5})}, {"own/m6.py", module({6})}})
          .starts_with("remains of lib 1.0: 3 % of it"));
  Files many;
  for (int i = 0; i < 6; ++i) many["own/m" + std::to_string(i) + ".py"] = module({i});
  EXPECT_TRUE(told(many).starts_with("a copy of lib 1.0: 6 % of it"));
}

TEST_F(Copies, OneSmallFileOfManyMeansNothing) {
  const std::string small = "def f(a):\n" + std::string("    a = [a, 'x', (1, 2), {3: 4}]\n") +
                            "    a = [a, 'x', (1, 2), {3: 4}]\n    a = [a, 'x', (1, 2), {3: 4}]\n";
  know("lib", "1.0", {{"lib/small.py", small}, {"lib/a.py", module({1, 2, 3})}});
  EXPECT_EQ(told({{"own/small.py", small}}), "");
}

TEST_F(Copies, APackageIsNoCopyOfItselfNorOfWhatCarriesIt) {
  know("lib", "1.0", {{"lib/a.py", module({1})}});
  know("carrier", "1.0", {{"carrier/lib/a.py", module({1})}, {"carrier/b.py", module({2})}});
  EXPECT_EQ(told({{"lib/a.py", module({1})}}, "lib"), "");
}

TEST_F(Copies, WhatAnOriginVendorsIsNotItsOwn) {
  know("carrier", "1.0",
       {{"carrier/_vendor/lib/a.py", module({1})},
        {"carrier/b.py", module({2})},
        {"carrier/packages/six.py", module({3})}});
  EXPECT_EQ(told({{"own/lib/a.py", module({1})}, {"own/six.py", module({3})}}), "");
}

TEST_F(Copies, OfSeveralOriginsTheOneThatIsThereWholeIsMeant) {
  know("carrier", "1.0",
       {{"carrier/inner/a.py", module({1})}, {"carrier/b.py", module({2, 3, 4, 5, 6})}});
  know("lib", "1.0", {{"lib/a.py", module({1})}});
  EXPECT_EQ(told({{"own/lib/a.py", module({1})}}),
            "a copy of lib 1.0: 100 % of it, 1 of its 1 file whole, in own/lib/a.py\n");
}

TEST_F(Copies, WhatManyProjectsHaveWeighsLess) {
  for (int i = 0; i < 5; ++i) {
    Files files{{"boilerplate.py", module({1})}};
    files["lib/own.py"] = module({10 * i + 10, 10 * i + 11, 10 * i + 12, 10 * i + 13});
    know("lib" + std::to_string(i), "1.0", files);
  }
  EXPECT_EQ(told({{"own/a.py", module({1, 90})}}), "");
}

TEST_F(Copies, FilesThatAreTooLargeAreTold) {
  know("lib", "1.0", {{"lib/a.py", module({1})}});
  const auto found =
      report({{"own/huge.py", std::string((16 << 20) + 1, '#')}, {"own/_vendor/notes.txt", "x"}});
  EXPECT_EQ(found.too_large, std::vector<std::string>{"own/huge.py"});
}

TEST_F(Copies, OriginsThatAreRemovedAreNoLongerLookedFor) {
  know("lib", "1.0", {{"lib/a.py", module({1})}});
  EXPECT_NE(told({{"own/a.py", module({1})}}), "");
  ASSERT_TRUE(remove_origin(*store_, Name::normalize("lib"), Version::parse("1.0").value()));
  EXPECT_EQ(told({{"own/a.py", module({1})}}), "");
}

TEST_F(Copies, HostileFilesAreBounded) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2})}});
  std::string repeated;
  for (int i = 0; i < 3000; ++i) repeated += function(1);
  EXPECT_TRUE(told({{"own/a.py", repeated}, {"own/b.py", std::string("\0'''\xff(", 6)}})
                  .starts_with("a copy of lib 1.0: "));
}

TEST_F(Copies, KeepTheirJsonForm) {
  know("lib", "1.0", {{"lib/a.py", module({1, 2, 3})}});
  const auto copies = report({{"own/a.py", module({1, 2, 90})}}).copies;
  ASSERT_EQ(copies.size(), 1U);
  const auto json = to_json(copies[0]);
  EXPECT_EQ(to_json(copy_from_json(json).value()), json);
  auto without = json;
  without.erase("share");
  EXPECT_FALSE(copy_from_json(without));
}

}  // namespace
}  // namespace assay
