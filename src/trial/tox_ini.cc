#include "trial/tox_ini.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace assay {

namespace {

constexpr int deepest_reference = 8;
constexpr std::size_t longest_value = 64 << 10;

using Factors = std::set<std::string, std::less<>>;

// Splits at `separator` where no brace is open: "py{38,39},docs" at "," is two parts.
std::vector<std::string_view> split_outside_braces(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}') --depth;
    if (text[i] == separator && depth == 0) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trim(text.substr(begin)));
  return parts;
}

// "py{310,311}" holds if one of its expansions is a factor. One pair of braces is what is in use.
bool factor_holds(std::string_view factor, const Factors& factors) {
  const auto open = factor.find('{');
  const auto close = factor.find('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return factors.contains(factor);
  }
  const auto inner = factor.substr(open + 1, close - open - 1);
  return std::ranges::any_of(split(inner, ','), [&](std::string_view choice) {
    const auto whole = std::string(factor.substr(0, open)) + std::string(trim(choice)) +
                       std::string(factor.substr(close + 1));
    return factors.contains(whole);
  });
}

// "py311-!docs,py312": any of the alternatives, all of each one's factors.
bool condition_holds(std::string_view condition, const Factors& factors) {
  return std::ranges::any_of(split_outside_braces(condition, ','), [&](std::string_view all) {
    return std::ranges::all_of(split_outside_braces(all, '-'), [&](std::string_view factor) {
      const bool negated = factor.starts_with('!');
      return factor_holds(negated ? factor.substr(1) : factor, factors) != negated;
    });
  });
}

// The condition before ": " of a line, "" if there is none. A requirement has no such part.
std::string_view condition_of(std::string_view line) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,-!{} ";
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon + 1 == line.size()) return {};
  if (line[colon + 1] != ' ' && line[colon + 1] != '\t') return {};
  const auto condition = line.substr(0, colon);
  return condition.find_first_not_of(letters) == std::string_view::npos ? condition
                                                                        : std::string_view();
}

// "{[base]deps}" is the value of another section.
std::string replace_references(const IniFile& file, std::string text, int depth) {
  for (std::size_t at = 0; depth < deepest_reference && text.size() < longest_value;) {
    const auto open = text.find("{[", at);
    if (open == std::string::npos) break;
    const auto middle = text.find(']', open);
    const auto close = text.find('}', open);
    if (middle == std::string::npos || close == std::string::npos || close < middle) break;
    const auto section = std::string_view(text).substr(open + 2, middle - open - 2);
    const auto key = std::string_view(text).substr(middle + 1, close - middle - 1);
    const auto value = file.value(section, key);
    if (!value) {
      at = close;
      continue;
    }
    const auto whole = replace_references(file, *value, depth + 1);
    text.replace(open, close - open + 1, whole);
    at = open + whole.size();
  }
  return text;
}

// {toxinidir} is the folder of the file, the root of the tree.
std::string in_tree(std::string line) {
  for (const std::string_view root : {"{toxinidir}/", "{tox_root}/"}) {
    line = replace_all(std::move(line), root, "");
  }
  return line;
}

class EnvironmentReader {
 public:
  EnvironmentReader(const IniFile& file, Factors factors)
      : file_(file), factors_(std::move(factors)) {}

  ToxEnvironment read(const std::string& section) const {
    return {.deps = lines_of(section, "deps"),
            .dependency_groups = words_of(section, "dependency_groups"),
            .extras = words_of(section, "extras")};
  }

 private:
  std::vector<std::string> lines_of(const std::string& section, std::string_view key) const {
    std::vector<std::string> result;
    const auto value = file_.value(section, key);
    if (!value) return result;
    const auto whole = replace_references(file_, *value, 0);
    for (std::string_view line : lines(whole)) {
      if (const auto condition = condition_of(line); !condition.empty()) {
        if (!condition_holds(condition, factors_)) continue;
        line = trim(line.substr(condition.size() + 1));
      }
      if (!trim(line).empty()) result.push_back(in_tree(std::string(trim(line))));
    }
    return result;
  }

  std::vector<std::string> words_of(const std::string& section, std::string_view key) const {
    std::vector<std::string> words;
    for (const auto& line : lines_of(section, key)) {
      for (const auto word : split(line, ',')) {
        if (!trim(word).empty()) words.emplace_back(trim(word));
      }
    }
    return words;
  }

  const IniFile& file_;
  Factors factors_;
};

}  // namespace

ToxEnvironment read_tox_ini(const IniFile& file, const std::string& python) {
  const std::string compact_version = replace_all(python, ".", "");
  const std::string own = "py" + compact_version;
  const EnvironmentReader reader(file, {own, "py" + python, python, "py3", "py"});
  auto found = reader.read("testenv");
  for (const std::string& name : {own, std::string("py3"), std::string("py"), std::string("tests"),
                                  std::string("test"), std::string("unit")}) {
    if (!found.empty()) break;
    found = reader.read("testenv:" + name);
  }
  return found;
}

}  // namespace assay
