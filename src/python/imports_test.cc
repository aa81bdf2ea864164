#include "python/imports.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace assay {
namespace {

std::string told(std::string_view source) {
  std::string text;
  for (const auto& import : imports_of(source)) {
    text += std::to_string(import.line) + " " + std::string(import.level, '.') + import.module + " [" +
            join(import.names, " ") + "]\n";
  }
  return text;
}

TEST(Imports, AreReadInEveryForm) {
  EXPECT_EQ(told("import a.b as c, d\n"), "1 a.b []\n1 d []\n");
  EXPECT_EQ(told("from a.b import (c as x,\n   d,)\n"), "1 a.b [c d]\n");
  EXPECT_EQ(told("from . import a\nfrom ..b import *\nfrom ...c.d import e\n"),
            "1 . [a]\n2 ..b [*]\n3 ...c.d [e]\n");
  EXPECT_EQ(told("if x: import a\ntry:\n  import b; import c\n"), "1 a []\n3 b []\n3 c []\n");
}

TEST(Imports, OtherWordsAreNone) {
  EXPECT_EQ(told("yield from a\nraise X from e\nx.import_ = 1\n'import a'\n# import b\n"), "");
}

TEST(Imports, WhatIsNoPythonEnds) {
  for (const char* source : {"", "import", "from", "from .", "from . import", "import a as", "from a import (",
                             "import a,", "((import a", "\"\"\""}) {
    static_cast<void>(imports_of(source));
  }
}

TEST(Imports, NameTheModulesTheyMayLoad) {
  const auto modules = [](std::string_view source, std::string_view importer, bool is_package) {
    return join(modules_of(imports_of(source).at(0), importer, is_package), " ");
  };
  EXPECT_EQ(modules("from .sub import x", "pkg.mod", false), "pkg.sub pkg.sub.x");
  EXPECT_EQ(modules("from . import x", "pkg", true), "pkg pkg.x");
  EXPECT_EQ(modules("from .. import x", "pkg.a.b", false), "pkg pkg.x");
  EXPECT_EQ(modules("from ....x import y", "pkg.a", false), "x x.y");
  EXPECT_EQ(modules("import a.b", "pkg.mod", false), "a.b");
}

}  // namespace
}  // namespace assay
