#include "examine/gates/weaknesses/build_download.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t argument_window = 8 << 10;
constexpr std::size_t resolved_limit = 500;  // of a file; variables of more are taken as unknown

struct Judgement {
  Severity severity;
  Confidence confidence;
  std::string_view words;  // after what fetches it
};

constexpr Judgement loose(Confidence confidence, std::string_view words) {
  return {Severity::medium, confidence, words};
}
constexpr Judgement fixed(std::string_view words) { return {Severity::low, Confidence::high, words}; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The arguments of a CMake command from its parenthesis on (cmake-language(7)), as far as 8 KiB;
// nested parentheses belong to them. `end` is set past the closing one.
std::vector<std::string> cmake_arguments(std::string_view text, std::size_t open, std::size_t& end) {
  text = text.substr(0, std::min(text.size(), open + argument_window));
  std::vector<std::string> arguments;
  int depth = 0;
  std::size_t i = open;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == '(') {
      ++depth, ++i;
    } else if (c == ')') {
      ++i;
      if (depth-- == 0) break;
    } else if (is_space(c)) {
      ++i;
    } else {
      std::string word;
      const bool quoted = c == '"';
      if (quoted) ++i;
      while (i < text.size() && (quoted ? text[i] != '"' : !is_space(text[i]) && text[i] != ')')) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        word += text[i++];
      }
      if (quoted) ++i;
      arguments.push_back(std::move(word));
    }
  }
  end = std::min(i, text.size());
  return arguments;
}

// What follows a keyword; nothing if it is not there.
std::optional<std::string> following(const std::vector<std::string>& arguments, std::string_view keyword) {
  const auto found = std::ranges::find(arguments, keyword);
  if (found == arguments.end() || std::next(found) == arguments.end()) return std::nullopt;
  return *std::next(found);
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdefABCDEF") == npos;
}

// "${NAME}" as set(NAME value …) in the same file gives it; itself where nothing does.
std::string resolved(std::string_view file, std::string value) {
  if (!value.starts_with("${") || value.find('}') + 1 != value.size()) return value;
  const std::string name = value.substr(2, value.size() - 3);
  file = file.substr(0, 64 << 10);
  for (auto at = file.find("et("); at != npos; at = file.find("et(", at + 3)) {
    if (at == 0 || (file[at - 1] != 's' && file[at - 1] != 'S')) continue;
    const auto name_at = file.find_first_not_of(" \t\n", at + 3);
    if (name_at == npos || !file.substr(name_at).starts_with(name)) continue;
    const auto after = name_at + name.size();
    if (after >= file.size() || !is_space(file[after])) continue;
    std::size_t end = 0;
    const auto arguments = cmake_arguments(file, after, end);
    if (!arguments.empty()) return arguments[0];
  }
  return value;
}

Judgement judge_revision(std::string_view file, const std::optional<std::string>& tag) {
  if (!tag) return loose(Confidence::high, "fetches whatever a repository's branch holds by then");
  const std::string revision = resolved(file, *tag);
  if (is_commit(revision)) return fixed("fetches a commit by its hash");
  if (revision.contains("${")) {
    const std::string name = lower(revision);
    const bool hash = name.contains("hash") || name.contains("sha") || name.contains("commit");
    return hash ? fixed("fetches what is called a commit")
                : loose(Confidence::low, "fetches a revision that is set elsewhere");
  }
  constexpr std::array<std::string_view, 7> branches{"master", "main", "develop", "trunk",
                                                     "head", "HEAD", "origin/master"};
  if (std::ranges::find(branches, revision) != branches.end()) {
    return loose(Confidence::high, "fetches whatever a repository's branch holds by then");
  }
  return loose(Confidence::medium, "fetches by a name that a repository may give to another commit");
}

