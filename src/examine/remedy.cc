#include "examine/remedy.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "examine/gates/weaknesses/http_reference.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeFlag;
using python::NodeId;
using python::NodeKind;
using python::Syntax;

struct Edit {
  std::size_t begin;
  std::size_t end;
  std::string text;
};

std::string edited(std::string_view bytes, std::vector<Edit> edits) {
  std::ranges::sort(edits, std::greater(), &Edit::begin);
  std::string text(bytes);
  for (const Edit& edit : edits) text.replace(edit.begin, edit.end - edit.begin, edit.text);
  return text;
}

std::size_t offset_of(const ExaminedFile& file, std::uint32_t line, std::uint32_t column) {
  const auto text = file.lines().line(line);
  const auto begin = static_cast<std::size_t>(text.data() - file.bytes.data());
  return begin + std::min<std::size_t>(column == 0 ? 0 : column - 1, text.size());
}

// Looks for the code that a finding points at, and says what to change there.
class PythonEditor {
 public:
  PythonEditor(const ExaminedFile& file, const Rule::Fix& fix)
      : module_(file.python()), syntax_(module_.syntax()), fix_(fix) {}

  std::vector<Edit> edits(std::size_t begin, std::size_t end) {
    begin_ = begin;
    end_ = end;
    if (!fix_.names.empty()) return renamed();
    const NodeId call = call_at();
    if (call == no_node) return {};
    std::vector<Edit> edits;
    if (!fix_.callees.empty() && !change_callee(call, edits)) return {};
    if (!fix_.keyword.empty() && !set_keyword(call, edits)) return {};
    return edits;
  }

 private:
  // The smallest call that holds the finding's place; where there is none, the largest within it.
  NodeId call_at() const {
    NodeId best = no_node;
    bool holds = false;
    for (NodeId id = 1; id < syntax_.nodes().size(); ++id) {
      const auto& node = syntax_[id];
      if (node.kind != NodeKind::call) continue;
      const bool around = node.begin <= begin_ && node.end >= end_;
      const bool inside = node.begin >= begin_ && node.end <= end_;
      if (!around && !inside) continue;
      const auto width = [&](NodeId one) { return syntax_[one].end - syntax_[one].begin; };
      const bool better = best == no_node || (around && !holds) ||
                          (around == holds && (around ? width(id) < width(best) : width(id) > width(best)));
      if (better && (around || !holds)) {
        best = id;
        holds = around;
      }
    }
    return best;
  }

  bool change_callee(NodeId call, std::vector<Edit>& edits) const {
    const NodeId callee = syntax_.child(call);
    if (!syntax_.is(callee, NodeKind::attribute)) return false;  // imported by its own name
    const NodeId name = syntax_.child(callee, 1);
    const auto sister = fix_.callees.find(syntax_.text(name));
    if (sister == fix_.callees.end()) return false;
    edits.push_back({syntax_[name].begin, syntax_[name].end, sister->second});
    const NodeId arguments = syntax_.child_of(call, NodeKind::arguments);
    NodeId before = no_node;
    for (const NodeId argument : syntax_.children(arguments)) {
      const bool named = syntax_.is(argument, NodeKind::keyword) &&
                         std::ranges::find(fix_.drop, syntax_.text(syntax_.child(argument))) != fix_.drop.end();
      const bool placed = before != no_node && fix_.drop_second && syntax_.child(arguments, 1) == argument &&
                          !syntax_.is(argument, NodeKind::keyword);
      if (named || placed) {
        if (before == no_node) return false;
        edits.push_back({end_of(before), end_of(argument), ""});
      }
      before = argument;
    }
    if (!fix_.suffix.empty()) edits.push_back({syntax_[call].end, syntax_[call].end, fix_.suffix});
    return true;
  }

  bool set_keyword(NodeId call, std::vector<Edit>& edits) const {
    const NodeId arguments = syntax_.child_of(call, NodeKind::arguments);
    NodeId last = no_node;
    for (const NodeId argument : syntax_.children(arguments)) {
      last = argument;
      if (syntax_.is(argument, NodeKind::double_starred)) return false;  // it may hold the keyword
      if (!syntax_.is(argument, NodeKind::keyword)) continue;
      if (syntax_.text(syntax_.child(argument)) != fix_.keyword) continue;
      const auto& value = syntax_[syntax_.child(argument, 1)];
      edits.push_back({value.begin, value.end, fix_.value});
      return true;
    }
    const std::string setting = fix_.keyword + "=" + fix_.value;
    if (last == no_node) {
      const std::size_t close = syntax_[call].end - 1;
      edits.push_back({close, close, setting});
    } else {
      edits.push_back({end_of(last), end_of(last), ", " + setting});
    }
    return true;
  }

