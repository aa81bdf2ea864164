#include "cli/code_frames.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/terminal.h"

namespace assay {

namespace {

constexpr std::size_t widest = 110;  // longer lines are hard to read
constexpr std::string_view bar = "│";

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high: return Style::red;
    case Severity::medium: return Style::yellow;
    case Severity::low:
    case Severity::none: return Style::cyan;
  }
  return Style::plain;
}

std::string styled_if(bool coloured, Style style, std::string_view text) {
  return coloured ? styled(Stream::out, style, text) : std::string(text);
}

// "B301, S301, CWE-502"
std::string other_names(const CheckedFinding& checked) {
  std::vector<std::string> names = checked.finding.aliases;
  names.insert(names.end(), checked.finding.cwe.begin(), checked.finding.cwe.end());
  constexpr std::size_t most = 6;
  if (names.size() > most) {
    names.resize(most);
    names.emplace_back("…");
  }
  return join(names, ", ");
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  while (count-- > 0) all += text;
  return all;
}

// Begins with a capital, unless it begins with a name of the code.
std::string sentence(std::string_view text) {
  std::string words(text);
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto end = std::ranges::find_if_not(words, is_small);
  if (end != words.begin() && (end == words.end() || *end == ' ')) words[0] -= 'a' - 'A';
  return words;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  const std::size_t width = std::max<std::size_t>(columns, indent + 20);
  std::string result;
  std::size_t at = indent;
  bool begins = true;
  const std::string spaced = one_spaced(text);
  for (const auto word : split(spaced, ' ')) {
    const auto size = display_width(word);
    if (!begins && at + 1 + size > width) {
      result += '\n';
      result.append(indent, ' ');
      at = indent;
      begins = true;
    }
    if (!begins) {
      result += ' ';
      ++at;
    }
    result += word;
    at += size;
    begins = false;
  }
  return result;
}

std::string CodeFrames::heading(const CheckedPath& path, const CheckedFinding& checked) const {
  const Finding& finding = checked.finding;
  std::string place = printable(path.shown(finding.path));
  if (finding.line != 0) place += fmt::format(":{}", finding.line);
  if (finding.line != 0 && finding.column != 0) place += fmt::format(":{}", finding.column);
  std::string text = styled_if(coloured_, Style::bold, place);
  if (!finding.symbol.empty()) {
    text += styled_if(coloured_, Style::dim, fmt::format(" in {}", printable(finding.symbol)));
  }
  if (finding.role != PathRole::shipped) {
    text += styled_if(coloured_, Style::dim, fmt::format(" ({})", to_string(finding.role)));
  }
  text += '\n';
  text += styled_if(coloured_, style_of(finding.severity), to_string(finding.severity));
  if (finding.confidence != Confidence::high) {
    text += fmt::format(", {} confidence", to_string(finding.confidence));
  }
  text += "  " + finding.rule;
  if (const auto names = other_names(checked); !names.empty()) {
    text += styled_if(coloured_, Style::dim, fmt::format("  {}", names));
  }
  return text + "\n";
}

// The line, and below it marks under what was found.
std::string CodeFrames::code(const CheckedFinding& checked) const {
  const Finding& finding = checked.finding;
  if (checked.frame.empty() || finding.line == 0) return "";
  const auto number = std::to_string(finding.line);
  const std::size_t gutter = std::max<std::size_t>(5, number.size());
  const std::size_t room = columns_ > gutter + 12 ? columns_ - gutter - 5 : 20;
  std::string frame = checked.frame;
  std::size_t begin = display_width(frame.substr(0, checked.frame_begin));
  std::size_t width = display_width(
      frame.substr(checked.frame_begin, checked.frame_end - checked.frame_begin));
  // What was found is kept in sight where the terminal is narrow.
  if (begin + std::min(width, room / 2) > room) {
    const std::size_t skip = begin - room / 3;
    std::size_t at = 0;
    for (std::size_t columns = 0; at < frame.size(); ++at) {
      if ((static_cast<unsigned char>(frame[at]) & 0xC0) != 0x80 && columns++ == skip) break;
    }
    frame = "…" + frame.substr(at);
    begin = begin - skip + 1;
  }
  frame = cut_to_width(frame, room);
  width = std::min(width, room - std::min(begin, room));
  const auto edge = styled_if(coloured_, Style::dim, bar);
  std::string text = fmt::format(" {} {} {}\n", styled_if(coloured_, Style::dim, fmt::format("{:>{}}", number, gutter)), edge, frame);
  if (width == 0) return text;
  return text + fmt::format(" {} {} {}{}\n", std::string(gutter, ' '), edge, std::string(begin, ' '),
                            styled_if(coloured_, style_of(finding.severity), repeated("^", width)));
}

std::string CodeFrames::advice(const CheckedFinding& checked) {
  constexpr std::size_t indent = 10;
  const std::size_t columns = std::min(columns_, widest);
  const auto line = [&](std::string_view word, std::string_view text) {
    return fmt::format("{}{}{}\n", std::string(indent - 2 - word.size(), ' '),
                       styled_if(coloured_, Style::dim, word) + "  ", wrapped(text, columns, indent));
  };
  std::string text;
  if (!checked.suppressed.empty()) text += line("left out", checked.suppressed);
  const auto* rule = rules_.find(checked.finding.rule);
  if (rule == nullptr || !explained_.insert(rule->id).second) return text;
  if (!rule->why.empty()) text += line("why", rule->why);
  if (!rule->remedy.empty()) text += line("remedy", rule->remedy);
  return text;
}

std::string CodeFrames::frame(const CheckedPath& path, const CheckedFinding& checked) {
  const std::size_t columns = std::min(columns_, widest);
  std::string text = heading(path, checked);
  text += "  " + wrapped(printable(sentence(checked.finding.message)), columns, 2) + "\n";
  return text + code(checked) + advice(checked);
}

std::string rule_words(const RuleDescription& rule, std::size_t columns) {
  columns = std::min(columns, widest);
  std::string text = fmt::format("{}\n{}: {}, {} confidence\n", styled(Stream::out, Style::bold, rule.title),
                                 rule.id, to_string(rule.severity), to_string(rule.confidence));
  if (!rule.aliases.empty()) text += fmt::format("elsewhere: {}\n", join(rule.aliases, ", "));
  if (!rule.cwe.empty()) text += fmt::format("weakness: {}\n", join(rule.cwe, ", "));
  text += fmt::format("\nwhy\n  {}\n\nremedy\n  {}", wrapped(rule.why, columns, 2),
                      wrapped(rule.remedy, columns, 2));
  return text;
}

}  // namespace assay