std::optional<Judgement> judge_fetch(std::string_view file, const std::vector<std::string>& arguments) {
  if (following(arguments, "GIT_REPOSITORY")) return judge_revision(file, following(arguments, "GIT_TAG"));
  if (following(arguments, "SVN_REPOSITORY") || following(arguments, "HG_REPOSITORY") ||
      following(arguments, "CVS_REPOSITORY")) {
    return loose(Confidence::medium, "fetches what a repository holds by then");
  }
  auto url = following(arguments, "URL");
  if (!url) return std::nullopt;
  if (const auto hash = following(arguments, "URL_HASH")) {
    return hash->starts_with("MD5=") ? loose(Confidence::low, "fetches what only an MD5 fixes")
                                     : fixed("fetches by a hash");
  }
  if (following(arguments, "URL_MD5")) return loose(Confidence::low, "fetches what only an MD5 fixes");
  *url = resolved(file, *url);
  if (url->contains("://")) return loose(Confidence::high, "fetches without a hash");
  return url->starts_with("${") && !url->contains("_DIR}")
             ? std::optional(loose(Confidence::low, "may fetch without a hash"))
             : std::nullopt;  // a path
}

Judgement judge_file_download(const std::vector<std::string>& arguments) {
  const auto hash = following(arguments, "EXPECTED_HASH");
  const bool md5 = following(arguments, "EXPECTED_MD5") || (hash && hash->starts_with("MD5="));
  if (md5) return loose(Confidence::low, "fetches what only an MD5 fixes");
  return hash ? fixed("fetches by a hash") : loose(Confidence::high, "fetches without a hash");
}

Finding told(const Rule& rule, const ExaminedFile& file, std::size_t begin, std::size_t end,
             std::string_view what, const Judgement& judgement) {
  auto finding = finding_at(rule.about, file, begin, end, fmt::format("{} {}", what, judgement.words));
  finding.severity = judgement.severity;
  finding.confidence = judgement.confidence;
  return finding;
}

// key = value lines of the section that begins at `at`; Meson's wraps have no continued lines.
std::map<std::string, std::string> wrap_keys(std::string_view text) {
  std::map<std::string, std::string> keys;
  for (const auto line : lines(text.substr(0, 64 << 10))) {
    const auto equal = line.find('=');
    if (equal == npos || trim(line).starts_with('#')) continue;
    keys.emplace(trim(line.substr(0, equal)), trim(line.substr(equal + 1)));
  }
  return keys;
}

std::optional<Judgement> judge_wrap(std::string_view kind,
                                    const std::map<std::string, std::string>& keys) {
  if (kind != "wrap-file") {
    const auto revision = keys.find("revision");
    if (!keys.contains("url")) return std::nullopt;
    return judge_revision("", revision == keys.end() ? std::nullopt : std::optional(revision->second));
  }
  for (const std::string part : {"source", "patch"}) {
    if (!keys.contains(part + "_url") || keys.contains(part + "_hash")) continue;
    return loose(Confidence::high, "fetches without a hash");
  }
  if (!keys.contains("source_url")) return std::nullopt;
  return fixed("fetches by a hash");
}

// Calls `visit` with the condition of each `if()` around a place, in small letters, and whether the place
// is in its first branch; until it returns true. Told by the lines of the 16 KiB before.
template <class Visit>
bool any_condition(std::string_view file, std::size_t begin, Visit visit) {
  constexpr std::size_t window = 16 << 10;
  int closed = 0;
  bool first_branch = true;
  const auto before = file.substr(begin < window ? 0 : begin - window, std::min(begin, window));
  for (auto end = before.size(); end > 0;) {
    const auto newline = before.rfind('\n', end - 1);
    const auto line = lower(trim(before.substr(newline == npos ? 0 : newline + 1, end - (newline == npos ? 0 : newline + 1))));
    if (line.starts_with("endif")) ++closed;
    if (closed == 0 && line.starts_with("else")) first_branch = false;
    if (line.starts_with("if(") || line.starts_with("if (")) {
      if (closed == 0 && visit(line, first_branch)) return true;
      if (closed == 0) first_branch = true;
      closed = std::max(0, closed - 1);
    }
    end = newline == npos ? 0 : newline;
  }
  return false;
}

