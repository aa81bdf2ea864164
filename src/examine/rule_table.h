#pragma once
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

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

  // An integer list, or one integer.
  Result<std::vector<std::int64_t>> integers(std::string_view key) const {
    std::vector<std::int64_t> values;
    if (!table_.contains(key)) return values;
    if (const auto one = table_[key].value_exact<std::int64_t>()) return std::vector{*one};
    const toml::array* array = table_[key].as_array();
    if (array == nullptr) return fault(table_, fmt::format("\"{}\" is no list of integers", key));
    for (const auto& node : *array) {
      const auto value = node.value_exact<std::int64_t>();
      if (!value) return fault(node, fmt::format("\"{}\" holds what is no integer", key));
      values.push_back(*value);
    }
    return values;
  }

  bool has(std::string_view key) const { return table_.contains(key); }

  Result<std::optional<RuleTable>> table(std::string_view key) const {
    if (!table_.contains(key)) return std::nullopt;
    const toml::table* table = table_[key].as_table();
    if (table == nullptr) return fault(table_, fmt::format("\"{}\" is no table", key));
    return RuleTable(path_, *table);
  }

  // A table of texts.
  Result<std::map<std::string, std::string, std::less<>>> names(std::string_view key) const {
    std::map<std::string, std::string, std::less<>> names;
    ASSAY_TRY(const auto inner, table(key));
    if (!inner) return names;
    for (const auto& [name, node] : inner->table_) {
      ASSAY_TRY(names[std::string(name.str())], inner->text(name.str()));
    }
    return names;
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

}  // namespace assay
