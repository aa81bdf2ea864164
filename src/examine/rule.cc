#include "examine/rule.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "examine/embedded_rules.h"
#include "examine/rule_table.h"

namespace assay {

namespace {

Result<std::vector<Rule::Example>> read_examples(const RuleTable& rule, std::string_view key,
                                                 Severity standard) {
  ASSAY_TRY(const auto tables, rule.tables(key));
  if (tables.empty()) return rule.fault(fmt::format("no \"{}\" example", key));
  std::vector<Rule::Example> examples;
  for (const auto& table : tables) {
    ASSAY_CHECK(table.allow({"path", "role", "text", "severity", "confidence"}));
    Rule::Example example;
    ASSAY_TRY(example.path, table.text("path"));
    ASSAY_TRY(example.text, table.text("text"));
    ASSAY_TRY(example.role, table.word("role", PathRole::shipped, parse_path_role));
    ASSAY_TRY(example.severity, table.word("severity", standard, parse_severity));
    ASSAY_TRY(const std::string confidence, table.text("confidence", std::string()));
    if (!confidence.empty()) {
      ASSAY_TRY(example.confidence, parse_confidence(confidence));
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

Result<std::optional<Rule::Fix>> read_fix(const RuleTable& rule) {
  ASSAY_TRY(const auto table, rule.table("fix"));
  if (!table) return std::nullopt;
  ASSAY_CHECK(table->allow({"least", "https", "keyword", "value", "callees", "drop", "drop-second", "suffix", "names"}));
  Rule::Fix fix;
  ASSAY_TRY(fix.least, table->word("least", Severity::none, parse_severity));
  ASSAY_TRY(fix.https, table->flag("https"));
  const std::string none;
  ASSAY_TRY(fix.keyword, table->text("keyword", none));
  ASSAY_TRY(fix.value, table->text("value", none));
  ASSAY_TRY(fix.callees, table->names("callees"));
  ASSAY_TRY(fix.drop, table->texts("drop"));
  ASSAY_TRY(fix.drop_second, table->flag("drop-second"));
  ASSAY_TRY(fix.suffix, table->text("suffix", none));
  ASSAY_TRY(fix.names, table->names("names"));
  const bool says = fix.https || !fix.keyword.empty() || !fix.callees.empty() || !fix.names.empty();
  if (!says || fix.keyword.empty() != fix.value.empty()) return table->fault("a [fix] that changes nothing");
  return fix;
}

// "${functions}" in an expression stands for the rule's list of that name, as alternatives: of each
// entry the name that it begins with.
Result<std::string> with_lists(const RuleTable& table, std::string expression, const Rule& rule) {
  for (;;) {
    const auto begin = expression.find("${");
    if (begin == std::string::npos) return expression;
    const auto end = expression.find('}', begin);
    const auto name = expression.substr(begin + 2, end - begin - 2);
    const auto& list = rule.list(name);
    if (list.empty()) return table.fault(fmt::format("no list \"{}\"", name));
    std::vector<std::string> words;
    for (const std::string& entry : list) {
      const auto word = entry.substr(0, entry.find_first_of(" (:"));
      words.push_back(replace_all(word, ".", "\\."));
    }
    expression.replace(begin, end - begin + 1, join(words, "|"));
  }
}

Result<std::vector<Pattern>> read_patterns(const RuleTable& rule, const Rule& with) {
  ASSAY_TRY(const auto tables, rule.tables("pattern"));
  std::vector<Pattern> patterns;
  for (const auto& table : tables) {
    ASSAY_CHECK(table.allow({"expression", "caseless"}));
    Pattern pattern;
    ASSAY_TRY(auto expression, table.text("expression"));
    ASSAY_TRY(pattern.expression, with_lists(table, std::move(expression), with));
    ASSAY_TRY(pattern.caseless, table.flag("caseless"));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

Result<toml::table> parse_document(std::string_view path, std::string_view text) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
}

// "weaknesses/rules/insecure-url.toml" -> "weaknesses/insecure-url"
Result<std::string> rule_id(std::string_view path) {
  const auto parts = split(path, '/');
  if (parts.size() != 3 || parts[1] != "rules" || !parts[2].ends_with(".toml")) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: not <gate>/rules/<rule>.toml", path));
  }
  return fmt::format("{}/{}", parts[0], parts[2].substr(0, parts[2].size() - 5));
}

}  // namespace

Result<Rule> Rule::parse(std::string_view path, std::string_view text) {
  Rule rule;
  rule.text = text;
  ASSAY_TRY(rule.about.id, rule_id(path));
  ASSAY_TRY(const auto document, parse_document(path, text));
  const RuleTable table(path, document);
  ASSAY_CHECK(table.allow(
      {"title", "why", "remedy", "check", "severity", "confidence", "cwe", "aliases", "pattern", "format",
       "fix", "lists", "call", "import", "attribute", "assign", "keyword", "syntax", "not-in", "must-match",
       "must-not-match"}));
  ASSAY_TRY(rule.about.title, table.text("title"));
  ASSAY_TRY(rule.about.why, table.text("why"));
  ASSAY_TRY(rule.about.remedy, table.text("remedy"));
  ASSAY_TRY(rule.about.aliases, table.texts("aliases"));
  ASSAY_TRY(rule.about.confidence, table.word("confidence", Confidence::high, parse_confidence));
  ASSAY_TRY(rule.syntax, read_syntax_entries(table));
  ASSAY_TRY(const auto roles, table.texts("not-in"));
  for (const std::string& role : roles) {
    ASSAY_TRY(const auto parsed, parse_path_role(role));
    rule.not_in.push_back(parsed);
  }
  const std::string no_check;
  ASSAY_TRY(rule.check, rule.syntax.empty() ? table.text("check") : table.text("check", no_check));
  ASSAY_TRY(rule.about.severity, table.word("severity", Severity::medium, parse_severity));
  ASSAY_TRY(rule.about.cwe, table.texts("cwe"));
  ASSAY_TRY(rule.fix, read_fix(table));
  ASSAY_TRY(rule.lists, table.lists("lists"));
  ASSAY_TRY(rule.patterns, read_patterns(table, rule));
  ASSAY_TRY(const auto formats, table.tables("format"));
  if (rule.patterns.empty() && formats.empty() &&
      !std::ranges::any_of(rule.syntax, &SyntaxEntry::finds_itself)) {
    return table.fault("no \"pattern\"");
  }
  ASSAY_TRY(rule.must_match, read_examples(table, "must-match", rule.about.severity));
  ASSAY_TRY(rule.must_not_match, read_examples(table, "must-not-match", Severity::none));
  return rule;
}

const std::vector<std::string>& Rule::list(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = lists.find(name);
  return found == lists.end() ? none : found->second;
}

Result<std::vector<Rule>> rules_of_gate(std::string_view gate) {
  std::vector<Rule> rules;
  for (const auto& [path, text] : embedded_rules()) {
    if (split(path, '/').front() != gate) continue;
    ASSAY_TRY(auto rule, Rule::parse(path, text));
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::string ruleset_digest(std::string_view gate, std::string_view code_version) {
  Sha256 hash;
  hash.update(code_version);
  for (const auto& [path, text] : embedded_rules()) {
    if (split(path, '/').front() != gate) continue;
    // Lengths keep the parts apart.
    hash.update(fmt::format("\n{} {}\n", path, text.size()));
    hash.update(text);
  }
  return hash.finish().hex();
}

}  // namespace assay
