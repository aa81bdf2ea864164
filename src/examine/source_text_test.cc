#include "examine/source_text.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

using Kind = SourcePiece::Kind;

// The kind of piece that each "@" of the text stands in: c(ode), s(tring), #(comment), d(ocstring).
std::string kinds(SourceKind kind, std::string_view text) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@') offsets.push_back(i);
  }
  std::string letters;
  for (const auto& piece : pieces_at(kind, text, offsets)) {
    letters += "cs#d"[static_cast<int>(piece.kind)];
  }
  return letters;
}

TEST(SourceText, Python) {
  EXPECT_EQ(kinds(SourceKind::python, "\"\"\"@\"\"\"\nx = '@'  # @\n@"), "ds#c");
  EXPECT_EQ(kinds(SourceKind::python, "def f():\n    r'''@'''\n    return \"@\"\n"), "ds");
  EXPECT_EQ(kinds(SourceKind::python, "f(\n'@',\n'@')\n'@'\n"), "ssd");
  EXPECT_EQ(kinds(SourceKind::python, "'@'.strip()\n'@' ; '@'\n"), "sdd");
  EXPECT_EQ(kinds(SourceKind::python, "x = \\\n'@'\n"), "s");
  EXPECT_EQ(kinds(SourceKind::python, "x = 'a\\'@' # '@\n"), "s#");
  EXPECT_EQ(kinds(SourceKind::python, "x = '# @'\ny = '''\n# @\n'''\n@"), "ssc");
  EXPECT_EQ(kinds(SourceKind::python, "x = '@\n@"), "cc");       // never closed on its line
  EXPECT_EQ(kinds(SourceKind::python, "x = \"\"\"@\n@"), "ss");  // never closed at all
  EXPECT_EQ(kinds(SourceKind::python, ")))]\n'@'\n"), "d");
}

TEST(SourceText, CLike) {
  EXPECT_EQ(kinds(SourceKind::c_like, "@ // @\n@ /* @ \n @ */ @ \"@\" '@' `@\n@`"), "c#c##cssss");
  EXPECT_EQ(kinds(SourceKind::c_like, "\"/*@\" @ \"\\\"@\" @"), "scsc");
  EXPECT_EQ(kinds(SourceKind::c_like, "/* @"), "#");
  EXPECT_EQ(kinds(SourceKind::c_like, "fn f<'a>(x) { @ }\n\"@\""), "cs");
}

TEST(SourceText, C) {
  EXPECT_EQ(kinds(SourceKind::c, "@ // @ \\\n@\n@ /* @ */ \"@\""), "c##c#s");
  EXPECT_EQ(kinds(SourceKind::c, "R\"x(@ \" )\" @)x\" @ u8R\"(@)\" @"), "sscsc");
  EXPECT_EQ(kinds(SourceKind::c, "FOUR\"@\" R\"no(@"), "ss");
  EXPECT_EQ(kinds(SourceKind::c, "x = 1'000'000; @ 'a' '@' 0x1'F @"), "csc");
  EXPECT_EQ(kinds(SourceKind::c, "#error don't @\n@ '\\'' @ \"@"), "cccc");
  EXPECT_EQ(kinds(SourceKind::c, "R\"" + std::string(30, 'x') + "(@)\" @"), "sc");
  EXPECT_EQ(kinds(SourceKind::c, "` @ ` @ '@"), "ccc");
}

TEST(SourceText, HashLike) {
  EXPECT_EQ(kinds(SourceKind::hash_like, "# @\na@ #@\na#@\n'# @' @ \"@\""), "#c#cscs");
  EXPECT_EQ(kinds(SourceKind::hash_like, "don't # @\n@"), "#c");
}

TEST(SourceText, Fortran) {
  EXPECT_EQ(kinds(SourceKind::fixed_fortran, "*> @\nc @\nC@\n      CALL X('@', \"@\") ! @\n      @"), "###ss#c");
  EXPECT_EQ(kinds(SourceKind::fortran, "call x('@') ! @\n! it's @\nc = '@''@' // @\nx = '@\n@"), "s##ssccc");
}

TEST(SourceText, Markup) {
  EXPECT_EQ(kinds(SourceKind::markup, "<p>@<!-- @ -- @ -->@<!-- @"), "c##c#");
}

TEST(SourceText, PiecesTellTheirContent) {
  const std::string text = "x = 'see @'  # note @\n";
  const std::size_t offsets[] = {text.find('@'), text.rfind('@')};
  const auto pieces = pieces_at(SourceKind::python, text, offsets);
  EXPECT_EQ(text.substr(pieces[0].begin, pieces[0].end - pieces[0].begin), "see @");
  EXPECT_EQ(text.substr(pieces[1].begin, pieces[1].end - pieces[1].begin), " note @");
}

TEST(SourceText, HostileTextsEndQuickly) {
  for (const SourceKind kind :
       {SourceKind::python, SourceKind::c_like, SourceKind::hash_like, SourceKind::fixed_fortran,
        SourceKind::fortran, SourceKind::markup}) {
    for (const char* unit : {"\"\\", "'", "`\\", "/*", "<!--", "\"\"\"", "(", "\\"}) {
      std::string text;
      while (text.size() < 100'000) text += unit;
      const std::size_t offsets[] = {text.size() - 1};
      EXPECT_EQ(pieces_at(kind, text, offsets).size(), 1U);
    }
  }
}

TEST(SourceText, KindsByName) {
  EXPECT_EQ(source_kind("a/b.py", ""), SourceKind::python);
  EXPECT_EQ(source_kind("a/b.JS", ""), SourceKind::c_like);
  EXPECT_EQ(source_kind("a/README", ""), SourceKind::document);
  EXPECT_EQ(source_kind("a/LICENSE.txt", ""), SourceKind::document);
  EXPECT_EQ(source_kind("LICENSE.python", ""), SourceKind::document);
  EXPECT_EQ(source_kind("a/license.py", ""), SourceKind::python);
  EXPECT_EQ(source_kind("a/release.sh", ""), SourceKind::hash_like);
  EXPECT_EQ(source_kind("a/readme_loader.py", ""), SourceKind::python);
  EXPECT_EQ(source_kind("Makefile", ""), SourceKind::hash_like);
  EXPECT_EQ(source_kind("Doxyfile", ""), SourceKind::hash_like);
  EXPECT_EQ(source_kind("lapack/dlarf.F", ""), SourceKind::fixed_fortran);
  EXPECT_EQ(source_kind("a/b.F90", ""), SourceKind::fortran);
  EXPECT_EQ(source_kind("a/tool", "#!/usr/bin/env python3\n"), SourceKind::python);
  EXPECT_EQ(source_kind("install", "#!/bin/sh\n"), SourceKind::hash_like);
  EXPECT_EQ(source_kind("a/mirrors.txt", ""), SourceKind::other);
  EXPECT_EQ(source_kind(".gitignore", ""), SourceKind::other);
  EXPECT_EQ(source_kind("", ""), SourceKind::other);
}

}  // namespace
}  // namespace assay
