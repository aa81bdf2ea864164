#include "examine/gates/secrets/token_format.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "examine/gates/secrets/known_values.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

std::unexpected<Error> fault(const Rule& rule, std::string_view format, std::string_view what) {
  return fail(ErrorKind::invalid_input,
              fmt::format("{}, format \"{}\": {}", rule.about.id, format, what));
}

Result<std::vector<std::string>> read_words(const Rule& rule, const std::string& id,
                                            const toml::table& table) {
  std::vector<std::string> words;
  const toml::array* array = table["named"].as_array();
  if (array == nullptr || array->empty()) return fault(rule, id, "\"named\" is no list of words");
  for (const auto& node : *array) {
    const auto word = node.value_exact<std::string>();
    if (!word || word->empty()) return fault(rule, id, "\"named\" holds what is no word");
    words.push_back(*word);
  }
  return words;
}

Result<TokenFormat> read_format(const Rule& rule, const toml::table& table) {
  TokenFormat format;
  format.id = table["id"].value_or(std::string());
  format.what = table["what"].value_or(std::string());
  if (format.id.empty() || format.what.empty()) return fault(rule, format.id, "no id or no what");
  for (const auto& [key, node] : table) {
    const auto known = {"id", "what", "shape", "named", "checksum", "severity"};
    if (std::ranges::find(known, key.str()) == known.end()) {
      return fault(rule, format.id, fmt::format("unknown key \"{}\"", key.str()));
    }
  }
  ASSAY_TRY(format.shape, TokenShape::parse(table["shape"].value_or(std::string())));
  if (table.contains("named")) {
    ASSAY_TRY(format.named, read_words(rule, format.id, table));
  }
  if (format.by_name()) format.severity = Severity::medium;
  if (table.contains("checksum")) {
    ASSAY_TRY(format.checksum, parse_token_checksum(table["checksum"].value_or(std::string())));
  }
  if (table.contains("severity")) {
    ASSAY_TRY(format.severity, parse_severity(table["severity"].value_or(std::string())));
  }
  return format;
}

// Far below what chance has: a word, a pattern, a made-up example.
bool is_regular(std::string_view random) {
  const bool hex = std::ranges::all_of(random, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  });
  const double symbols = std::min(static_cast<double>(random.size()), hex ? 16.0 : 64.0);
  return random.size() >= 8 && entropy(random) < 0.5 * std::log2(symbols);
}

}  // namespace

Result<std::vector<TokenFormat>> token_formats(const Rule& rule) {
  std::vector<TokenFormat> formats;
  try {
    const toml::table document = toml::parse(rule.text);
    const toml::array* tables = document["format"].as_array();
    if (tables == nullptr) return formats;
    for (const auto& node : *tables) {
      if (!node.is_table()) return fault(rule, "", "no table");
      ASSAY_TRY(auto format, context(read_format(rule, *node.as_table()), rule.about.id));
      formats.push_back(std::move(format));
    }
  } catch (const toml::parse_error& error) {
    return fault(rule, "", error.description());
  }
  return formats;
}

TokenJudgement judge_token(const TokenFormat& format, std::string_view token) {
  const auto none = [&](std::string_view why) {
    return TokenJudgement{Severity::none, Confidence::high,
                          fmt::format("it looks like a {}, but {}", format.what, why)};
  };
  const std::string_view random = token.substr(std::min(format.shape.prefix().size(), token.size()));
  if (const auto known = known_value(token); !known.empty()) return none(known);
  constexpr std::size_t shortest = 8;  // shorter parts say nothing
  if (random.size() >= shortest) {
    if (const auto why = masked_reason(random); !why.empty()) return none(why);
  }
  const auto checked = verify_checksum(format.checksum, token);
  if (checked == ChecksumResult::wrong) return none("its own checksum is wrong");
  if (checked == ChecksumResult::right) {
    return {format.severity, Confidence::high,
            fmt::format("a {}, whose checksum is right", format.what)};
  }
  if (is_regular(random)) return none("it is too regular to be one");
  return {format.severity, Confidence::medium, fmt::format("a {}, by its form", format.what)};
}

}  // namespace assay
