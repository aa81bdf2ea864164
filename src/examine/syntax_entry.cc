#include "examine/syntax_entry.h"

#include <array>

#include "examine/rule_table.h"

namespace assay {

namespace {

using python::Constant;
using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;

constexpr std::array<std::pair<std::string_view, SyntaxEntry::Kind>, 6> kinds{{
    {"call", SyntaxEntry::Kind::call},
    {"import", SyntaxEntry::Kind::import},
    {"attribute", SyntaxEntry::Kind::attribute},
    {"assign", SyntaxEntry::Kind::assign},
    {"keyword", SyntaxEntry::Kind::keyword},
    {"syntax", SyntaxEntry::Kind::syntax},
}};

constexpr std::array<std::pair<std::string_view, ValueTest::Is>, 7> words{{
    {"given", ValueTest::Is::given},
    {"missing", ValueTest::Is::missing},
    {"true", ValueTest::Is::true_},
    {"false", ValueTest::Is::false_},
    {"none", ValueTest::Is::none},
    {"constant", ValueTest::Is::constant},
    {"computed", ValueTest::Is::computed},
}};

Result<ValueTest::Is> parse_is(std::string_view text) {
  for (const auto& [word, is] : words) {
    if (word == text) return is;
  }
  return fail(ErrorKind::invalid_input, fmt::format("\"{}\" is no condition", text));
}

Result<ValueTest> read_test(const RuleTable& table) {
  ASSAY_CHECK(table.allow({"argument", "place", "is", "text", "name", "integer", "below", "not"}));
  ValueTest test;
  const std::string no_keyword;
  ASSAY_TRY(test.keyword, table.text("argument", no_keyword));
  ASSAY_TRY(const auto place, table.integers("place"));
  if (!place.empty()) test.place = static_cast<int>(place.front());
  ASSAY_TRY(test.is, table.word("is", ValueTest::Is::matching, parse_is));
  ASSAY_TRY(test.texts, table.texts("text"));
  ASSAY_TRY(test.names, table.texts("name"));
  ASSAY_TRY(test.integers, table.integers("integer"));
  ASSAY_TRY(const auto below, table.integers("below"));
  if (!below.empty()) test.below = below.front();
  ASSAY_TRY(test.negated, table.flag("not"));
  const bool matches = !test.texts.empty() || !test.names.empty() || !test.integers.empty() || test.below;
  if (matches == (test.is != ValueTest::Is::matching)) return table.fault("a condition says one thing");
  return test;
}

Result<SyntaxEntry> read_entry(SyntaxEntry::Kind kind, const RuleTable& table) {
  ASSAY_CHECK(table.allow({"name", "where", "watch", "skip", "severity", "confidence", "message", "aliases", "cwe"}));
  SyntaxEntry entry;
  entry.kind = kind;
  ASSAY_TRY(entry.names, table.texts("name"));
  if (entry.names.empty()) return table.fault("no \"name\"");
  ASSAY_TRY(const auto tests, table.tables("where"));
  for (const RuleTable& test : tests) {
    ASSAY_TRY(auto read, read_test(test));
    entry.where.push_back(std::move(read));
  }
  ASSAY_TRY(entry.watch, table.text("watch", std::string()));
  ASSAY_TRY(entry.skip, table.flag("skip"));
  if (table.has("severity")) {
    ASSAY_TRY(entry.severity, table.word("severity", Severity::none, parse_severity));
  }
  if (table.has("confidence")) {
    ASSAY_TRY(entry.confidence, table.word("confidence", Confidence::low, parse_confidence));
  }
  ASSAY_TRY(entry.message, table.text("message", std::string()));
  if (table.has("aliases")) {
    ASSAY_TRY(entry.aliases, table.texts("aliases"));
  }
  ASSAY_TRY(entry.cwe, table.texts("cwe"));
  return entry;
}

bool is_constant(const Module& module, NodeId value, int depth = 0) {
  const auto& syntax = module.syntax();
  if (syntax.is(value, NodeKind::number) || module.constant_of(value) || module.integer_of(value)) return true;
  const bool collection = syntax.is(value, NodeKind::list) || syntax.is(value, NodeKind::tuple) ||
                          syntax.is(value, NodeKind::set);
  if (collection && depth < 4) {
    for (const NodeId part : syntax.children(value)) {
      if (!is_constant(module, part, depth + 1)) return false;
    }
    return true;
  }
  if (const NodeId source = module.value_of(value); source != no_node && depth < 4) {
    return is_constant(module, source, depth + 1);
  }
  return module.text_of(value).has_value();
}

// True and False, also as 1 and 0.
bool is_truth(const Module& module, NodeId value, bool wanted) {
  if (const auto constant = module.constant_of(value)) {
    return *constant == (wanted ? Constant::true_ : Constant::false_);
  }
  const auto integer = module.integer_of(value);
  return integer && (*integer != 0) == wanted;
}

bool is_named(const ValueTest& test, const Module& module, NodeId value) {
  if (test.names.empty()) return false;
  auto name = module.qualified(value);
  while (name.ends_with("()")) name.resize(name.size() - 2);
  return std::ranges::any_of(test.names, [&](const std::string& wanted) { return fits(wanted, name); });
}

bool matches(const ValueTest& test, const Module& module, NodeId value) {
  if (is_named(test, module, value)) return true;
  if (!test.integers.empty() || test.below) {
    const auto integer = module.integer_of(value);
    if (integer && test.below && *integer < *test.below) return true;
    if (integer && std::ranges::find(test.integers, *integer) != test.integers.end()) return true;
  }
  if (test.texts.empty()) return false;
  const auto text = module.text_of(value);
  return text && std::ranges::any_of(test.texts, [&](const std::string& wanted) { return fits(wanted, *text); });
}

bool holds_plainly(const ValueTest& test, const Module& module, NodeId value, bool open) {
  if (value == no_node) return test.is == ValueTest::Is::missing && !open;
  switch (test.is) {
    case ValueTest::Is::given: return true;
    case ValueTest::Is::missing: return false;
    case ValueTest::Is::true_: return is_truth(module, value, true);
    case ValueTest::Is::false_: return is_truth(module, value, false);
    case ValueTest::Is::none: return module.constant_of(value) == Constant::none;
    case ValueTest::Is::constant: return is_constant(module, value);
    case ValueTest::Is::computed: return !is_constant(module, value);
    case ValueTest::Is::matching: break;
  }
  return matches(test, module, value);
}

}  // namespace

bool ValueTest::holds(const Module& module, NodeId value, bool open) const {
  return holds_plainly(*this, module, value, open) != negated;
}

Result<std::vector<SyntaxEntry>> read_syntax_entries(const RuleTable& rule) {
  std::vector<SyntaxEntry> entries;
  for (const auto& [key, kind] : kinds) {
    ASSAY_TRY(const auto tables, rule.tables(key));
    for (const RuleTable& table : tables) {
      ASSAY_TRY(auto entry, read_entry(kind, table));
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

bool fits(std::string_view pattern, std::string_view text) {
  // Greedy with one place to come back to: linear in the product at worst.
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace assay