  // Behind the parentheses that an argument may stand in.
  std::size_t end_of(NodeId argument) const {
    const auto& node = syntax_[argument];
    const NodeId inner = node.kind == NodeKind::keyword ? syntax_.child(argument, 1) : argument;
    std::size_t end = node.end;
    const bool in_parentheses =
        (syntax_[inner].flags & NodeFlag::parenthesised) != 0 && !syntax_.is(inner, NodeKind::tuple) &&
        !syntax_.text(inner).ends_with(')');
    if (in_parentheses) end = syntax_.source().find(')', end) + 1;
    return end;
  }

  // The name, attribute or constant in the finding's place that has a better one.
  std::vector<Edit> renamed() const {
    std::vector<Edit> edits;
    for (NodeId id = 1; id < syntax_.nodes().size(); ++id) {
      const auto& node = syntax_[id];
      if (node.begin < begin_ || node.end > end_) continue;
      if (node.kind != NodeKind::identifier && node.kind != NodeKind::name && node.kind != NodeKind::constant) {
        continue;
      }
      const auto better = fix_.names.find(syntax_.text(id));
      if (better != fix_.names.end()) edits.push_back({node.begin, node.end, better->second});
    }
    if (edits.size() > 1) return {};  // which of them is meant, nobody says
    return edits;
  }

  const Module& module_;
  const Syntax& syntax_;
  const Rule::Fix& fix_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// http becomes https, wherever the same URL stands.
std::optional<std::string> secured(const Rule& rule, const ExaminedFile& file, const Finding& finding,
                                   bool any_host) {
  constexpr std::string_view insecure = "http://";
  if (!finding.excerpt.starts_with(insecure)) return std::nullopt;
  if (!any_host) {
    const auto url = http_reference(finding.excerpt, insecure.size());
    const auto& hosts = rule.list("https-hosts");
    if (!url || std::ranges::none_of(hosts, [&](const auto& host) { return is_within(url->host, host); })) {
      return std::nullopt;
    }
  }
  return replace_all(std::string(file.bytes), finding.excerpt,
                     "https://" + finding.excerpt.substr(insecure.size()));
}

std::optional<std::string> changed(const Rule& rule, const ExaminedFile& file, const Finding& finding,
                                   bool any_host) {
  if (finding.severity < rule.fix->least) return std::nullopt;
  if (rule.fix->https) return secured(rule, file, finding, any_host);
  if (finding.line == 0 || !file.path.ends_with(".py")) return std::nullopt;
  const auto begin = offset_of(file, finding.line, finding.column);
  const auto end = finding.end_line == 0 ? begin : offset_of(file, finding.end_line, finding.end_column);
  auto edits = PythonEditor(file, *rule.fix).edits(begin, end);
  if (edits.empty()) return std::nullopt;
  return edited(file.bytes, std::move(edits));
}

// A finding's mates: how many of its rule a file has, and how many that are as heavy.
struct Weight {
  std::size_t of_rule = 0;
  std::size_t as_heavy = 0;
};

Weight weight_of(const std::vector<Finding>& findings, const Finding& finding) {
  Weight weight;
  for (const Finding& other : findings) {
    weight.of_rule += other.rule == finding.rule && other.severity >= finding.severity ? 1 : 0;
    weight.as_heavy += other.severity >= finding.severity ? 1 : 0;
  }
  return weight;
}

}  // namespace

Result<Remedies> Remedies::create() {
  Remedies remedies;
  ASSAY_TRY(auto rules, rules_of_gate("weaknesses"));
  for (Rule& rule : rules) {
    if (!rule.fix) continue;
    auto id = rule.about.id;
    remedies.rules_.emplace(std::move(id), std::move(rule));
  }
  return remedies;
}

std::vector<Mended> Remedies::mend(const Examiner& examiner, const ExaminedFile& file,
                                   const std::vector<Finding>& findings, bool any_host) const {
  std::vector<Mended> mended;
  std::string text(file.bytes);
  const auto examined = [&](std::string_view bytes) {
    return examiner.examine_bytes({.path = file.path, .bytes = bytes, .role = file.role});
  };
  auto before = examined(text);
  for (const Finding& wanted : findings) {
    const auto rule = rules_.find(wanted.rule);
    if (rule == rules_.end() || !before) continue;
    const ExaminedFile now{.path = file.path, .bytes = text, .role = file.role};
    // Where it stands by now, after those before it were mended.
    const auto fingerprint = wanted.fingerprint();
    const auto place = std::ranges::find(*before, fingerprint, &Finding::fingerprint);
    if (place == before->end()) continue;
    auto after = changed(rule->second, now, *place, any_host);
    if (!after || *after == text) continue;
    auto again = examined(*after);
    if (!again) continue;
    const Weight was = weight_of(*before, *place);
    const Weight is = weight_of(*again, *place);
    const bool helped = std::ranges::find(*again, fingerprint, &Finding::fingerprint) == again->end();
    if (!helped || is.of_rule >= was.of_rule || is.as_heavy >= was.as_heavy) continue;
    text = std::move(*after);
    before = std::move(again);
    mended.push_back({wanted, wanted.rule, text});
  }
  return mended;
}

}  // namespace assay
