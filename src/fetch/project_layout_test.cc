#include "fetch/project_layout.h"

#include <gtest/gtest.h>


#include "io/files.h"
#include "store/store.h"

namespace assay {
namespace {

ProjectLayout layout_of(FilesByPath files) { return ProjectLayout::of(view_of_files(std::move(files))); }

std::string role_in(const ProjectLayout& layout, std::string_view path) { return std::string(to_string(layout.role_of(path))); }

TEST(ProjectLayout, ImportableNamesTellWhatIsInstalled) {
  const auto layout = layout_of({{"setup.py", "from setuptools import setup\nsetup()\n"},
                                 {"demo.egg-info/top_level.txt", "demo\n_demo\n"},
                                 {"demo/__init__.py", ""},
                                 {"t/unit/app.py", ""},
                                 {"winhelp/prepare.py", ""},
                                 {"dev.py", ""}});
  ASSERT_TRUE(layout.told());
  EXPECT_EQ(role_in(layout, "demo/core.py"), "shipped");
  EXPECT_EQ(role_in(layout, "demo/static/site.js"), "shipped");
  EXPECT_EQ(role_in(layout, "demo/tests/core.py"), "test");
  EXPECT_EQ(role_in(layout, "dev.py"), "tool");
  EXPECT_EQ(role_in(layout, "t/unit/app.py"), "tool");
  EXPECT_EQ(role_in(layout, "winhelp/prepare.py"), "tool");
  EXPECT_EQ(role_in(layout, "winhelp/build.cmd"), "tool");
  EXPECT_EQ(role_in(layout, "third_party/binding/setup.py"), "tool");
  EXPECT_EQ(role_in(layout, "setup.py"), "build");
  // No build names it.
  EXPECT_EQ(role_in(layout, "third_party/binding/io.c"), "tool");
  // It may be compiled.
  EXPECT_EQ(role_in(layout, "third_party/binding/io.rs"), "vendored");
  EXPECT_EQ(role_in(layout, "native/io.rs"), "shipped");
  // An extension module's place is not known: any that is called so is taken for it.
  EXPECT_EQ(role_in(layout, "native/_demo/tables.py"), "shipped");
}

TEST(ProjectLayout, ImportableNamesLieWhereTheirListLies) {
  const auto layout = layout_of({{"lib/demo.egg-info/top_level.txt", "demo\n"},
                                 {"lib/demo/__init__.py", ""},
                                 {"other/generate.py", ""}});
  EXPECT_EQ(role_in(layout, "lib/demo/core.py"), "shipped");
  EXPECT_EQ(role_in(layout, "other/generate.py"), "tool");
}

TEST(ProjectLayout, IsDeclaredInAScript) {
  const auto layout = layout_of(
      {{"setup.py",
        "from setuptools import find_packages, setup\n"
        "setup(name='demo', packages=find_packages(exclude=['t', 't.*']),\n"
        "      scripts=['bin/demo.py'], data_files=[('share', ['themes/dark.json'])])\n"},
       {"demo/__init__.py", ""},
       {"t/__init__.py", ""},
       {"t/unit.py", ""},
       {"plain/x.py", ""}});
  EXPECT_EQ(role_in(layout, "demo/core.py"), "shipped");
  EXPECT_EQ(role_in(layout, "bin/demo.py"), "shipped");
  EXPECT_EQ(role_in(layout, "themes/dark.json"), "shipped");
  EXPECT_EQ(role_in(layout, "t/unit.py"), "tool");
  EXPECT_EQ(role_in(layout, "plain/x.py"), "tool");
}

TEST(ProjectLayout, IsDeclaredInAScriptByListAndFolders) {
  const auto layout = layout_of(
      {{"setup.py",
        "import setuptools\n"
        "names = ['demo', 'demo.sub']\n"
        "setuptools.setup(packages=names, package_dir={'': 'source'}, py_modules=['single'])\n"},
       {"source/demo/__init__.py", ""},
       {"source/single.py", ""},
       {"other.py", ""}});
  EXPECT_EQ(role_in(layout, "source/demo/sub/x.py"), "shipped");
  EXPECT_EQ(role_in(layout, "source/single.py"), "shipped");
  EXPECT_EQ(role_in(layout, "other.py"), "tool");
}

TEST(ProjectLayout, ExamplesThatAreScriptsShip) {
  const auto layout = layout_of(
      {{"setup.py",
        "import glob, os\nfrom setuptools import setup\n"
        "setup(packages=['demo', 'demo.examples'], scripts=glob.glob(os.path.join('examples', '*.py')))\n"},
       {"demo/__init__.py", ""},
       {"demo/examples/__init__.py", ""},
       {"demo/samples/examples/x.py", ""},
       {"examples/run.py", ""}});
  EXPECT_EQ(role_in(layout, "examples/run.py"), "shipped");
  // A package's module is installed, whatever its folder's name; one of no package may not be.
  EXPECT_EQ(role_in(layout, "demo/examples/client.py"), "shipped");
  EXPECT_EQ(role_in(layout, "demo/samples/examples/x.py"), "example");
  EXPECT_EQ(role_in(layout, "demo/examples/README.md"), "docs");
}

TEST(ProjectLayout, IsDeclaredInSetupCfg) {
  const auto layout = layout_of({{"setup.cfg",
                                  "[options]\npackages = find:\npackage_dir =\n    = src\n"
                                  "[options.packages.find]\nwhere = src\n"},
                                 {"src/demo/__init__.py", ""},
                                 {"tasks/x.py", ""}});
  EXPECT_EQ(role_in(layout, "src/demo/x.py"), "shipped");
  EXPECT_EQ(role_in(layout, "tasks/x.py"), "tool");
}

struct Declared {
  const char* name;
  const char* pyproject;
  const char* shipped;
  const char* tool;
};

class DeclaredInPyproject : public testing::TestWithParam<Declared> {};

TEST_P(DeclaredInPyproject, TellsPackages) {
  const auto& one = GetParam();
  const auto layout = layout_of({{"pyproject.toml", one.pyproject},
                                 {one.shipped, ""},
                                 {one.tool, ""},
                                 {"pyproject.py", ""}});
  EXPECT_EQ(role_in(layout, one.shipped), "shipped");
  EXPECT_EQ(role_in(layout, one.tool), "tool");
  EXPECT_EQ(role_in(layout, "pyproject.toml"), "build");
}

INSTANTIATE_TEST_SUITE_P(
    All, DeclaredInPyproject,
    testing::Values(
        Declared{"setuptools", "[tool.setuptools]\npackages = ['demo']", "demo/a.py", "extra/a.py"},
        Declared{"modules", "[tool.setuptools]\npy-modules = ['demo']", "demo.py", "dev.py"},
        Declared{"find", "[tool.setuptools.packages.find]\nwhere = ['source']", "source/demo/a.py", "x/a.py"},
        Declared{"included", "[tool.setuptools.packages.find]\ninclude = ['demo*']", "demo/a.py", "x/a.py"},
        Declared{"flit", "[tool.flit.module]\nname = 'demo'", "src/demo/a.py", "x/a.py"},
        Declared{"hatch", "[tool.hatch.build.targets.wheel]\npackages = ['lib/demo']", "lib/demo/a.py", "x/a.py"},
        Declared{"only", "[tool.hatch.build.targets.wheel]\nonly-include = ['demo']", "demo/a.py", "x/a.py"},
        Declared{"patterns", "[tool.hatch.build]\ninclude = ['/demo/**/*.py']", "demo/a.py", "x/a.py"},
        Declared{"poetry", "[tool.poetry]\npackages = [{include = 'demo', from = 'code'}]", "code/demo/a.py",
                 "code/x/a.py"},
        Declared{"pdm", "[tool.pdm.build]\nincludes = ['demo']", "demo/a.py", "x/a.py"},
        Declared{"scikit", "[tool.scikit-build]\nwheel.packages = ['python/demo']", "python/demo/a.py", "x/a.py"},
        Declared{"maturin", "[tool.maturin]\npython-source = 'py'", "py/demo/a.py", "x/a.py"},
        Declared{"name", "[project]\nname = 'My.Demo'", "my_demo/a.py", "x/a.py"},
        Declared{"module", "[project]\nname = 'demo'", "demo.py", "dev.py"}),
    [](const auto& info) { return info.param.name; });

TEST(ProjectLayout, IsToldByCustom) {
  const auto layout = layout_of({{"PKG-INFO", "Metadata-Version: 2.1\nName: scikit-demo\n\nName: no\n"},
                                 {"skdemo/__init__.py", ""},
                                 {"tools/__init__.py", ""},
                                 {"dev.py", ""}});
  EXPECT_EQ(role_in(layout, "skdemo/x.py"), "shipped");
  EXPECT_EQ(role_in(layout, "tools/x.py"), "tool");
  EXPECT_EQ(role_in(layout, "dev.py"), "tool");
  const auto below_src = layout_of({{"setup.py", ""}, {"src/demo/__init__.py", ""}, {"dev.py", ""}});
  EXPECT_EQ(role_in(below_src, "src/other/x.py"), "shipped");
  EXPECT_EQ(role_in(below_src, "dev.py"), "tool");
}

TEST(ProjectLayout, WhatIsNotToldShips) {
  for (const auto& files : std::vector<FilesByPath>{
           {{"setup.py", "from setuptools import setup\nsetup(packages=computed())\n"}, {"a/x.py", ""}},
           {{"pyproject.toml", "[project\n"}, {"a/x.py", ""}},
           {{"pyproject.toml", "[tool.hatch.build]\ninclude = ['*.py']\n"}, {"a/x.py", ""}},
           {{"demo.egg-info/top_level.txt", "gone\n"}, {"a/x.py", ""}},
           {}}) {
    const auto layout = layout_of(files);
    EXPECT_FALSE(layout.told());
    EXPECT_EQ(role_in(layout, "a/x.py"), "shipped");
    EXPECT_EQ(role_in(layout, "dev.py"), "shipped");
    EXPECT_EQ(role_in(layout, "tests/x.py"), "test");
  }
}

TEST(ProjectLayout, WhatSetupImportsBuilds) {
  const auto layout = layout_of(
      {{"setup.py",
        "import os, sys\nsys.path.insert(0, 'helpers')\nimport setupinfo, inhelpers\n"
        "from setuptools import setup\nexec(open('version.py').read())\nsetup(packages=['demo'])\n"},
       {"setupinfo.py", "def f():\n    from buildlib import fetch\n"},
       {"buildlib.py", "import demo\n"},
       {"helpers/inhelpers.py", ""},
       {"version.py", ""},
       {"demo/__init__.py", ""},
       {"update.py", ""}});
  EXPECT_EQ(role_in(layout, "setupinfo.py"), "build");
  EXPECT_EQ(role_in(layout, "buildlib.py"), "build");
  EXPECT_EQ(role_in(layout, "helpers/inhelpers.py"), "build");
  EXPECT_EQ(role_in(layout, "version.py"), "shipped");  // named; what for is not known
  EXPECT_EQ(role_in(layout, "demo/__init__.py"), "shipped");
  EXPECT_EQ(role_in(layout, "update.py"), "tool");
}

TEST(ProjectLayout, WhatABuildModuleNamesBuilds) {
  const auto layout = layout_of({{"setup.py", "import buildconfig\nfrom setuptools import setup\n"
                                              "setup(py_modules=['demo'], x='plugins/other.py')\n"},
                                 {"buildconfig.py", "execfile('%s/plugin.py' % path)\nrun('plugins/other.py')\n"},
                                 {"demo.py", ""},
                                 {"plugins/ruby/plugin.py", ""},
                                 {"plugins/ruby/start.py", ""},
                                 {"plugins/other.py", ""}});
  EXPECT_EQ(role_in(layout, "plugins/ruby/plugin.py"), "build");
  EXPECT_EQ(role_in(layout, "plugins/ruby/start.py"), "tool");
  EXPECT_EQ(role_in(layout, "plugins/other.py"), "shipped");  // setup.py names it, too
}

TEST(ProjectLayout, ABackEndInTheTreeBuilds) {
  const auto layout = layout_of(
      {{"pyproject.toml", "[build-system]\nbuild-backend = 'packer.pep517:api'\nbackend-path = ['.']\n[project]\nname = 'demo'"},
       {"packer/__init__.py", ""},
       {"packer/pep517.py", "from . import native\n"},
       {"packer/native.py", ""},
       {"packer/unused.py", ""},
       {"demo/__init__.py", ""}});
  EXPECT_EQ(role_in(layout, "packer/pep517.py"), "build");
  EXPECT_EQ(role_in(layout, "packer/native.py"), "build");
  EXPECT_EQ(role_in(layout, "packer/unused.py"), "tool");
}

TEST(ProjectLayout, AMakefileIsTheDevelopersUnlessSetupUsesMake) {
  EXPECT_EQ(role_in(layout_of({{"setup.py", "import x\n"}, {"a/__init__.py", ""}}), "Makefile"), "tool");
  EXPECT_EQ(role_in(layout_of({{"setup.py", "run(['make', 'all'])\n"}, {"a/__init__.py", ""}}), "Makefile"), "build");
  EXPECT_EQ(role_in(layout_of({}), "Makefile"), "build");
}

TEST(ProjectLayout, WhatTheBuildNamesStays) {
  const auto layout = layout_of({{"meson.build", "run_command('gen.py')\n"},
                                 {"PKG-INFO", "Name: demo\n"},
                                 {"demo/__init__.py", ""}});
  EXPECT_EQ(role_in(layout, "gen.py"), "shipped");
  EXPECT_EQ(role_in(layout, "other.py"), "tool");
}

TEST(ProjectLayout, AFolderThatTheBuildNamesHoldsDataButNoTools) {
  const auto layout = layout_of(
      {{"setup.py", "from os.path import join\nfrom setuptools import setup\n"
                    "copy('native', 'assets')\nrun(join('native', 'gen.py'))\nrun_all('steps/*.py')\nlibrary('native/io.cc')\nsetup(packages=['demo'])\n"},
       {"demo/__init__.py", ""},
       {"native/tracker/job.py", ""},
       {"native/io.cc", ""},
       {"steps/one.py", ""},
       {"assets/site.js", ""},
       {"other/site.js", ""}});
  EXPECT_EQ(role_in(layout, "native/tracker/job.py"), "tool");
  EXPECT_EQ(role_in(layout, "native/gen.py"), "shipped");
  EXPECT_EQ(role_in(layout, "native/io.cc"), "shipped");
  EXPECT_EQ(role_in(layout, "steps/one.py"), "shipped");
  EXPECT_EQ(role_in(layout, "assets/site.js"), "shipped");
  EXPECT_EQ(role_in(layout, "other/site.js"), "tool");
}

TEST(ProjectLayout, WhatMayRunInABuildByOtherMeansShips) {
  const auto layout = layout_of({{"setup.cfg", "[options]\npackages = demo\npackage_dir =\n    = src\n"},
                                 {"src/demo/__init__.py", ""},
                                 {"src/_cffi_src/__init__.py", ""},
                                 {"src/scripts/x.py", ""},
                                 {"deps/lib/configure", ""}});
  EXPECT_EQ(role_in(layout, "src/_cffi_src/build_ssl.py"), "shipped");
  EXPECT_EQ(role_in(layout, "src/scripts/x.py"), "tool");
  EXPECT_EQ(role_in(layout, "deps/lib/ltmain.sh"), "shipped");
  EXPECT_EQ(role_in(layout, "deps/lib/m4/x.sh"), "shipped");
  EXPECT_EQ(role_in(layout, "deps/other/x.sh"), "tool");
}

TEST(ProjectLayout, AFolderAndATreeTellTheSame) {
  const auto folder = TemporaryDirectory::create(testing::TempDir(), "layout").value();
  for (const char* path : {"src/demo/__init__.py", "src-old/x.py", "dev.py", "setup.py"}) {
    ASSERT_TRUE(make_directories((folder.path() / "in" / path).parent_path()));
    ASSERT_TRUE(write_file(folder.path() / "in" / path, "pass\n"));
  }
  auto store = Store::open(folder.path() / "store").value();
  const auto tree = put_tree(store.blobs, import_tree(store.blobs, folder.path() / "in").value()).value();
  const auto of_tree = roles_in(store.blobs, tree).value();
  const auto of_folder = roles_in(view_of_folder(folder.path() / "in"));
  for (const auto& role_of : {of_tree, of_folder}) {
    EXPECT_EQ(to_string(role_of("src/demo/x.py")), "shipped");
    EXPECT_EQ(to_string(role_of("src-old/x.py")), "tool");
    EXPECT_EQ(to_string(role_of("dev.py")), "tool");
    EXPECT_EQ(to_string(role_of("setup.py")), "build");
  }
  EXPECT_FALSE(roles_in(store.blobs, sha256("no tree")));
}

}  // namespace
}  // namespace assay
