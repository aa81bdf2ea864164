#include "examine/syntax_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "examine/file_examination.h"
#include "examine/pattern_engine.h"

namespace assay {
namespace {

constexpr std::string_view head = R"(title = "T"
why = "W"
remedy = "R"
severity = "medium"
aliases = ["B1"]
cwe = ["CWE-1"]
)";
constexpr std::string_view tail = R"(
[[must-match]]
path = "x.py"
text = "x"
[[must-not-match]]
path = "x.py"
text = "x"
)";

// A gate of one rule.
class OneRule final : public FileGate {
 public:
  explicit OneRule(std::string_view entries, const std::map<std::string, SyntaxRules::Check, std::less<>>& checks = {}) {
    auto rule = Rule::parse("g/rules/r.toml", std::string(head) + std::string(entries) + std::string(tail));
    EXPECT_TRUE(rule) << rule.error().message;
    std::vector<Rule> rules;
    rules.push_back(*std::move(rule));
    rules_ = SyntaxRules::make(std::move(rules), checks).value();
  }
  std::string_view name() const override { return "g"; }
  std::vector<Pattern> patterns() const override { return rules_.patterns(); }
  void examine(const ExaminedFile& file, std::span<const Hit> hits, std::vector<Finding>& findings) const override {
    rules_.examine(file, hits, findings);
  }
  std::vector<RuleDescription> rules() const override { return {}; }
  std::string ruleset() const override { return ""; }

 private:
  SyntaxRules rules_;
};

struct Examined {
  std::vector<Finding> findings;
  std::vector<std::uint32_t> lines() const {
    std::vector<std::uint32_t> all;
    for (const Finding& finding : findings) all.push_back(finding.line);
    std::ranges::sort(all);
    return all;
  }
};

Examined examine(std::string_view entries, std::string_view text, std::string_view path = "pkg/m.py",
                 PathRole role = PathRole::shipped) {
  std::vector<std::unique_ptr<FileGate>> gates;
  gates.push_back(std::make_unique<OneRule>(entries));
  const auto engine = PatternEngine::compile(gates).value();
  const auto scratch = engine.make_scratch().value();
  return {examine_file(gates, engine, scratch, {path, text, role}).value()};
}

using Lines = std::vector<std::uint32_t>;

TEST(SyntaxRules, FollowNamesToTheirModules) {
  constexpr std::string_view entries = "[[call]]\nname = [\"pickle.loads\"]\n";
  EXPECT_EQ(examine(entries, "import pickle\npickle.loads(a)\n").lines(), Lines{2});
  EXPECT_EQ(examine(entries, "from pickle import loads as l\n\nl(b)\n").lines(), Lines{3});
  EXPECT_EQ(examine(entries, "import os, pickle as p\np.loads(b)\n").lines(), Lines{2});
  EXPECT_EQ(examine(entries, "from six.moves import cPickle\ncPickle.loads(b)\n").lines(), Lines{2});
  EXPECT_EQ(examine(entries, "from . import pickle\npickle.loads(b)\n").lines(), Lines{});
  EXPECT_EQ(examine(entries, "import pickle\n# pickle.loads(a)\ns = 'pickle.loads(a)'\n").lines(), Lines{});
  EXPECT_EQ(examine(entries, "import pickle\npickle.loads(a)\n", "pkg/m.txt").lines(), Lines{});
  EXPECT_EQ(examine(entries, "#!/usr/bin/env python\nimport pickle\npickle.loads(a)\n", "bin/tool").lines(), Lines{3});
}

TEST(SyntaxRules, JudgeByArguments) {
  constexpr std::string_view entries = R"(
[[call]]
name = ["m.f"]
where = [{ argument = "safe", place = 1, is = "true" }]
skip = true
[[call]]
name = ["m.f"]
where = [{ argument = "size", below = 10 }]
severity = "high"
aliases = []
[[call]]
name = ["m.f"]
where = [{ argument = "size", is = "missing" }]
)";
  const auto one = [&](std::string_view call) {
    const auto found = examine(entries, "import m\n" + std::string(call) + "\n").findings;
    if (found.empty()) return std::string("nothing");
    return std::string(to_string(found[0].severity)) + (found[0].aliases.empty() ? " alone" : " B1");
  };
  EXPECT_EQ(one("m.f(x, True)"), "nothing");
  EXPECT_EQ(one("m.f(x, safe=True, size=1)"), "nothing");
  EXPECT_EQ(one("m.f(x, size=9)"), "high alone");
  EXPECT_EQ(one("n = 9\nm.f(x, size=n)"), "high alone");
  EXPECT_EQ(one("m.f(x, size=10)"), "nothing");
  EXPECT_EQ(one("m.f(x)"), "medium B1");
  EXPECT_EQ(one("m.f(x, **options)"), "nothing");
}

