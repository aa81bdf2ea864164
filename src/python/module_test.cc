#include "python/module.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace assay::python {
namespace {

// The nth node of a kind, in the order of the source.
NodeId find(const Module& module, NodeKind kind, std::size_t n = 0) {
  const Syntax& syntax = module.syntax();
  std::vector<NodeId> found;
  for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
    if (syntax.is(id, kind)) found.push_back(id);
  }
  std::ranges::sort(found, {}, [&](NodeId id) { return syntax[id].begin; });
  EXPECT_LT(n, found.size());
  return n < found.size() ? found[n] : no_node;
}

// The callee of the source's only call, or of its last one.
std::string last_callee(std::string_view source) {
  const Module module(source);
  const Syntax& syntax = module.syntax();
  NodeId last = no_node;
  for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
    if (syntax.is(id, NodeKind::call) && (last == no_node || syntax[id].end > syntax[last].end)) last = id;
  }
  return last == no_node ? "no call" : module.callee(last);
}

TEST(Module, NamesWhatIsCalledThroughImports) {
  EXPECT_EQ(last_callee("import subprocess\nsubprocess.Popen(x)\n"), "subprocess.Popen");
  EXPECT_EQ(last_callee("import a.b.c\na.b.c.d()\n"), "a.b.c.d");
  EXPECT_EQ(last_callee("import a.b as c\nc.d()\n"), "a.b.d");
  EXPECT_EQ(last_callee("from subprocess import Popen as P\ndef f():\n  P(x)\n"), "subprocess.Popen");
  EXPECT_EQ(last_callee("from . import x\nx.run()\n"), ".x.run");
  EXPECT_EQ(last_callee("from ..helpers import run\nrun()\n"), "..helpers.run");
  EXPECT_EQ(last_callee("def f():\n  import os\n  os.system(x)\n"), "os.system");
  EXPECT_EQ(last_callee("from pickle import *\nloads(x)\n"), "pickle.loads");
  EXPECT_EQ(last_callee("try:\n  import cPickle as p\nexcept ImportError:\n  p = None\np.loads(x)\n"),
            "cPickle.loads");
}

TEST(Module, TakesNoNamesFromAHandlerThatNeverRuns) {
  EXPECT_EQ(last_callee("try:\n  from secrets import choice\nexcept ImportError:\n  from random import choice\nchoice(x)\n"),
            "secrets.choice");
  EXPECT_EQ(last_callee("try:\n  import json\nexcept ImportError:\n  import simplejson as json\njson.loads(x)\n"),
            "json.loads");
  EXPECT_EQ(last_callee("try:\n  from hashlib import new_one\nexcept ImportError:\n  from old import new_one\nnew_one(x)\n"),
            "old.new_one");
}

TEST(Module, NamesBuiltInsUnlessTheyAreBound) {
  EXPECT_EQ(last_callee("eval(x)\n"), "eval");
  EXPECT_EQ(last_callee("def eval(x): pass\neval(x)\n"), ":eval");
  EXPECT_EQ(last_callee("def f(eval):\n  eval(x)\n"), "?eval");
  EXPECT_EQ(last_callee("from asteval import eval\neval(x)\n"), "asteval.eval");
}

TEST(Module, FollowsValues) {
  EXPECT_EQ(last_callee("import tarfile\nt = tarfile.open(x)\nt.extractall()\n"), "tarfile.open().extractall");
  EXPECT_EQ(last_callee("import tarfile\nwith tarfile.open(x) as t:\n  t.extractall()\n"),
            "tarfile.open().extractall");
  EXPECT_EQ(last_callee("import os\nrun = os.system\nrun(x)\n"), "os.system");
  EXPECT_EQ(last_callee("import tarfile\ndef f(t: tarfile.TarFile, y=1):\n  t.extractall()\n"),
            "tarfile.TarFile().extractall");
  EXPECT_EQ(last_callee("import ssl\ndef f(t: ssl.SSLContext | None = None):\n  t.wrap()\n"),
            "ssl.SSLContext().wrap");
  EXPECT_EQ(last_callee("import socket\ns = None\ns = socket.socket()\ns.bind(x)\n"), "socket.socket().bind");
  EXPECT_EQ(last_callee("t = a()\nt = b()\nt.extractall()\n"), "t.extractall");
  EXPECT_EQ(last_callee("x['a']()\n"), "");
  EXPECT_EQ(last_callee("'a'.join(x)\n"), "str().join");
  EXPECT_EQ(last_callee("x = x\nx()\n"), "x");
}

TEST(Module, KnowsClasses) {
  const std::string_view source =
      "import socket\n"
      "class Client:\n"
      "  URL = 'http://a'\n"
      "  def __init__(self):\n"
      "    self.sock = socket.socket()\n"
      "  def go(self):\n"
      "    self.sock.connect(x)\n"
      "    return self.URL\n"
      "  def again(me):\n"
      "    me.go()\n";
  EXPECT_EQ(last_callee(source), ":Client.go");
  const Module module(source);
  EXPECT_EQ(module.callee(find(module, NodeKind::call, 1)), "socket.socket().connect");
  EXPECT_EQ(module.symbol_of(find(module, NodeKind::call, 1)), "Client.go");
  const NodeId returned = module.syntax().child(find(module, NodeKind::return_));
  EXPECT_EQ(module.text_of(returned), "http://a");
}