// Is it for testing what is built: by the `if()` that it stands under, or by its name? A package's build
// leaves such out.
bool is_for_tests(std::string_view file, std::size_t begin, const std::vector<std::string>& arguments) {
  const auto speaks_of_tests = [](std::string_view text) {
    const std::string words = lower(text);
    for (const std::string_view word : {"test", "bench", "catch2", "doctest", "example", "coverage"}) {
      if (words.contains(word)) return true;
    }
    return false;
  };
  if (!arguments.empty() && speaks_of_tests(arguments[0])) return true;
  return any_condition(file, begin, [&](std::string_view line, bool) { return speaks_of_tests(line); });
}

// The options that the file declares and leaves off, in small letters: option(NAME "what it does" OFF).
std::vector<std::string> options_that_are_off(std::string_view file) {
  std::vector<std::string> off;
  file = file.substr(0, 256 << 10);
  for (auto at = file.find("option("); at != npos; at = file.find("option(", at + 1)) {
    std::size_t end = 0;
    const auto arguments = cmake_arguments(file, at + 7, end);
    if (arguments.size() < 2) continue;
    const auto value = arguments.size() > 2 ? lower(arguments[2]) : "off";
    if (value == "off" || value == "no" || value == "false" || value == "0") off.push_back(lower(arguments[0]));
  }
  return off;
}

// Does it stand under an `if()` of such an option, alone or joined by AND?
bool is_off_by_default(std::string_view file, std::size_t begin) {
  const auto off = options_that_are_off(file);
  return !off.empty() && any_condition(file, begin, [&](std::string_view line, bool first_branch) {
    const auto open = line.find('(');
    const auto condition = one_spaced(line.substr(open + 1, line.rfind(')') - open - 1));
    const auto words = split(condition, ' ');
    const bool plain = std::ranges::none_of(words, [](std::string_view word) { return word == "or" || word == "not"; });
    return first_branch && plain && std::ranges::any_of(off, [&](const std::string& option) {
      return std::ranges::find(words, option) != words.end();
    });
  });
}

}  // namespace

void check_cmake_download(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings) {
  if (!file.path.ends_with("CMakeLists.txt") && !file.path.contains(".cmake")) return;
  std::size_t judged = 0;
  for (const Hit& hit : hits) {
    if (file.pieces().at(hit.end - 1).kind == SourcePiece::Kind::comment) continue;
    const auto open = file.bytes.substr(0, hit.end).rfind('(');
    if (open == npos) continue;
    std::size_t begin = open;
    while (begin > 0 && is_space(file.bytes[begin - 1])) --begin;
    const auto name_end = begin;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(file.bytes[begin - 1])) != 0 ||
                         file.bytes[begin - 1] == '_')) {
      --begin;
    }
    const auto name = file.bytes.substr(begin, name_end - begin);
    std::size_t end = 0;
    const auto arguments = cmake_arguments(file.bytes, open + 1, end);
    const bool is_file = lower(name) == "file";
    auto judgement = is_file ? std::optional(judge_file_download(arguments))
                                   : judge_fetch(++judged <= resolved_limit ? file.bytes : "", arguments);
    if (!judgement) continue;
    const bool is_loose = judgement->severity > Severity::low;
    if (is_loose && judged <= resolved_limit && is_for_tests(file.bytes, begin, arguments)) {
      judgement->confidence = Confidence::low;
      judgement->words = "fetches for tests what nothing fixes";
    } else if (is_loose && judged <= resolved_limit && is_off_by_default(file.bytes, begin)) {
      judgement->confidence = Confidence::low;
      judgement->words = "fetches what nothing fixes if an option is set that is off by default";
    }
    const std::string what = is_file ? "file(DOWNLOAD)" : fmt::format("{}()", name);
    findings.push_back(told(rule, file, begin, end, what, *judgement));
  }
}

void check_wrap_download(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  if (!file.path.ends_with(".wrap") || hits.empty()) return;
  const std::size_t end = hits.front().end;
  const auto begin = file.bytes.substr(0, end).rfind('[');
  if (begin == npos) return;
  const auto kind = file.bytes.substr(begin + 1, end - begin - 2);
  const auto judgement = judge_wrap(kind, wrap_keys(file.bytes.substr(end)));
  if (judgement) findings.push_back(told(rule, file, begin, end, kind, *judgement));
}

}  // namespace assay
