#include "check/rule_book.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace assay {

namespace {

RuleDescription own(std::string_view id, Severity severity, std::string_view title,
                    std::string_view why, std::string_view remedy) {
  return {.id = std::string(id),
          .title = std::string(title),
          .severity = severity,
          .confidence = Confidence::high,
          .why = std::string(why),
          .remedy = std::string(remedy)};
}

std::vector<RuleDescription> check_rules() {
  using namespace own_rules;
  return {
      own(unreadable, Severity::medium, "File that could not be read",
          "What was not read is not known to be clean.",
          "Make it readable for whoever runs the check, and check again."),
      own(archive, Severity::medium, "Archive that could not be read whole",
          "It is damaged, or made to harm whoever unpacks it: links that lead out, members without "
          "end. What was not read is not known to be clean.",
          "Take it from its origin anew. If it is the same there, do not unpack it."),
      own(too_large, Severity::medium, "File too large to be examined whole",
          "What lies beyond the bound was not looked at, and is not known to be clean.",
          "Look at what such a file is for; a package rarely needs one."),
      own(in_parts, Severity::low, "Large file, examined in parts",
          "Each part was looked at by itself, so that what reaches from one into another may have "
          "been missed.",
          "Nothing has to be done if the file is data."),
      own(unread_python, Severity::low, "Python that could not be read",
          "It is no Python 3, or nested deeper than any program is. It was read as far as it could "
          "be; what stands in these places is not known to be clean.",
          "Port it, mend it, or leave it out of the package."),
      own(wide_text, Severity::low, "Text in UTF-16 or UTF-32",
          "Most rules read bytes that ASCII is a part of. Of such a text only addresses are looked for, "
          "and these in UTF-16 behind a byte order mark; what else stands in it is not known to be clean.",
          "Keep texts in UTF-8."),
      own(vanished, Severity::low, "File that went away",
          "It was listed and was gone, or became something else, when it was to be read.",
          "Check again when nothing changes the files."),
      own(not_a_file, Severity::low, "No ordinary file",
          "A FIFO, socket or device has no content of its own; reading it could wait for ever, so "
          "it was not opened.",
          "A package has no use for it: remove it."),
      own(link, Severity::low, "Link that leads nowhere or outside",
          "What it leads to is no part of what was checked, and was not looked at.",
          "Replace it by the file itself, or check that place too."),
      own(odd_name, Severity::low, "Name that is no UTF-8",
          "Tools differ in what they make of it, and some pass over it.", "Rename it."),
      own(unexplained, Severity::low, "Suppression that does not count",
          "A comment asks that a finding be left out, and does not say which or why. Nobody can "
          "tell later whether that was right.",
          "Name the rule and give the reason: `# assay: ignore[rule] reason`."),
  };
}

}  // namespace

RuleBook::RuleBook(std::vector<RuleDescription> rules) : rules_(std::move(rules)) {
  std::ranges::move(check_rules(), std::back_inserter(rules_));
  std::ranges::sort(rules_, {}, &RuleDescription::id);
}

std::size_t RuleBook::index(std::string_view id) const {
  const auto found = std::ranges::lower_bound(rules_, id, {}, &RuleDescription::id);
  const bool is_it = found != rules_.end() && found->id == id;
  return is_it ? static_cast<std::size_t>(found - rules_.begin()) : rules_.size();
}

const RuleDescription* RuleBook::find(std::string_view id) const {
  const auto at = index(id);
  return at == rules_.size() ? nullptr : &rules_[at];
}

std::vector<const RuleDescription*> RuleBook::named(std::string_view name) const {
  std::vector<const RuleDescription*> all;
  for (const RuleDescription& rule : rules_) {
    if (is_named(rule.id, rule.aliases, name)) all.push_back(&rule);
  }
  std::ranges::stable_sort(all, {}, [](const RuleDescription* rule) { return rule->aliases.size(); });
  return all;
}

bool is_named(std::string_view id, const std::vector<std::string>& aliases, std::string_view name) {
  const std::string wanted = lower(name);
  if (wanted.empty()) return false;
  if (wanted == id || wanted == id.substr(id.find('/') + 1)) return true;
  return std::ranges::any_of(aliases,
                             [&](const std::string& alias) { return lower(alias) == wanted; });
}

}  // namespace assay
