#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "examine/gates/behaviour/subject.h"
#include "examine/gates/behaviour/telling_texts.h"
#include "examine/source_text.h"
#include "package/unicode.h"

// What stands in a file of any kind.
namespace assay::behaviour {

namespace {

using python::NodeId;
using python::NodeKind;

bool is_code_file(std::string_view path) {
  for (const std::string_view end : {".py", ".pyw", ".pyx", ".js", ".mjs", ".cjs", ".ts", ".sh", ".rb", ".pl"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

bool is_read_by_people(const SourcePiece& piece) {
  return piece.kind == SourcePiece::Kind::comment || piece.kind == SourcePiece::Kind::docstring;
}

// The part of a line before `end`, at most `most` bytes.
std::size_t window_begin(std::string_view text, std::size_t end, std::size_t most) {
  const std::size_t from = end > most ? end - most : 0;
  const auto line = text.substr(from, end - from).rfind('\n');
  return line == std::string_view::npos ? from : from + line + 1;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

// Where the word after `at` begins, behind spaces, quotes and "sudo".
std::string_view command_after(std::string_view line, std::size_t at) {
  auto rest = trim(line.substr(at));
  if (rest.starts_with("sudo ")) rest = trim(rest.substr(5));
  return rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
}

// "curl … | sh", "base64 -d … | bash"
bool pipes_into_shell(std::string_view line) {
  for (auto bar = line.find('|'); bar != std::string_view::npos; bar = line.find('|', bar + 1)) {
    const auto program = command_after(line, bar + 1);
    const bool shell = program == "sh" || program == "bash" || program == "zsh" || program == "dash" ||
                       program == "ksh" || program == "python";
    if (shell && contains_any(line.substr(0, bar), {"curl ", "wget ", "base64 -d", "base64 --decode"})) return true;
  }
  return false;
}

// "-enc <text in base64>", by any of the forms that PowerShell takes.
bool has_encoded_command(std::string_view line) {
  for (const std::string_view option : {" -e ", " -ec ", " -enc ", " -enco ", " -encodedcommand ", " -en "}) {
    const auto at = line.find(option);
    if (at == std::string_view::npos) continue;
    const auto rest = line.substr(at + option.size());
    const auto length = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+/=");
    if (std::min(length, rest.size()) >= 16) return true;
  }
  return false;
}

// What an attacker's command does that a project's own scripts do not. `line` in lower case.
bool is_covert(std::string_view line) {
  const bool powershell = contains_any(line, {"powershell", "pwsh"});
  if (powershell && has_encoded_command(line)) return true;
  const auto iex = contains_any(line, {"iex ", "iex(", "| iex", "|iex", "invoke-expression"});
  if (iex && contains_any(line, {"http", "$", "invoke-", "webclient"}) && contains_any(line, {"downloadstring", "iwr ", "irm ", "invoke-webrequest", "invoke-restmethod"})) {
    return true;
  }
  if (line.contains("/dev/tcp/") && contains_any(line, {">&", "0>", "exec ", "<>"})) return true;
  if (contains_any(line, {"nc ", "ncat "}) && contains_any(line, {"-e /bin/", "-e bash"})) return true;
  if (line.contains("certutil") && line.contains("-urlcache")) return true;
  if (contains_any(line, {"mshta http", "mshta.exe http"})) return true;
  return contains_any(line, {"base64 -d", "base64 --decode"}) && pipes_into_shell(line);
}

// A program is fetched or unpacked, and run unseen.
bool fetches_and_runs(std::string_view line) {
  if (is_covert(line) || pipes_into_shell(line)) return true;
  return contains_any(line, {"$(curl", "$(wget", "<(curl", "<(wget"}) && contains_any(line, {"sh -c", "bash <(", "eval "});
}

// Node and its kin run these when a package is installed.
bool is_install_script(std::string_view line) {
  return line.contains("\"preinstall\"") || line.contains("\"postinstall\"") || line.contains("\"install\"");
}

// The call that is given the text at an offset, if it starts programs; nothing else counts.
const Call* spawn_at(const PythonBehaviour& python, std::size_t offset) {
  const auto& syntax = python.module.syntax();
  for (const auto& call : python.named_calls()) {
    if (call.act != Act::spawn) continue;
    if (syntax[call.node].begin <= offset && offset < syntax[call.node].end) return &call;
    const NodeId command = python.module.argument(call.node, "args", 0);
    const NodeId value = command == python::no_node ? python::no_node : python.module.value_of(command);
    if (value != python::no_node && syntax[value].begin <= offset && offset < syntax[value].end) return &call;
  }
  return nullptr;
}

}  // namespace

void check_shell_command(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const SourceKind kind = source_kind(file.path, file.bytes);
  if (kind == SourceKind::document || kind == SourceKind::media) return;
  std::size_t told_to = 0;
  for (const Hit& hit : hits) {
    if (hit.end <= told_to) continue;
    const std::size_t begin = window_begin(file.bytes, hit.end, 300);
    const auto rest = file.bytes.substr(hit.end, 300);
    const std::size_t end = hit.end + std::min(rest.find('\n'), rest.size());
    const auto command = lower(file.bytes.substr(begin, end - begin));
    if (!fetches_and_runs(command)) continue;
    if (is_read_by_people(file.pieces().at(hit.end - 1))) continue;
    told_to = end;
    const bool covert = is_covert(command);
    auto finding = finding_at(rule.about, file, begin, end, "");
    if (subject.is_python()) {
      const auto* spawn = spawn_at(subject.python(), hit.end - 1);
      if (spawn == nullptr) {
        finding.severity = Severity::low;
        finding.confidence = Confidence::low;
        finding.message = "a text that a shell would fetch and run a program by; no call here is given it";
      } else {
        if (subject.early(spawn->node)) finding.severity = Severity::critical;
        finding.message = fmt::format("a shell fetches or unpacks a program and runs it unseen {}",
                                      subject.when_in_words(spawn->node));
      }
    } else if (file.path.ends_with("package.json") && is_install_script(command)) {
      finding.message = "a shell fetches or unpacks a program and runs it unseen when npm installs this";
    } else if (covert && kind == SourceKind::hash_like) {
      finding.severity = Severity::medium;
      finding.message = "a shell unpacks or fetches a program in a covert way and runs it";
    } else {
      finding.severity = Severity::low;
      finding.message = "a script fetches a program and runs it without looking at it";
    }
    findings.push_back(std::move(finding));
  }
}

void check_far_right(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                     std::vector<Finding>& findings) {
  const auto& file = subject.file;
  if (!is_code_file(file.path)) return;
  std::size_t told_to = 0;
  for (const Hit& hit : hits) {
    const auto statement = file.bytes.find_first_not_of(" \t", hit.end);
    constexpr std::size_t enough = 100;  // columns; a tab counts for eight
    if (statement == std::string_view::npos || file.bytes[statement] == '\n' || file.bytes[statement] == '#') continue;
    const auto gap_begin = file.bytes.find_last_not_of(" \t", statement - 1) + 1;
    std::size_t gap = 0;
    for (const char c : file.bytes.substr(gap_begin, statement - gap_begin)) gap += c == '\t' ? 8 : 1;
    if (gap < enough || statement < told_to) continue;
    if (file.pieces().at(statement).kind != SourcePiece::Kind::code) continue;
    const auto rest = file.bytes.substr(statement, 400);
    const auto line = rest.substr(0, rest.find('\n'));
    // A table's column is a word or a number; a statement calls, imports or assigns.
    const bool acts = line.contains('(') || line.starts_with("import ") || line.contains(" import ");
    if (!acts) continue;
    told_to = statement + 1;
    findings.push_back(finding_at(rule.about, file, statement, statement + line.size(),
                                  fmt::format("a statement stands {} columns to the right of the one before it", gap)));
  }
}

void check_scrambled_names(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                           std::vector<Finding>& findings) {
  const auto& file = subject.file;
  if (!is_code_file(file.path)) return;
  constexpr std::size_t enough_names = 6;
  constexpr std::size_t enough_places = 20;
  std::set<std::string_view> names;
  std::size_t places = 0;
  const auto is_word = [](char c) { return c == '_' || is_ascii_alphanumeric(c); };
  for (const Hit& hit : hits) {
    if (places >= 1000) break;
    if (subject.is_python() && file.pieces().at(hit.end - 1).kind != SourcePiece::Kind::code) continue;
    std::size_t begin = hit.end;
    while (begin > 0 && is_word(file.bytes[begin - 1])) --begin;
    std::size_t end = hit.end;
    while (end < file.bytes.size() && is_word(file.bytes[end])) ++end;
    const auto name = file.bytes.substr(begin, end - begin);
    const bool scrambled = name.starts_with("_0x") || name.find_first_not_of("Il1_") == std::string_view::npos ||
                           name.find_first_not_of("O0o_") == std::string_view::npos;
    if (!scrambled || name.size() < 6) continue;
    names.insert(name);
    ++places;
  }
  if (names.size() < enough_names || places < enough_places) return;
  const auto first = hits.front().end;
  findings.push_back(finding_at(rule.about, file, window_begin(file.bytes, first, 40), first,
                                fmt::format("{} names like {} were made so that nobody reads the code", names.size(),
                                            printable(*names.begin()))));
}

void check_marked_text(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                       std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const SourceKind kind = source_kind(file.path, file.bytes);
  if (kind == SourceKind::document || kind == SourceKind::media || kind == SourceKind::markup) return;
  const auto& words = rule.list("message");
  for (const Hit& hit : hits) {
    if (is_read_by_people(file.pieces().at(hit.end - 1))) continue;
    const std::size_t begin = window_begin(file.bytes, hit.end, 60);
    findings.push_back(
        finding_at(rule.about, file, begin, hit.end, words.empty() ? rule.about.title : words.front()));
    return;  // one for a file
  }
}

// What an interpreter runs before anything else: .pth files (site's documentation), sitecustomize and
// usercustomize.
void check_start_file(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                      std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const auto name = file.path.substr(file.path.rfind('/') + 1);
  if (name == "sitecustomize.py" || name == "usercustomize.py") {
    auto finding = finding_at(rule.about, file, 0, std::min<std::size_t>(file.bytes.size(), 80),
                              "every start of the interpreter runs this module if it is installed");
    // Deep in a package it is on nobody's path.
    const auto folder = file.path.substr(0, file.path.size() - name.size());
    const bool top = folder.empty() || folder == "src/" || folder == "lib/" || folder == "python/";
    finding.severity = top ? Severity::medium : Severity::low;
    findings.push_back(std::move(finding));
    return;
  }
  if (!name.ends_with(".pth")) return;
  for (const Hit& hit : hits) {
    const std::size_t begin = window_begin(file.bytes, hit.end, 20);
    const auto end = std::min(file.bytes.find('\n', begin), file.bytes.size());
    const auto line = trim(file.bytes.substr(begin, end - begin));
    if (!line.starts_with("import ") && !line.starts_with("import\t")) continue;
    std::string message = "every start of the interpreter runs this line";
    Severity severity = rule.about.severity;
    const auto& harmless = rule.list("harmless");
    for (std::size_t i = 0; i + 1 < harmless.size(); i += 2) {
      if (!line.contains(harmless[i])) continue;
      severity = Severity::low;
      message += ": " + harmless[i + 1];
      break;
    }
    const bool plain = line.find_first_of(";(=") == std::string_view::npos;
    if (plain && severity > Severity::medium) {
      severity = Severity::medium;
      message = "every start of the interpreter imports this module";
    }
    auto finding = finding_at(rule.about, file, begin, end, std::move(message));
    finding.severity = severity;
    findings.push_back(std::move(finding));
  }
}

}  // namespace assay::behaviour
