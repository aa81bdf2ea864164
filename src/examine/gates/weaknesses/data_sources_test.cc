#include "examine/gates/weaknesses/data_sources.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;

// Of the argument of the source's call of sink().
DataSources sources_of(std::string_view source) {
  const Module module(source);
  for (NodeId id = 1; id < module.syntax().nodes().size(); ++id) {
    const bool sink = module.syntax().is(id, NodeKind::call) && module.syntax().text(module.syntax().child(id)) == "sink";
    if (sink) return data_sources(module, module.argument(id, "", 0));
  }
  ADD_FAILURE() << "no sink() in " << source;
  return {};
}

bool is_reached(std::string_view source, DataSource by) { return sources_of(source).has(by); }

TEST(DataSources, FollowsNamesThroughAllTheirBindings) {
  EXPECT_TRUE(is_reached("x = ''\nx = open(y).read().strip()\nsink(x)\n", DataSource::file));
  EXPECT_TRUE(is_reached("with open(y) as s:\n  for line in s:\n    sink(line.split()[0])\n", DataSource::file));
  EXPECT_TRUE(is_reached("import os\nsink('a' + os.environ['A'])\n", DataSource::environment));
  EXPECT_TRUE(is_reached("sink(f'{input()}')\n", DataSource::typed));
  EXPECT_TRUE(is_reached("import json\nsink(json.load(s)['a'])\n", DataSource::stored));
  EXPECT_TRUE(is_reached("import requests\na = requests.get(u)\nsink(a.text)\n", DataSource::network));
  EXPECT_TRUE(is_reached("def f(request):\n  sink(request.args['a'])\n", DataSource::network));
  EXPECT_TRUE(is_reached("import tempfile\nh, name = tempfile.mkstemp()\nsink(name)\n", DataSource::temporary));
}

TEST(DataSources, FollowsTheModulesOwnFunctions) {
  EXPECT_TRUE(is_reached("def text(p):\n  return open(p).read()\nsink(text('a'))\n", DataSource::file));
  EXPECT_TRUE(is_reached("def _run(text):\n  sink(text)\n_run(open(p).read())\n", DataSource::file));
  EXPECT_TRUE(is_reached("class C:\n  def run(self, a, text):\n    sink(text)\n  def f(self):\n    self.run(1, open(p).read())\n",
                         DataSource::file));
}

TEST(DataSources, TellsWhatCallersHandOver) {
  EXPECT_TRUE(is_reached("def f(text):\n  text = text.strip()\n  sink(text)\n", DataSource::given));
  EXPECT_TRUE(is_reached("def f(texts):\n  for text in texts:\n    sink(text)\n", DataSource::given));
  EXPECT_TRUE(is_reached("def f(name):\n  sink('import %s' % name)\n", DataSource::given_part));
  EXPECT_FALSE(is_reached("def f(name):\n  sink('import %s' % name)\n", DataSource::given));
  EXPECT_FALSE(is_reached("def f(node):\n  sink(node.text)\n", DataSource::given));
  EXPECT_FALSE(is_reached("def f(function):\n  sink(signature_of(function))\n", DataSource::given));
  EXPECT_FALSE(is_reached("def _f(text):\n  sink(text)\n", DataSource::given));
}

TEST(DataSources, CountsMethodsWhereTheySayThatTheyTakeAText) {
  EXPECT_FALSE(is_reached("class C:\n  def f(self, x):\n    sink(x)\n", DataSource::given));
  EXPECT_TRUE(is_reached("class C:\n  def f(self, x):\n    if isinstance(x, str):\n      sink(x)\n", DataSource::given));
  EXPECT_TRUE(is_reached("class C:\n  def f(self, expr):\n    sink(expr)\n", DataSource::given));
  EXPECT_FALSE(is_reached("class _C:\n  def f(self, expr):\n    sink(expr)\n", DataSource::given));
}

TEST(DataSources, EndsWhereNamesGoRoundInCircles) {
  EXPECT_FALSE(is_reached("a = b\nb = a\nsink(a)\n", DataSource::file));
  EXPECT_FALSE(is_reached("def f(x):\n  return f(x)\nsink(f(1))\n", DataSource::file));
  std::string nested = "sink(";
  for (int i = 0; i < 90; ++i) nested += "f(";
  EXPECT_FALSE(is_reached(nested + "1" + std::string(91, ')') + "\n", DataSource::file));
}

}  // namespace
}  // namespace assay
