#include "examine/kept_patterns.h"

#include <gtest/gtest.h>

#include "examine/shipped_patterns.h"
#include "io/files.h"

namespace assay {
namespace {

std::vector<std::size_t> counts_of(const PatternEngine& engine, std::string_view text, bool python) {
  const auto scratch = engine.make_scratch().value();
  std::vector<std::size_t> counts;
  const auto found = engine.scan(text, scratch, python).value();
  for (const auto& gate : found) counts.push_back(gate.hits.size());
  return counts;
}

constexpr std::string_view text = "import pickle\nhttp = 'http://a.example/'\nos.system(x)\npassword = 'x'\n";

TEST(KeptPatterns, OfAProgramAreThoseThatItsRulesCompileTo) {
  const auto gates = GateSet::create().value();
  const auto compiled = PatternEngine::compile(gates.gates).value();
  if (!shipped_patterns().empty()) {
    EXPECT_EQ(shipped_patterns().substr(0, 64), packed_patterns(gates, compiled).value().substr(0, 64));
  }
  const auto kept = kept_patterns(gates, "").value();
  for (const bool python : {true, false}) {
    EXPECT_EQ(counts_of(kept, text, python), counts_of(compiled, text, python));
  }
}

TEST(KeptPatterns, AreKeptInAFolderAndCompiledAgainWhereTheyAreDamaged) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "patterns-").value();
  const std::vector<std::string> one = {"weaknesses"};  // not what a program ships
  const auto gates = GateSet::create(one).value();
  const auto expected = counts_of(PatternEngine::compile(gates.gates).value(), text, true);
  ASSERT_GT(expected.front(), 0U);
  EXPECT_EQ(counts_of(kept_patterns(gates, folder.path()).value(), text, true), expected);
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) file = entry.path();
  const auto whole = read_file(file).value();
  for (const std::size_t place : {std::size_t{3}, std::size_t{70}, whole.size() / 2, whole.size() - 1}) {
    auto damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    ASSERT_TRUE(replace_file(file, damaged));
    EXPECT_EQ(counts_of(kept_patterns(gates, folder.path()).value(), text, true), expected);
    EXPECT_EQ(read_file(file).value(), whole);
  }
  ASSERT_TRUE(replace_file(file, whole.substr(0, 100)));
  EXPECT_EQ(counts_of(kept_patterns(gates, folder.path()).value(), text, true), expected);
}

TEST(PatternEngine, LooksForPatternsOfPythonInPythonOnly) {
  const std::vector<std::vector<Pattern>> owners = {{{.expression = "import", .python = true}, {.expression = "http:"}},
                                                    {{.expression = "system", .python = true}}};
  const auto engine = PatternEngine::compile(owners).value();
  EXPECT_EQ(counts_of(engine, text, true), (std::vector<std::size_t>{2, 1}));
  const auto scratch = engine.make_scratch().value();
  const auto found = engine.scan(text, scratch, false).value();
  ASSERT_EQ(found[0].hits.size(), 1U);
  EXPECT_EQ(found[0].hits[0].pattern, 1U);
  EXPECT_TRUE(found[1].hits.empty());
}

TEST(PatternEngine, OfPatternsForPythonOnlyFindsNothingElsewhere) {
  const auto engine = PatternEngine::compile({{{.expression = "import", .python = true}}}).value();
  EXPECT_EQ(counts_of(engine, text, false), std::vector<std::size_t>{0});
}

TEST(MayBePython, IsToldByNameOrFirstLine) {
  EXPECT_TRUE(may_be_python("a/b.py", ""));
  EXPECT_TRUE(may_be_python("a/b.pyw", ""));
  EXPECT_TRUE(may_be_python("a.pth", ""));
  EXPECT_TRUE(may_be_python("bin/tool", "#!/usr/bin/env python3\n"));
  EXPECT_FALSE(may_be_python("bin/tool", "#!/bin/sh\n# python\n"));
  EXPECT_FALSE(may_be_python("a/b.json", "python"));
}

}  // namespace
}  // namespace assay
