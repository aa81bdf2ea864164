#include "examine/reach/declared_entry_points.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string told(std::string_view path, std::string_view text) {
  const ExaminedFile file{path, text, PathRole::shipped};
  std::string words;
  for (const auto& point : declared_entry_points(file)) {
    words += point.group + " " + point.name + "=" + point.module + ":" + point.attribute + "\n";
  }
  return words;
}

TEST(DeclaredEntryPoints, AreReadWhereverTheyAreDeclared) {
  EXPECT_EQ(told("pyproject.toml", "[project.scripts]\na = \"p.cli:main\"\n[project.entry-points.\"plug.in\"]\nb = \"p\"\n"),
            "console_scripts a=p.cli:main\nplug.in b=p:\n");
  EXPECT_EQ(told("setup.cfg", "[metadata]\nx = y:z\n[options.entry_points]\nconsole_scripts =\n  a = p.cli:main [x]\n  # b = c:d\n"),
            "console_scripts a=p.cli:main\n");
  EXPECT_EQ(told("setup.py", "setup(entry_points={'console_scripts': ['a=p.cli:main', f'{x} = p:q']})"),
            "console_scripts a=p.cli:main\n");
  EXPECT_EQ(told("p-1.dist-info/entry_points.txt", "[console_scripts]\na = p:main\n"), "console_scripts a=p:main\n");
}

TEST(DeclaredEntryPoints, WhatIsNoneIsPassedOver) {
  EXPECT_EQ(told("pyproject.toml", "[project\n"), "");
  EXPECT_EQ(told("pyproject.toml", "project = 1\n"), "");
  EXPECT_EQ(told("pyproject.toml", "[project.scripts]\na = 1\nb = \"p q:main\"\n"), "");
  EXPECT_EQ(told("setup.py", "entry_points = '''= : ='''"), "");
  EXPECT_EQ(told("sub/pyproject.toml", "[project.scripts]\na = \"p:main\"\n"), "");
}

}  // namespace
}  // namespace assay
