#include "examine/reach/surface_reader.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/text.h"
#include "examine/reach/surface_changes.h"

namespace assay {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

PackageSurfaces surfaces_of(const Files& files) {
  auto reader = SurfaceReader::create().value();
  for (const auto& [path, text] : files) {
    const auto role = path.starts_with("tests/") ? PathRole::test
                      : path == "setup.py"       ? PathRole::build
                                                 : PathRole::shipped;
    EXPECT_TRUE(reader.see({path, text, role}));
  }
  return reader.finish();
}

// Each place of a capability, in words.
std::string places_of(const Files& files, Capability capability) {
  std::string text;
  for (const auto& use : surfaces_of(files).capabilities) {
    if (use.capability != capability) continue;
    for (const auto& place : use.places) text += words_of(place) + "\n";
  }
  return text;
}

TEST(SurfaceReader, ACommandLeadsToWhatItDoes) {
  const Files files = {
      {"pyproject.toml", "[project.scripts]\nflask = \"flask.cli:main\"\n"},
      {"src/flask/__init__.py", "from .cli import main\n"},
      {"src/flask/cli.py", "from ._net import open_port\ndef main():\n    run_command()\n"
                           "def run_command():\n    eval('1')\n    open_port()\n"},
      {"src/flask/_net.py", "import socket\ndef open_port():\n    s = socket.socket()\n    s.bind(x)\n"}};
  EXPECT_EQ(places_of(files, Capability::listens),
            "command flask → flask.cli:main → run_command → flask._net:open_port → "
            "socket.socket().bind (src/flask/_net.py:4)\n");
  EXPECT_EQ(places_of(files, Capability::evaluates), "command flask → flask.cli:main → run_command → eval (src/flask/cli.py:5)\n");
}

TEST(SurfaceReader, PublicFunctionsLeadOnAndPrivateOnesByThemselvesDoNot) {
  const Files files = {{"p/__init__.py", ""},
                       {"p/a.py", "class Session:\n  def get(self): return self._send()\n"
                                  "  def _send(self): eval('x')\ndef _never(): eval('y')\n"}};
  EXPECT_EQ(places_of(files, Capability::evaluates),
            "p.a:Session.get → Session._send → eval (p/a.py:3)\neval (p/a.py:4)\n");
}

TEST(SurfaceReader, MethodsOfBasesAreFoundInOtherFiles) {
  const Files files = {{"p/__init__.py", "from .base import Base\n"},
                       {"p/base.py", "class Base:\n  def _go(self): eval('x')\n"},
                       {"p/a.py", "from p import Base\nclass A(Base):\n  def run(self): self._go(); eval('1')\n"}};
  EXPECT_EQ(places_of(files, Capability::evaluates),
            "p.a:A.run → eval (p/a.py:3)\np.a:A.run → p.base:Base._go → eval (p/base.py:2)\n");
}

TEST(SurfaceReader, ToldIsWhatRunsAtImportAtInstallAndAtStart) {
  const Files files = {
      {"setup.py", "import os\nos.system('make')\n"},
      {"p/__init__.py", "import subprocess\ndef _load(): subprocess.run(['x'])\n_load()\n"},
      {"p/__main__.py", "eval('1')\n"},
      {"p/tool.py", "if __name__ == '__main__':\n    eval('1')\n"},
      {"p/x.pth", "import p\n"},
      {"p/y.pth", "lib\n"}};
  EXPECT_EQ(places_of(files, Capability::runs_at_import),
            "at import → _load → subprocess.run (p/__init__.py:2)\n");
  EXPECT_EQ(places_of(files, Capability::spawns), "at import → _load → subprocess.run (p/__init__.py:2)\n"
                                                  "at install → os.system (setup.py:2)\n");
  EXPECT_EQ(places_of(files, Capability::evaluates),
            "python -m p → eval (p/__main__.py:1)\nrun as a script → eval (p/tool.py:2)\n");
  EXPECT_EQ(places_of(files, Capability::runs_at_start), "a line that begins with import (p/x.pth)\n");
  EXPECT_EQ(places_of(files, Capability::runs_at_install), "setup.py (setup.py)\n");
}

TEST(SurfaceReader, WhatIsHandedOverAtImportDoesNotRunThen) {
  const Files files = {{"p.py", "import atexit\ndef _a(): eval('a')\ndef _b(): eval('b')\n"
                                "register(_a)\natexit.register(_b)\n"
                                "@click.command('run')\ndef _c(): eval('c')\n"}};
  EXPECT_EQ(places_of(files, Capability::runs_at_import), "at import → _b → eval (p.py:3)\n");
  EXPECT_EQ(places_of(files, Capability::evaluates),
            "eval (p.py:2)\nat import → _b → eval (p.py:3)\ncommand or route → p:_c → eval (p.py:7)\n");
}

TEST(SurfaceReader, WhatAFileSaysEndlesslyIsCountedAndNotKept) {
  std::string source = "import os\n";
  for (int i = 0; i < 20'000; ++i) source += "class A" + std::to_string(i) + "(A" + std::to_string(i + 1) + "): pass\nos.system(1)\n";
  const auto found = surfaces_of({{"a.py", source}});
  ASSERT_EQ(found.capabilities.size(), 2U);
  EXPECT_EQ(found.capabilities[0].capability, Capability::spawns);
  EXPECT_EQ(found.capabilities[0].count, 20'000U);
  EXPECT_EQ(found.capabilities[0].places.size(), 10'000U);
}

TEST(SurfaceReader, TestsDoNotCount) {
  EXPECT_TRUE(surfaces_of({{"tests/a.py", "eval(x)\n"}}).capabilities.empty());
}

TEST(SurfaceReader, CallsInCirclesEnd) {
  EXPECT_EQ(places_of({{"a.py", "def _f(): _g()\ndef _g(): _f(); eval('x')\nclass _A(_B): pass\nclass _B(_A): pass\n_A().x()\n"}},
                      Capability::evaluates),
            "eval (a.py:2)\n");
  EXPECT_EQ(places_of({{"p/__init__.py", "from .a import x\n"}, {"p/a.py", "from . import x\nx()\neval('1')\n"}},
                      Capability::evaluates),
            "at import → eval (p/a.py:3)\n");
}

TEST(SurfaceChanges, ToldIsWhatIsNewAndWhatIsGone) {
  const auto before = surfaces_of({{"p/a.py", "import socket\ndef f(): eval('1')\n"}, {"p/b.py", "import pickle\n"}});
  const auto after = surfaces_of({{"p/a.py", "\n\nimport socket\ndef f(): eval('1')\n"},
                                  {"p/c.py", "import pickle\nimport os\ndef g(): os.system(x); eval('2')\n"}});
  EXPECT_EQ(words_of(surface_changes(before, after)),
            "new: spawns\n  + c:g → os.system (p/c.py:3)\n"
            "changed: evaluates (1 more, 0 fewer)\n  + c:g → eval (p/c.py:3)\n")
      << "moved lines and a renamed file are no change";
  EXPECT_EQ(words_of(surface_changes(after, before)).substr(0, 14), "gone: spawns\n ");
  EXPECT_EQ(words_of(surface_changes(after, after)), "Nothing that it can do has changed.\n");
}

}  // namespace
}  // namespace assay
