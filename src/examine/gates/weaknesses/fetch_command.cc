#include "examine/gates/weaknesses/fetch_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/text.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t command_window = 2 << 10;
constexpr std::size_t check_window = 1 << 10;

enum class Place { none, build, script, elsewhere };

// "Makefile*" begins so, "*.mk" ends so, ".github/" is a part of the path.
bool fits(std::string_view path, std::string_view name, std::string_view pattern) {
  if (pattern.ends_with('/')) return path.starts_with(pattern) || path.contains(fmt::format("/{}", pattern));
  if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return name == pattern;
}

Place place_of(const Rule& rule, std::string_view path) {
  const std::string lowered = lower(path);
  const std::string_view name = std::string_view(lowered).substr(lowered.rfind('/') + 1);
  const auto among = [&](std::string_view list) {
    return std::ranges::any_of(rule.list(list),
                               [&](std::string_view pattern) { return fits(lowered, name, pattern); });
  };
  if (among("other-files")) return Place::elsewhere;
  if (among("build-files")) return Place::build;
  return among("script-files") ? Place::script : Place::none;
}

// The command from its name to the end of its line, with lines that go on.
std::string_view command_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  const std::size_t most = std::min(text.size(), begin + command_window);
  while (end < most && !(text[end] == '\n' && text[end - 1] != '\\')) ++end;
  return text.substr(begin, end - begin);
}

// What stands on the line before it.
std::string_view before_on_line(std::string_view text, std::size_t begin) {
  const std::size_t least = begin < 500 ? 0 : begin - 500;
  const auto before = text.substr(least, begin - least);
  return before.substr(before.rfind('\n') == npos ? 0 : before.rfind('\n') + 1);
}

bool contains_any(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) { return text.contains(word); });
}

// curl … | sh, bash <(curl …), sh -c "$(curl …)"
bool feeds_a_shell(const Rule& rule, std::string_view before, std::string_view command) {
  for (auto pipe = command.find('|'); pipe != npos; pipe = command.find('|', pipe + 1)) {
    auto next = trim(command.substr(pipe + 1));
    while (next.starts_with("sudo") || next.starts_with("-E") || next.starts_with("env ")) {
      next = trim(next.substr(std::min(next.size(), next.find(' '))));
    }
    const auto word = next.substr(0, next.find_first_of(" \t\n;)\"'&|\\"));
    const auto& shells = rule.list("shells");
    if (std::ranges::find(shells, word.substr(word.rfind('/') + 1)) != shells.end()) return true;
  }
  const std::string packed = one_spaced(before);
  return std::ranges::any_of(rule.list("shells"), [&](const std::string& shell) {
    return packed.ends_with(shell + " <(") || packed.ends_with(shell + " -c \"$(");
  });
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

// Where the command begins whose name, or name and subcommand ("git clone"), ends at `end`.
std::size_t command_begin(const Rule& rule, std::string_view text, std::size_t end) {
  const auto word_begin = [&](std::size_t at) {
    while (at > 0 && is_word(text[at - 1])) --at;
    return at;
  };
  const std::size_t begin = word_begin(end);
  const auto& known = rule.list("subcommands");
  if (std::ranges::find(known, lower(text.substr(begin, end - begin))) == known.end()) return begin;
  std::size_t space = begin;
  while (space > 0 && (text[space - 1] == ' ' || text[space - 1] == '\t')) --space;
  return word_begin(space);
}

struct Judgement {
  Severity severity;
  Confidence confidence;
  std::string_view words;
};

std::optional<Judgement> judge(const Rule& rule, Place place, std::string_view before,
                               std::string_view command, std::string_view after) {
  const bool builds = place == Place::build;
  const bool elsewhere = place == Place::elsewhere;
  if (feeds_a_shell(rule, before, command)) {
    if (elsewhere) return Judgement{Severity::low, Confidence::high, "has a shell run what it fetches"};
    return Judgement{builds ? Severity::high : Severity::medium, Confidence::high,
                     "has a shell run what it fetches"};
  }
  if (contains_any(command, rule.list("unverified"))) {
    return Judgement{elsewhere ? Severity::low : Severity::medium, Confidence::high,
                     "does not look who it is that it fetches from"};
  }
  const bool manages = contains_any(command.substr(0, 40), rule.list("package-managers"));
  if (manages) {
    if (elsewhere) return std::nullopt;
    return Judgement{Severity::low, Confidence::medium, "installs what an index has by then"};
  }
  if (!command.contains("://") && !command.contains('$') && !command.contains("@")) return std::nullopt;
  if (elsewhere) return Judgement{Severity::low, Confidence::medium, "fetches"};
  if (contains_any(after, rule.list("checks"))) {
    return Judgement{Severity::low, Confidence::medium, "fetches what seems to be checked then"};
  }
  return Judgement{builds ? Severity::medium : Severity::low, Confidence::medium, "fetches without a hash"};
}

// A line that only speaks of the command, or looks whether it is there.
bool speaks_of(const Rule& rule, std::string_view before) {
  const auto words = trim(before);
  return std::ranges::any_of(rule.list("speaking"), [&](const std::string& word) {
    return words.starts_with(word) || words.contains(" " + word + " ");
  });
}

}  // namespace

void check_fetch_command(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  const Place place = place_of(rule, file.path);
  if (place == Place::none) return;
  for (const Hit& hit : hits) {
    if (file.pieces().at(hit.end - 1).kind == SourcePiece::Kind::comment) continue;
    const std::size_t begin = command_begin(rule, file.bytes, hit.end - 1);
    const auto before = before_on_line(file.bytes, begin);
    if (before.ends_with('/') && !before.ends_with("bin/")) continue;  // a folder of that name
    if (speaks_of(rule, before)) continue;
    const auto command = command_at(file.bytes, begin);
    const auto after = file.bytes.substr(begin, command.size() + check_window);
    const auto judgement = judge(rule, place, before, command, after);
    if (!judgement) continue;
    const std::string what = one_spaced(file.bytes.substr(begin, hit.end - begin));
    auto finding = finding_at(rule.about, file, begin, begin + command.size(),
                              fmt::format("{} {}", printable(what), judgement->words));
    finding.severity = judgement->severity;
    finding.confidence = judgement->confidence;
    findings.push_back(std::move(finding));
  }
}

}  // namespace assay
