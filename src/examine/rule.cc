#include "examine/rule.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "examine/embedded_rules.h"

namespace assay {

namespace {

// Reads one table of a rule file; errors name the file and the line.
class RuleTable {
 public:
  RuleTable(std::string_view path, const toml::table& table) : path_(path), table_(table) {}

  Result<> allow(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(keys, key.str()) == keys.end()) {
        return fault(node, fmt::format("unknown key \"{}\"", key.str()));
      }
    }
    return {};
  }

  Result<std::string> text(std::string_view key) const {
    const auto value = table_[key].value_exact<std::string>();
    if (!value || value->empty()) return fault(table_, fmt::format("\"{}\" is no text", key));
    return *value;
  }

  Result<std::string> text(std::string_view key, std::string fallback) const {
    return table_.contains(key) ? text(key) : Result<std::string>(std::move(fallback));
  }

  template <class Enum>
  Result<Enum> word(std::string_view key, Enum fallback,
                    Result<Enum> (*parse)(std::string_view)) const {
    if (!table_.contains(key)) return fallback;
    ASSAY_TRY(const auto written, text(key));
    const auto value = parse(written);
    if (!value) return fault(table_, value.error().message);
    return *value;
  }

  Result<std::vector<std::string>> texts(std::string_view key) const {
    std::vector<std::string> values;
    if (!table_.contains(key)) return values;
    const toml::array* array = table_[key].as_array();
    if (array == nullptr) return fault(table_, fmt::format("\"{}\" is no list", key));
    for (const auto& node : *array) {
      const auto value = node.value_exact<std::string>();
      if (!value) return fault(node, fmt::format("\"{}\" holds what is no text", key));
      values.push_back(*value);
    }
    return values;
  }

  Result<std::vector<RuleTable>> tables(std::string_view key) const {
    std::vector<RuleTable> tables;
    if (!table_.contains(key)) return tables;
    const toml::array* array = table_[key].as_array();
    if (array == nullptr) return fault(table_, fmt::format("\"{}\" is no list of tables", key));
    for (const auto& node : *array) {
      if (!node.is_table()) return fault(node, fmt::format("\"{}\" holds no table", key));
      tables.emplace_back(path_, *node.as_table());
    }
    return tables;
  }

  Result<std::map<std::string, std::vector<std::string>, std::less<>>> lists(
      std::string_view key) const {
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
    if (!table_.contains(key)) return lists;
    const toml::table* table = table_[key].as_table();
    if (table == nullptr) return fault(table_, fmt::format("\"{}\" is no table", key));
    const RuleTable inner(path_, *table);
    for (const auto& [name, node] : *table) {
      ASSAY_TRY(lists[std::string(name.str())], inner.texts(name.str()));
    }
    return lists;
  }

  Result<bool> flag(std::string_view key) const {
    if (!table_.contains(key)) return false;
    const auto value = table_[key].value_exact<bool>();
    if (!value) return fault(table_, fmt::format("\"{}\" is neither true nor false", key));
    return *value;
  }

  std::unexpected<Error> fault(const toml::node& node, std::string_view what) const {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}:{}: {}", path_, node.source().begin.line, what));
  }
  std::unexpected<Error> fault(std::string_view what) const { return fault(table_, what); }

 private:
  std::string_view path_;
  const toml::table& table_;
};

Result<std::vector<Rule::Example>> read_examples(const RuleTable& rule, std::string_view key,
                                                 Severity standard) {
  ASSAY_TRY(const auto tables, rule.tables(key));
  if (tables.empty()) return rule.fault(fmt::format("no \"{}\" example", key));
  std::vector<Rule::Example> examples;
  for (const auto& table : tables) {
    ASSAY_CHECK(table.allow({"path", "role", "text", "severity"}));
    Rule::Example example;
    ASSAY_TRY(example.path, table.text("path"));
    ASSAY_TRY(example.text, table.text("text"));
    ASSAY_TRY(example.role, table.word("role", PathRole::shipped, parse_path_role));
    ASSAY_TRY(example.severity, table.word("severity", standard, parse_severity));
    examples.push_back(std::move(example));
  }
  return examples;
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
  if (tables.empty()) return rule.fault("no \"pattern\"");
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
  ASSAY_TRY(rule.about.id, rule_id(path));
  ASSAY_TRY(const auto document, parse_document(path, text));
  const RuleTable table(path, document);
  ASSAY_CHECK(table.allow(
      {"title", "why", "remedy", "check", "severity", "confidence", "cwe", "aliases", "pattern", "lists",
       "must-match", "must-not-match"}));
  ASSAY_TRY(rule.about.title, table.text("title"));
  ASSAY_TRY(rule.about.why, table.text("why"));
  ASSAY_TRY(rule.about.remedy, table.text("remedy"));
  ASSAY_TRY(rule.about.aliases, table.texts("aliases"));
  ASSAY_TRY(rule.about.confidence, table.word("confidence", Confidence::high, parse_confidence));
  ASSAY_TRY(rule.check, table.text("check"));
  ASSAY_TRY(rule.about.severity, table.word("severity", Severity::medium, parse_severity));
  ASSAY_TRY(rule.about.cwe, table.texts("cwe"));
  ASSAY_TRY(rule.lists, table.lists("lists"));
  ASSAY_TRY(rule.patterns, read_patterns(table, rule));
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
