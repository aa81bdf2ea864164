#include "python/reach.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace assay::python {
namespace {

// How the call of `target()` is reached: "import", "import: f > g", "" if it is not.
std::string reached(std::string_view source, Root root) {
  const Module module(source);
  const Reach reach(module);
  const Syntax& syntax = module.syntax();
  for (NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, NodeKind::call) || module.callee(id) != "target") continue;
    if (!reach.runs(id, root)) return "";
    const auto way = reach.way(id, root);
    return way.empty() ? "at once" : join(way, " > ");
  }
  return "no call";
}

std::string at_import(std::string_view source) { return reached(source, Root::import); }

TEST(Reach, KnowsWhatAModulesLevelRuns) {
  EXPECT_EQ(at_import("target()\n"), "at once");
  EXPECT_EQ(at_import("if x:\n  try:\n    target()\n  except E: pass\n"), "at once");
  EXPECT_EQ(at_import("class A:\n  x = target()\n"), "at once");
  EXPECT_EQ(at_import("def f(x=target()): pass\n"), "at once");
  EXPECT_EQ(at_import("def f(): target()\n"), "");
  EXPECT_EQ(at_import("def f(): target()\nf()\n"), "f");
  EXPECT_EQ(at_import("def f(): target()\ndef g(): f()\nx = [g() for _ in y]\n"), "g > f");
  EXPECT_EQ(at_import("f = lambda: target()\nf()\n"), "at once");
  EXPECT_EQ(at_import("f = lambda: target()\n"), "");
  EXPECT_EQ(at_import("(lambda: target())()\n"), "at once");
}

TEST(Reach, FollowsClasses) {
  EXPECT_EQ(at_import("class A:\n  def __init__(self): self.go()\n  def go(self): target()\nA()\n"),
            "A.__init__ > A.go");
  EXPECT_EQ(at_import("class A:\n  def go(self): target()\na = A()\na.go()\n"), "A.go");
  EXPECT_EQ(at_import("class A:\n  def go(self): target()\na = A()\n"), "");
  EXPECT_EQ(at_import("class A:\n  def __call__(self): target()\na = A()\n"), "");
  EXPECT_EQ(at_import("class A:\n  def __call__(self): target()\na = A()\na()\n"), "A.__call__");
  EXPECT_EQ(at_import("class M(type):\n  def __new__(c, *a): target()\nclass B(metaclass=M): pass\n"),
            "M.__new__");
}

TEST(Reach, FollowsDecoratorsThreadsAndExitHandlers) {
  EXPECT_EQ(at_import("def now(f): f()\n@now\ndef g(): target()\n"), "now > g");
  EXPECT_EQ(at_import("def later(f):\n  def w(): f()\n  return w\n@later\ndef g(): target()\n"), "");
  EXPECT_EQ(at_import("import threading\ndef g(): target()\nthreading.Thread(target=g).start()\n"), "g");
  EXPECT_EQ(at_import("import atexit\n@atexit.register\ndef g(): target()\n"), "g");
  EXPECT_EQ(at_import("register(g)\ndef g(): target()\n"), "");
}

TEST(Reach, KnowsMainBlocksCommandsAndHooks) {
  const std::string_view main = "if __name__ == '__main__':\n  target()\n";
  EXPECT_EQ(reached(main, Root::import), "");
  EXPECT_EQ(reached(main, Root::main), "at once");
  EXPECT_EQ(reached("def f(): target()\nif __name__ == '__main__':\n  f()\n", Root::main), "f");

  const std::string_view command =
      "from setuptools import setup\n"
      "from setuptools.command.install import install as base\n"
      "class Mine(base):\n"
      "  def run(self):\n"
      "    base.run(self)\n"
      "    target()\n";
  EXPECT_EQ(reached(command, Root::command), "Mine.run");
  EXPECT_EQ(reached(command, Root::import), "");
  EXPECT_EQ(reached("from x import B, setup\nclass C(B):\n  def run(self): target()\n"
                    "setup(cmdclass={'install': C})\n",
                    Root::command),
            "C.run");
  EXPECT_EQ(reached("class C(B):\n  def run(self): target()\n", Root::command), "");
  EXPECT_EQ(reached("def build_wheel(d, c=None, m=None):\n  target()\n", Root::build_hook), "build_wheel");
}

TEST(Reach, EndsWithAnySource) {
  EXPECT_EQ(at_import("def f(): g()\ndef g():\n  f()\n  target()\nf()\n"), "f > g");
  std::string chain;
  for (int i = 0; i < 2000; ++i) chain += "def f" + std::to_string(i) + "(): f" + std::to_string(i + 1) + "()\n";
  chain += "def f2000(): target()\nf0()\n";
  EXPECT_TRUE(at_import(chain).ends_with(" > f2000"));
  EXPECT_EQ(at_import("class class def ( target() \x00"), at_import("class class def ( target() \x00"));
}

}  // namespace
}  // namespace assay::python