std::optional<std::string> text(std::string_view expression, std::string_view before = "") {
  const std::string source = std::string(before) + "\nresult(" + std::string(expression) + ")\n";
  const Module module(source);
  const Syntax& syntax = module.syntax();
  for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
    if (syntax.is(id, NodeKind::call) && module.callee(id) == "result") {
      return module.text_of(module.argument(id, "", 0));
    }
  }
  return "no such call";
}

TEST(Module, KnowsConstantTexts) {
  EXPECT_EQ(text("'a' \"b\""), "ab");
  EXPECT_EQ(text("'a' + B", "B = 'c' 'd'"), "acd");
  EXPECT_EQ(text("f'a{B}c{{'", "B = 1"), "a1c{");
  EXPECT_EQ(text("'%s-%d%%' % ('a', 2)"), "a-2%");
  EXPECT_EQ(text("'{}{1}{k}'.format('a', 'b', k='c')"), "abc");
  EXPECT_EQ(text("', '.join(['a', 'b'])"), "a, b");
  EXPECT_EQ(text("'ab' * 2"), "abab");
  EXPECT_EQ(text("'\\x41\\n\\u00e9\\101'"), "A\n\xC3\xA9" "A");
  EXPECT_EQ(text("r'\\x41'"), "\\x41");
  EXPECT_EQ(text("b'\\xff'"), "\xFF");
  EXPECT_EQ(text("'''a\n'b'''"), "a\n'b");
  EXPECT_EQ(text("B", "B = 'a'\nB = 'b'"), std::nullopt);
  EXPECT_EQ(text("f'a{x()}'"), std::nullopt);
  EXPECT_EQ(text("B", "def f():\n  global B\n  B = 'b'\nB = 'a'"), std::nullopt);
}

TEST(Module, FindsArguments) {
  const Module module("f(a, *b, c, k=1, **d)\n");
  const NodeId call = find(module, NodeKind::call);
  const auto argument = [&](std::string_view keyword, int place) {
    const NodeId id = module.argument(call, keyword, place);
    return id == no_node ? std::string_view() : module.syntax().text(id);
  };
  EXPECT_EQ(argument("", 0), "a");
  EXPECT_EQ(argument("", 1), "");  // hidden by *b
  EXPECT_EQ(argument("k", -1), "1");
  EXPECT_EQ(argument("z", 0), "a");
  EXPECT_EQ(argument("z", -1), "");
}

TEST(Module, KnowsNumbersAndConstants) {
  const Module module("M = 0o777\nV = False\nN = None\nf(M, V, N, -3, 0x1F)\nV2 = True\nV2 = False\ng(V2)\n");
  const NodeId call = find(module, NodeKind::call);
  EXPECT_EQ(module.integer_of(module.argument(call, "", 0)), 0777);
  EXPECT_EQ(module.constant_of(module.argument(call, "", 1)), Constant::false_);
  EXPECT_EQ(module.constant_of(module.argument(call, "", 2)), Constant::none);
  EXPECT_EQ(module.integer_of(module.argument(call, "", 3)), -3);
  EXPECT_EQ(module.integer_of(module.argument(call, "", 4)), 0x1F);
  EXPECT_EQ(module.constant_of(module.argument(find(module, NodeKind::call, 1), "", 0)), std::nullopt);
}

TEST(Module, ScopesAreWhereTheirNamesAre) {
  const Module module("@deco(1)\ndef f(a=deco(2)):\n  deco(3)\n  lambda: deco(4)\n");
  EXPECT_EQ(module.symbol_of(find(module, NodeKind::call, 0)), "");
  EXPECT_EQ(module.symbol_of(find(module, NodeKind::call, 1)), "");
  EXPECT_EQ(module.symbol_of(find(module, NodeKind::call, 2)), "f");
  EXPECT_EQ(module.symbol_of(find(module, NodeKind::call, 3)), "f.<lambda>");
}

// A name of 100 kB that is used ten thousand times would be a gigabyte of names.
TEST(Module, LongNamesAreNone) {
  const std::string name(100'000, 'n');
  std::string source = "import " + name + " as c\nimport os\nfrom " + name + " import d\n";
  for (int i = 0; i < 10'000; ++i) source += "c.run(x)\nd.run(x)\n";
  source += "os." + name + "()\n" + name + "()\nos.system()\n";
  const Module module(source);
  std::size_t size = 0;
  for (NodeId id = 0; id < module.syntax().nodes().size(); ++id) size += module.qualified(id).size();
  EXPECT_LT(size, std::size_t{50} << 20);
  EXPECT_EQ(module.callee(find(module, NodeKind::call, 20'000)), "");
  EXPECT_EQ(module.callee(find(module, NodeKind::call, 20'001)), "");
  EXPECT_EQ(module.callee(find(module, NodeKind::call, 20'002)), "os.system");
}

}  // namespace
}  // namespace assay::python