TEST(SyntaxRules, LookAtMethodsAttributesAssignmentsKeywordsAndImports) {
  EXPECT_EQ(examine("[[call]]\nname = [\"*.go\"]\n", "a.b().go(1)\ngo(2)\n").lines(), Lines{1});
  EXPECT_EQ(examine("[[call]]\nname = [\"eval\"]\n", "x.eval(1)\neval(2)\n").lines(), Lines{2});
  EXPECT_EQ(examine("[[attribute]]\nname = [\"ssl.OLD\"]\n", "import ssl\nf(ssl.OLD)\nssl.OLD()\n").lines(), Lines{2});
  constexpr std::string_view assign = "[[assign]]\nname = [\"check\"]\nwhere = [{ is = \"false\" }]\n";
  EXPECT_EQ(examine(assign, "c.check = False\nc.check = True\nd['check'] = False\ne = {'check': False}\ncheck: bool = False\n").lines(),
            (Lines{1, 3, 4, 5}));
  EXPECT_EQ(examine("[[keyword]]\nname = [\"check\"]\nwhere = [{ is = \"false\" }]\n", "f(check=False)\nf(check=1)\n").lines(),
            Lines{1});
  constexpr std::string_view import = "[[import]]\nname = [\"xml.sax\"]\n";
  EXPECT_EQ(examine(import, "import xml.sax.handler\nfrom xml import sax\nfrom xml.sax import parse\nimport xml\nfrom .xml import sax\n").lines(),
            (Lines{1, 2, 3}));
  EXPECT_EQ(examine(import, "import importlib\nimportlib.import_module('xml.sax')\n").lines(), Lines{2});
}

TEST(SyntaxRules, KindsOfNodesHoldAHitOfThePattern) {
  constexpr std::string_view entries =
      "not-in = [\"test\"]\n[[pattern]]\nexpression = '\\bassert '\n[[syntax]]\nname = [\"assert\"]\n";
  EXPECT_EQ(examine(entries, "assert x\ns = 'assert y'\n").lines(), Lines{1});
  EXPECT_EQ(examine(entries, "assert x\n", "tests/t.py", PathRole::test).lines(), Lines{});
}

TEST(SyntaxRules, AreRefusedWhenTheyNameWhatIsNot) {
  const auto fault = [](std::string_view entries) {
    auto rule = Rule::parse("g/rules/r.toml", std::string(head) + std::string(entries) + std::string(tail));
    if (!rule) return rule.error().message;
    std::vector<Rule> rules;
    rules.push_back(*std::move(rule));
    const auto made = SyntaxRules::make(std::move(rules), {});
    return made ? std::string("taken") : made.error().message;
  };
  EXPECT_TRUE(fault("check = \"c\"\n[[call]]\nname = [\"f\"]\n").contains("no check \"c\""));
  EXPECT_TRUE(fault("[[pattern]]\nexpression = 'x'\n[[syntax]]\nname = [\"nonsense\"]\n").contains("nonsense"));
  EXPECT_TRUE(fault("[[syntax]]\nname = [\"assert\"]\n").contains("no \"pattern\""));
  EXPECT_TRUE(fault("[[call]]\nname = [\"f\"]\nwhere = [{ is = \"odd\" }]\n").contains("odd"));
  EXPECT_TRUE(fault("[[call]]\nname = [\"f\"]\nwhere = [{ argument = \"a\" }]\n").contains("one thing"));
  EXPECT_TRUE(fault("[[call]]\nnames = [\"f\"]\n").contains("names"));
}

TEST(SyntaxRules, TextsFitPatterns) {
  EXPECT_TRUE(fits("*Loader", "yaml.SafeLoader"));
  EXPECT_TRUE(fits("a*b*c", "a--b--c"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_FALSE(fits("a*b", "a--c"));
  EXPECT_FALSE(fits("", "a"));
}

TEST(SyntaxRules, HostileSourcesAreBounded) {
  constexpr std::string_view entries = "[[call]]\nname = [\"eval\", \"*.extractall\"]\nwhere = [{ place = 0, is = \"computed\" }]\n";
  const auto begin = std::chrono::steady_clock::now();
  std::string nested = "eval(x)\n";
  for (int i = 0; i < 100'000; ++i) nested += "eval(";
  EXPECT_FALSE(examine(entries, nested).findings.empty());
  std::string chain = "eval(x";
  for (int i = 0; i < 50; ++i) chain += "+'a'";
  EXPECT_FALSE(examine(entries, chain + ")\n").findings.empty());
  for (int i = 0; i < 100'000; ++i) chain += "+'a'";
  EXPECT_LE(examine(entries, chain + ")\n").findings.size(), 1U);
  std::string names = "a0 = a1\n";
  for (int i = 1; i < 20'000; ++i) names += "a" + std::to_string(i) + " = a" + std::to_string(i + 1) + "\n";
  EXPECT_FALSE(examine(entries, names + "eval(a0)\n").findings.empty());
  EXPECT_TRUE(examine(entries, std::string("eval(\0\xff\xfe", 8)).findings.size() <= 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace assay
