#include "fetch/native_build.h"

#include <gtest/gtest.h>

#include "fetch/project_layout.h"

namespace assay {
namespace {

// A project of one package, with what a case adds.
ProjectLayout layout_of(FilesByPath files) {
  files.emplace("PKG-INFO", "Name: demo\n");
  files.emplace("demo/__init__.py", "");
  return ProjectLayout::of(view_of_files(std::move(files)));
}

bool is_tool(const ProjectLayout& layout, std::string_view path) { return layout.role_of(path) == PathRole::tool; }

TEST(NativeBuild, WhatNoBuildNamesIsATool) {
  const auto layout = layout_of({{"setup.py",
                                  "from setuptools import Extension, setup\n"
                                  "names = ['curves.cpp']\n"
                                  "setup(ext_modules=[Extension('demo._x', ['src/x.c'] + [join('ext', n) for n in names],\n"
                                  "                             include_dirs=['ext/include'])])\n"},
                                 {"src/x.c", "#include \"x_parts.h\"\n"},
                                 {"src/x_parts.h", "#include <deep/deeper.h>\n"},
                                 {"ext/curves.cpp", "#include \"curves_impl.cpp\"\n"},
                                 {"ext/curves_impl.cpp", ""},
                                 {"ext/include/deep/deeper.h", ""},
                                 {"ext/include/lonely.h", ""},
                                 {"ext/platform/beos/support.cpp", "#include \"support.h\"\n"},
                                 {"ext/platform/support.h", ""},
                                 {"ext/lapack/clarft.f", ""},
                                 {"demo/native/own.c", ""},
                                 {"crate/src/lib.rs", ""}});
  for (const char* path : {"src/x.c", "src/x_parts.h", "ext/curves.cpp", "ext/curves_impl.cpp",
                           "ext/include/deep/deeper.h", "demo/native/own.c", "crate/src/lib.rs"}) {
    EXPECT_FALSE(is_tool(layout, path)) << path;
  }
  for (const char* path : {"ext/include/lonely.h", "ext/platform/beos/support.cpp", "ext/platform/support.h",
                           "ext/lapack/clarft.f"}) {
    EXPECT_TRUE(is_tool(layout, path)) << path;
  }
}

struct Reach {
  const char* name;
  const char* build_file;
  const char* text;
  const char* reached;
  const char* other;
};

class BuildReaches : public testing::TestWithParam<Reach> {};

TEST_P(BuildReaches, WhatItNamesOrLists) {
  const auto& one = GetParam();
  const auto layout = layout_of({{one.build_file, one.text},
                                 {"cmake/files.cmake", "file(GLOB S ${PROJECT_SOURCE_DIR}/ext/*.c)\n"},
                                 {"tools/list.py", "print(os.listdir('ext'))\n"},
                                 {one.reached, ""},
                                 {one.other, ""}});
  EXPECT_FALSE(is_tool(layout, one.reached));
  EXPECT_TRUE(is_tool(layout, one.other));
}

INSTANTIATE_TEST_SUITE_P(
    All, BuildReaches,
    testing::Values(
        Reach{"stem", "setup.py", "build(['%s.c' % n for n in ('crc', 'sha')])\n", "ext/crc.c", "ext/md.c"},
        Reach{"placeholder", "setup.py", "build([f'ext/path_{n}.c' for n in names])\n", "ext/path_a.c", "ext/a.c"},
        Reach{"ending", "setup.py", "build(name + '_wrap.cc')\n", "ext/a_wrap.cc", "ext/a.cc"},
        Reach{"glob", "setup.py", "import glob\nbuild(glob.glob('ext/*.c'))\n", "ext/a.c", "other/a.c"},
        Reach{"joined", "setup.py", "build(glob(os.path.join('ext', 'core', '*.c')))\n", "ext/core/a.c", "lib/a.c"},
        Reach{"rglob", "setup.py", "base = Path('ext')\nbuild((base / sub).rglob('*'))\n", "ext/b/a.c", "lib/a.c"},
        Reach{"walk", "setup.py", "top = 'ext'\nfor a, b, c in os.walk(top): pass\n", "ext/b/a.c", "lib/a.c"},
        Reach{"listdir", "setup.py", "build(os.listdir('ext'))\n", "ext/a.c", "lib/a.c"},
        Reach{"libraries", "setup.py", "objects = Path('out').rglob('a*.lib')\nbuild('x.c')\n", "x.c", "lib/a.c"},
        Reach{"cmake", "CMakeLists.txt", "file(GLOB S ${CMAKE_SOURCE_DIR}/ext/*.cc)\n", "ext/a.cc", "lib/a.cc"},
        Reach{"cmake_named", "CMakeLists.txt", "add_library(x ext/a.cc)\n", "ext/a.cc", "ext/b.cc"},
        Reach{"cmake_headers", "CMakeLists.txt", "target_include_directories(x PUBLIC ext)\n", "demo/a.cc", "ext/b.cc"},
        Reach{"make", "Makefile", "SRC := $(wildcard ext/*.c)\n", "ext/a.c", "lib/a.c"},
        Reach{"objects", "Makefile.am", "OBJ = crc.lo\n", "ext/crc.c", "ext/md.c"},
        Reach{"meson", "meson.build", "library('x', 'ext/a.c')\n", "ext/a.c", "ext/b.c"},
        Reach{"cmake_module", "CMakeLists.txt", "include(cmake/files.cmake)\n", "ext/a.c", "lib/a.c"},
        Reach{"script", "setup.py", "run('tools/list.py')\n", "ext/a.c", "lib/a.c"},
        Reach{"cargo", "build.rs", "cc::Build::new().file(\"ext/a.c\")", "ext/a.c", "ext/b.c"}),
    [](const auto& info) { return info.param.name; });

TEST(NativeBuild, BuildFilesBelowTakePartWhereTheirFolderIsNamed) {
  const auto layout = layout_of({{"CMakeLists.txt", "add_subdirectory(ext/flow)\ninclude(cmake/more.cmake)\n"},
                                 {"cmake/more.cmake", "add_library(y ext/more.cc)\n"},
                                 {"ext/more.cc", ""},
                                 {"ext/flow/CMakeLists.txt",
                                  "add_library(x x.cc)\nadd_subdirectory(benchmarks)\n"
                                  "include_directories(${TOP}/3rd/eigen)\n"},
                                 {"ext/flow/x.cc", ""},
                                 {"ext/flow/benchmarks/CMakeLists.txt", "add_executable(b bench.cc ../3rd/f.cc)\n"},
                                 {"ext/flow/benchmarks/bench.cc", ""},
                                 {"ext/flow/3rd/f.cc", ""},
                                 {"ext/flow/3rd/eigen/CMakeLists.txt", "add_library(e lapack.f)\n"},
                                 {"ext/flow/3rd/eigen/lapack.f", ""}});
  EXPECT_FALSE(is_tool(layout, "ext/flow/x.cc"));
  EXPECT_FALSE(is_tool(layout, "ext/more.cc"));
  EXPECT_TRUE(is_tool(layout, "ext/flow/benchmarks/bench.cc"));
  EXPECT_TRUE(is_tool(layout, "ext/flow/3rd/f.cc"));
  EXPECT_TRUE(is_tool(layout, "ext/flow/3rd/eigen/lapack.f"));
  EXPECT_FALSE(is_tool(layout, "cmake/more.cmake"));
  EXPECT_FALSE(is_tool(layout, "ext/flow/CMakeLists.txt"));
  EXPECT_TRUE(is_tool(layout, "ext/flow/benchmarks/CMakeLists.txt"));
  EXPECT_TRUE(is_tool(layout, "ext/flow/3rd/eigen/CMakeLists.txt"));
}

TEST(NativeBuild, AutotoolsTakePartBesideOneAnother) {
  const auto layout = layout_of({{"setup.py", "run(['./configure'], cwd='deps/ares')\n"},
                                 {"deps/ares/configure", "# SUBDIRS: core\n"},
                                 {"deps/ares/Makefile.in", "S = query.c\ninclude parts.inc\n"},
                                 {"deps/ares/parts.inc", "T = send.c\n"},
                                 {"deps/ares/core/Makefile.am", "U = deep.c\n"},
                                 {"deps/ares/query.c", ""},
                                 {"deps/ares/send.c", ""},
                                 {"deps/ares/core/deep.c", ""},
                                 {"deps/ares/core/odd.c", ""}});
  for (const char* path : {"deps/ares/query.c", "deps/ares/send.c", "deps/ares/core/deep.c"}) {
    EXPECT_FALSE(is_tool(layout, path)) << path;
  }
  EXPECT_TRUE(is_tool(layout, "deps/ares/core/odd.c"));
}

TEST(NativeBuild, AMakefileBesideCMakeTakesPartWhereMakeIsStarted) {
  FilesByPath files{{"CMakeLists.txt", "add_subdirectory(ext)\n"},
                    {"ext/CMakeLists.txt", "add_library(x x.c)\n"},
                    {"ext/Makefile", "include more.mk\nall: made.o\n"},
                    {"ext/more.mk", "fetch:\n\tcurl -O x\n"},
                    {"ext/x.c", ""},
                    {"ext/made.c", ""}};
  const auto layout = layout_of(files);
  EXPECT_FALSE(is_tool(layout, "ext/x.c"));
  EXPECT_TRUE(is_tool(layout, "ext/made.c"));
  EXPECT_TRUE(is_tool(layout, "ext/Makefile"));
  files["setup.py"] = "run(['make', '-C', 'ext'])\n";
  const auto made = layout_of(files);
  EXPECT_FALSE(is_tool(made, "ext/made.c"));
  EXPECT_FALSE(is_tool(made, "ext/more.mk"));
}

TEST(NativeBuild, CythonAndTemplatesReachWhatTheyName) {
  const auto layout = layout_of({{"setup.py", "cythonize('demo/*.pyx')\n"},
                                 {"demo/a.pyx", "# distutils: sources = ext/a_core.c\ncdef extern from \"a_core.h\": pass\n"},
                                 {"ext/a_core.c", ""},
                                 {"ext/a_core.h", "#include \"Solver\"\n"},
                                 {"ext/Solver", "#include \"src/solve.h\"\n"},
                                 {"ext/src/solve.h", ""},
                                 {"ext/b.c.src", "#include \"made.h\"\n"},
                                 {"ext/made.h", ""},
                                 {"ext/other.h", ""}});
  for (const char* path : {"ext/a_core.c", "ext/a_core.h", "ext/src/solve.h", "ext/made.h"}) {
    EXPECT_FALSE(is_tool(layout, path)) << path;
  }
  EXPECT_TRUE(is_tool(layout, "ext/other.h"));
}

TEST(NativeBuild, WhatCannotBeToldShips) {
  // A folder that is listed, and no name tells which.
  EXPECT_FALSE(is_tool(layout_of({{"setup.py", "build(glob(join(given, '*.c')))\n"}, {"ext/a.c", ""}}), "ext/a.c"));
  EXPECT_FALSE(is_tool(layout_of({{"setup.py", "build(os.listdir(here))\n"}, {"ext/a.c", ""}}), "ext/a.c"));
  EXPECT_FALSE(is_tool(layout_of({{"CMakeLists.txt", "file(GLOB_RECURSE S *.c)\n"}, {"ext/a.c", ""}}), "ext/a.c"));
  // A build file, or a source that is compiled, whose text is not known.
  EXPECT_FALSE(is_tool(layout_of({{"Makefile", std::nullopt}, {"ext/a.c", ""}}), "ext/a.c"));
  EXPECT_FALSE(is_tool(layout_of({{"setup.py", "build('x.c')\n"}, {"x.c", std::nullopt}, {"ext/a.h", ""}}), "ext/a.h"));
  // Nothing tells what is installed.
  const auto untold = ProjectLayout::of(view_of_files({{"ext/a.c", ""}}));
  EXPECT_FALSE(is_tool(untold, "ext/a.c"));
}

TEST(NativeBuild, AFloodedTextCostsLittleAndHidesNothing) {
  std::string dots(1 << 20, '.');
  std::string listings;
  for (int i = 0; i < 20'000; ++i) listings += "glob(a" + std::to_string(i) + ")\n";
  const auto layout = layout_of({{"setup.py", "build('x.c')\n" + listings}, {"x.c", dots}, {"ext/a.c", ""}});
  EXPECT_FALSE(is_tool(layout, "ext/a.c"));
}

TEST(NativeBuild, ListsOfTheArchiveBuildNothing) {
  const auto layout = layout_of({{"setup.py", "build('x.c')\nread('MANIFEST.in', 'demo.egg-info/SOURCES.txt')\n"},
                                 {"MANIFEST.in", "include ext/a.c\n"},
                                 {"demo.egg-info/SOURCES.txt", "ext/a.c\n"},
                                 {"x.c", ""},
                                 {"ext/a.c", ""}});
  EXPECT_TRUE(is_tool(layout, "ext/a.c"));
}

}  // namespace
}  // namespace assay
