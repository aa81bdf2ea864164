#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "examine/gates/behaviour/declared_names.h"
#include "examine/gates/behaviour/most_used_names.h"
#include "package/name.h"

// What a package calls itself, what it asks for, and what it puts on the path.
namespace assay::behaviour {

namespace {

std::size_t line_end(std::string_view text, std::size_t offset) {
  return std::min({text.find('\n', offset), text.size(), offset + 120});
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A command of a package that is called so, or nearly: pytest's "pytest", awscli's "aws".
bool is_its_own(std::string_view command, std::string_view target) {
  while (command.size() > 3 && command.back() >= '0' && command.back() <= '9') command.remove_suffix(1);
  const auto module = lower(target.substr(0, target.find_first_of(".:")));
  return !module.empty() && (module == command || (command.size() >= 3 && module.contains(command)));
}

}  // namespace

void check_package_name(const Rule& rule, const Subject& subject, std::span<const Hit>,
                        std::vector<Finding>& findings) {
  const auto& file = subject.file;
  auto names = declared_names(subject);
  std::ranges::stable_partition(names, [](const DeclaredName& one) { return !one.optional; });
  std::set<std::string> told;  // of requirements: each once, and first where everybody gets it
  const bool copied = file.path.contains(".egg-info/");  // the metadata beside it say the same
  for (const auto& [name, own, offset, optional] : names) {
    if (name.empty() || name.size() > 100 || (!own && (copied || !told.insert(name).second))) continue;
    const std::string whose = own ? "the project's name" : "the name of a requirement";
    if (!is_ascii(name)) {
      auto finding = finding_at(rule.about, file, offset, line_end(file.bytes, offset),
                                fmt::format("{} holds letters that no project's name may hold", whose));
      finding.severity = Severity::high;
      findings.push_back(std::move(finding));
      continue;
    }
    const auto normalized = Name::normalize(name).str();
    const auto& known = rule.list("known");
    if (std::ranges::find(known, normalized) != known.end()) continue;
    const auto like = likeness_of(normalized);
    if (!like) continue;
    const char* how = like->kind == Likeness::Kind::same_look    ? "looks like"
                      : like->kind == Likeness::Kind::one_change ? "is one change away from"
                                                                 : "only adds a word to";
    auto finding = finding_at(rule.about, file, offset, line_end(file.bytes, offset),
                              fmt::format("{}, {}, {} {}, which is much used", whose, normalized, how, like->known));
    if (like->kind == Likeness::Kind::same_look) finding.confidence = Confidence::high;
    if (optional) finding.confidence = Confidence::low;
    if (like->kind == Likeness::Kind::decorated) finding.severity = Severity::low;
    findings.push_back(std::move(finding));
  }
}

void check_entry_point(const Rule& rule, const Subject& subject, std::span<const Hit>,
                       std::vector<Finding>& findings) {
  const auto& file = subject.file;
  const auto& commands = rule.list("commands");
  const auto& groups = rule.list("loaded-groups");
  for (const auto& [group, name, target, offset] : declared_entry_points(subject)) {
    const bool script = group == "console_scripts" || group == "gui_scripts";
    if (script && std::ranges::find(commands, lower(name)) != commands.end() && !is_its_own(lower(name), target)) {
      findings.push_back(finding_at(
          rule.about, file, offset, line_end(file.bytes, offset),
          fmt::format("a command called {} is installed, which runs {} in place of the one that is meant", name,
                      target.empty() ? "what the package says" : target)));
    }
    const auto loaded = std::ranges::find_if(groups, [&](const std::string& entry) {
      return entry.substr(0, entry.find(' ')) == group;
    });
    if (!script && loaded != groups.end()) {
      auto finding = finding_at(rule.about, file, offset, line_end(file.bytes, offset),
                                fmt::format("{} is loaded by {}, asked or not", target,
                                            loaded->substr(loaded->find(' ') + 1)));
      finding.severity = Severity::low;
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace assay::behaviour
