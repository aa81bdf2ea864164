#include "examine/syntax_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/bounded_findings.h"
#include "examine/dead_branch.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::Node;
using python::NodeId;
using python::NodeKind;
using python::Syntax;

// Modules that so many files import that their use says nothing: their functions are looked for.
constexpr std::array common_roots = std::to_array<std::string_view>(
    {"os", "sys", "logging", "random", "socket", "tempfile", "numpy", "django", "subprocess", "json", "shutil", "pandas",
     "twisted", "asyncio"});

constexpr std::array<std::pair<std::string_view, NodeKind>, 9> node_kinds{{
    {"assert", NodeKind::assert_},
    {"except_handler", NodeKind::except_handler},
    {"string", NodeKind::string},
    {"fstring", NodeKind::fstring},
    {"concatenated", NodeKind::concatenated},
    {"bin_op", NodeKind::bin_op},
    {"call", NodeKind::call},
    {"function_def", NodeKind::function_def},
    {"compare", NodeKind::compare},
}};

// Places of a rule in one file for which data are followed.
constexpr std::size_t most_followed = 200;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

// Names that modules go by besides their own.
std::string plain_name(std::string name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> others{{
      {"builtins.", ""},
      {"__builtin__.", ""},
      {"six.moves.builtins.", ""},
      {"six.moves.", ""},
      {"Cryptodome.", "Crypto."},
      {"cPickle.", "pickle."},
      {"_pickle.", "pickle."},
      {"defusedxml.", "defusedxml."},
  }};
  for (const auto& [from, to] : others) {
    if (name.starts_with(from)) name.replace(0, from.size(), to);
  }
  return name;
}

bool is_python(std::string_view path, std::string_view bytes) {
  const auto dot = path.rfind('.');
  const bool named = dot != std::string_view::npos && path.find('/', dot) == std::string_view::npos;
  if (named) {
    const auto suffix = path.substr(dot);
    return suffix == ".py" || suffix == ".pyw";
  }
  const auto first = bytes.substr(0, std::min<std::size_t>(bytes.find('\n'), 200));
  return first.starts_with("#!") && first.contains("python");
}

// The line that an offset lies in, as far as the offset, and as far back as is looked at.
std::string_view line_before(std::string_view bytes, std::size_t offset) {
  constexpr std::size_t most = 400;
  const auto least = offset < most ? 0 : offset - most;
  const auto text = bytes.substr(least, offset - least);
  const auto newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

bool is_import_line(std::string_view bytes, std::size_t offset) {
  const auto line = line_before(bytes, offset);
  if (line.contains("import") || line.contains("from")) return true;
  // `import a, \` goes on.
  const auto begin = offset - line.size();
  return begin >= 2 && (bytes[begin - 2] == '\\' || (begin >= 3 && bytes[begin - 3] == '\\')) &&
         line_before(bytes, begin - 1).contains("import");
}

}  // namespace

bool SyntaxMatch::has_hit(NodeId in) const {
  const Node& span = syntax()[in];
  const auto first = std::ranges::upper_bound(hits, span.begin);
  return first != hits.end() && *first <= span.end;
}

Result<SyntaxRules> SyntaxRules::make(std::vector<Rule> rules,
                                      const std::map<std::string, Check, std::less<>>& checks) {
  SyntaxRules made;
  made.rules_ = std::move(rules);
  for (std::uint32_t rule = 0; rule < made.rules_.size(); ++rule) {
    const Rule& own = made.rules_[rule];
    const auto check = checks.find(own.check);
    if (!own.check.empty() && check == checks.end()) {
      return fail(ErrorKind::internal, fmt::format("{}: no check \"{}\"", own.about.id, own.check));
    }
    made.checks_.push_back(own.check.empty() ? Check() : check->second);
    std::vector<std::uint32_t> by_pattern;
    for (std::uint32_t entry = 0; entry < own.syntax.size(); ++entry) {
      const auto id = static_cast<std::uint32_t>(made.entries_.size());
      made.entries_.push_back({rule, entry});
      for (const auto& name : own.syntax[entry].names) {
        const bool known = own.syntax[entry].kind != SyntaxEntry::Kind::syntax ||
                           std::ranges::find(node_kinds, name, &decltype(node_kinds)::value_type::first) !=
                               node_kinds.end();
        if (!known) return fail(ErrorKind::internal, fmt::format("{}: no kind \"{}\"", own.about.id, name));
      }
      made.watch_entry(id);
      made.index_entry(id);
      by_pattern.push_back(id);
    }
    for (const Pattern& pattern : own.patterns) {
      made.patterns_.push_back({pattern.expression, pattern.caseless, true});
      made.watches_.push_back({Look::as_it_is, 0, by_pattern, rule});
    }
  }
  return made;
}

void SyntaxRules::watch(Look look, std::string_view literal, std::uint32_t entry) {
  const auto [at, is_new] = watched_.try_emplace({look, std::string(literal)}, patterns_.size());
  if (is_new) {
    std::string expression;
    for (const char c : literal) {
      if (!is_word(c)) expression += '\\';
      expression += c;
    }
    if (look == Look::call || look == Look::builtin_call) expression += "[ \\t]{0,2}\\(";
    if (look == Look::import_line) expression = "(?:import\\s+|from\\s+|,\\s*|\\([\"\x27]|\\.)" + expression;
    patterns_.push_back({.expression = expression, .python = true});
    watches_.push_back({look, literal.size(), {}, 0});
  }
  auto& entries = watches_[at->second].entries;
  if (entries.empty() || entries.back() != entry) entries.push_back(entry);
}

void SyntaxRules::watch_entry(std::uint32_t id) {
  const auto& [rule, number] = entries_[id];
  const SyntaxEntry& entry = rules_[rule].syntax[number];
  for (const std::string& name : entry.names) {
    const auto root = std::string_view(name).substr(0, name.find_first_of(".("));
    const bool common = std::ranges::find(common_roots, root) != common_roots.end();
    switch (entry.kind) {
      case SyntaxEntry::Kind::syntax: break;
      case SyntaxEntry::Kind::import: watch(Look::import_line, common ? last_part(name) : root, id); break;
      case SyntaxEntry::Kind::assign:
      case SyntaxEntry::Kind::keyword: watch(Look::assigned, name, id); break;
      case SyntaxEntry::Kind::call:
      case SyntaxEntry::Kind::attribute:
        if (!entry.watch.empty()) {
          watch(Look::word, entry.watch, id);
        } else if (root == "*" || !name.contains('.') || common) {
          const bool builtin = !name.contains('.');
          const auto look = builtin ? Look::builtin_call : Look::call;
          watch(entry.kind == SyntaxEntry::Kind::call ? look : Look::word, last_part(name), id);
          // `from os import system as run`
          if (common) watch(Look::as_it_is, fmt::format("from {} import", root), id);
        } else {
          watch(Look::import_line, root, id);
          if (root == "Crypto") watch(Look::import_line, "Cryptodome", id);
          if (root == "pickle") watch(Look::import_line, "cPickle", id);
        }
    }
  }
}

void SyntaxRules::index_entry(std::uint32_t id) {
  const auto& [rule, number] = entries_[id];
  const SyntaxEntry& entry = rules_[rule].syntax[number];
  for (const std::string& name : entry.names) {
    switch (entry.kind) {
      case SyntaxEntry::Kind::import: imports_[name].push_back(id); break;
      case SyntaxEntry::Kind::assign: assigned_[name].push_back(id); break;
      case SyntaxEntry::Kind::keyword: keywords_[name].push_back(id); break;
      case SyntaxEntry::Kind::call:
        (name.starts_with("*.") ? methods_[name.substr(2)] : calls_[name]).push_back(id);
        last_parts_[std::string(last_part(name))].push_back(id);
        break;
      case SyntaxEntry::Kind::attribute:
        attributes_[name].push_back(id);
        last_attributes_[std::string(last_part(name))].push_back(id);
        break;
      case SyntaxEntry::Kind::syntax:
        const auto kind = std::ranges::find(node_kinds, name, &decltype(node_kinds)::value_type::first);
        kinds_[static_cast<std::uint8_t>(kind->second)].push_back(id);
        break;
    }
  }
}

bool SyntaxRules::confirm(const Watch& watch, std::string_view bytes, std::size_t end) const {
  if (watch.look == Look::as_it_is) return true;
  if (watch.look == Look::call || watch.look == Look::builtin_call) {
    auto begin = bytes.rfind('(', end - 1);
    while (begin > 0 && (bytes[begin - 1] == ' ' || bytes[begin - 1] == '\t')) --begin;
    begin -= watch.length;
    if (begin == 0) return true;
    return !is_word(bytes[begin - 1]) && (watch.look == Look::call || bytes[begin - 1] != '.');
  }
  const auto begin = end - watch.length;
  const bool alone = (begin == 0 || !is_word(bytes[begin - 1])) && (end >= bytes.size() || !is_word(bytes[end]));
  if (watch.look == Look::import_line) return alone && is_import_line(bytes, begin);
  if (!alone || watch.look == Look::word) return alone;
  // An assignment, a keyword, an item: name=, name"] =, "name": …
  const auto rest = bytes.substr(end, 24);
  const auto mark = rest.find_first_not_of(" \t\"']");
  return mark != std::string_view::npos && (rest[mark] == '=' || rest[mark] == ':' || rest[mark] == ',');
}

// One file's examination: what may fire in it, and the pass over its nodes.
struct SyntaxRules::Walk {
  const SyntaxRules& rules;
  const ExaminedFile& file;
  std::vector<Finding>& findings;
  std::vector<bool> active = std::vector<bool>(rules.entries_.size());
  std::array<bool, 6> looks_for{};  // by SyntaxEntry::Kind: is any entry of it active?
  std::map<std::uint32_t, std::vector<std::size_t>> hits{};  // by rule
  std::map<std::uint32_t, std::size_t> judged{};             // places, by rule
  std::map<std::uint32_t, BoundedFindings> told{};           // by rule
  const Module* module = nullptr;
  std::optional<ScriptPart> script{};
  std::vector<std::uint32_t> found{};  // entries that a node's names fit

  bool activate(std::uint32_t entry) {
    const auto& [rule, number] = rules.entries_[entry];
    const auto& skipped = rules.rules_[rule].not_in;
    if (std::ranges::find(skipped, file.role) != skipped.end()) return false;
    active[entry] = true;
    looks_for[static_cast<std::size_t>(rules.rules_[rule].syntax[number].kind)] = true;
    return true;
  }

  bool wants(SyntaxEntry::Kind kind) const { return looks_for[static_cast<std::size_t>(kind)]; }

  void candidates(const Index& index, std::string_view name) {
    const auto at = index.find(name);
    if (at == index.end()) return;
    for (const std::uint32_t entry : at->second) {
      if (active[entry]) found.push_back(entry);
    }
  }

  void visit(NodeId id) {
    const Syntax& syntax = module->syntax();
    found.clear();
    using Kind = SyntaxEntry::Kind;
    switch (syntax.kind(id)) {
      case NodeKind::call:
        if (wants(Kind::call) || wants(Kind::import)) call(id);
        break;
      case NodeKind::import:
      case NodeKind::import_from:
        if (wants(Kind::import)) imports(id);
        break;
      case NodeKind::attribute:
      case NodeKind::name:
        if (wants(Kind::attribute)) named(id);
        break;
      case NodeKind::assign:
      case NodeKind::ann_assign:
        if (wants(Kind::assign)) assigned(id);
        break;
      case NodeKind::dict_item:
        if (wants(Kind::assign)) item(id);
        break;
      case NodeKind::keyword:
        if (!wants(Kind::keyword)) break;
        candidates(rules.keywords_, syntax.text(syntax.child(id)));
        judge(id, id, syntax.child(id, 1));
        break;
      default: break;
    }
    if (!wants(Kind::syntax)) return;
    const auto& of_kind = rules.kinds_[static_cast<std::uint8_t>(syntax.kind(id))];
    if (of_kind.empty()) return;
    found.clear();
    for (const std::uint32_t entry : of_kind) {
      if (active[entry] && holds_hit(rules.entries_[entry].rule, id)) found.push_back(entry);
    }
    judge(id, id, id);
  }

  bool holds_hit(std::uint32_t rule, NodeId id) {
    const auto own = hits.find(rule);
    if (own == hits.end()) return false;
    const Node& node = module->syntax()[id];
    const auto first = std::ranges::upper_bound(own->second, node.begin);
    return first != own->second.end() && *first <= node.end;
  }

  void call(NodeId id) {
    const Syntax& syntax = module->syntax();
    const NodeId callee = syntax.child(id);
    if (syntax.is(callee, NodeKind::attribute)) {
      const auto last = syntax.text(syntax.child(callee, 1));
      if (!rules.last_parts_.contains(last) && last != "import_module" && last != "__import__") return;
      candidates(rules.methods_, last);
    } else if (!syntax.is(callee, NodeKind::name)) {
      return;
    }
    const auto name = plain_name(module->qualified(callee));
    candidates(rules.calls_, name);
    judge(id, id, no_node);
    if (name == "__import__" || name.starts_with("importlib.")) import_by_call(id);
  }

  // importlib.import_module("pickle")
  void import_by_call(NodeId id) {
    const NodeId argument = module->argument(id, "name", 0);
    const auto name = argument == no_node ? std::nullopt : module->text_of(argument);
    if (name) imported(id, *name);
  }

  // A module, or what is taken from one: the longest name that an entry has.
  void imported(NodeId id, std::string_view name) {
    constexpr std::size_t longest = 256;  // no entry has more, and each of its parts is looked up
    name = name.substr(0, longest);
    found.clear();
    while (found.empty() && !name.empty()) {
      candidates(rules.imports_, name);
      const auto dot = name.rfind('.');
      name = name.substr(0, dot == std::string_view::npos ? 0 : dot);
    }
    judge(id, id, no_node);
  }

  void named(NodeId id) {
    const Syntax& syntax = module->syntax();
    const bool attribute = syntax.is(id, NodeKind::attribute);
    const auto last = attribute ? syntax.text(syntax.child(id, 1)) : syntax.text(id);
    if (!rules.last_attributes_.contains(last)) return;
    const NodeId parent = module->parent(id);
    if (syntax.is(parent, NodeKind::call) && syntax.child(parent) == id) return;
    candidates(rules.attributes_, plain_name(module->qualified(id)));
    judge(id, id, no_node);
  }

  void imports(NodeId id) {
    const Syntax& syntax = module->syntax();
    std::string from;
    for (const NodeId part : syntax.children(id)) {
      if (syntax.is(part, NodeKind::dotted_name)) from = std::string(syntax.text(part)) + ".";
      if (!syntax.is(part, NodeKind::alias)) continue;
      if (syntax[id].detail != 0 && syntax.is(id, NodeKind::import_from)) return;  // relative
      auto full = from + std::string(syntax.text(syntax.child(part)));
      if (full.starts_with("six.moves.")) full.erase(0, 10);
      imported(id, full);
    }
  }

  void assigned(NodeId id) {
    const Syntax& syntax = module->syntax();
    const NodeId value = syntax.last_child(id);
    const bool annotated = syntax.is(id, NodeKind::ann_assign);
    if (annotated && syntax.child_count(id) < 3) return;
    for (const NodeId target : syntax.children(id)) {
      if (target == value) break;
      found.clear();
      candidates(rules.assigned_, target_name(target));
      judge(id, id, value);
      if (annotated) break;
    }
  }

  // "x" of x, a.x and a["x"].
  std::string target_name(NodeId target) const {
    const Syntax& syntax = module->syntax();
    switch (syntax.kind(target)) {
      case NodeKind::name: return std::string(syntax.text(target));
      case NodeKind::attribute: return std::string(syntax.text(syntax.child(target, 1)));
      case NodeKind::subscript:
        return syntax.is(syntax.child(target, 1), NodeKind::string)
                   ? python::literal_value(syntax, syntax.child(target, 1))
                   : std::string();
      default: return "";
    }
  }

  // {"x": value} gives x a value too.
  void item(NodeId id) {
    const Syntax& syntax = module->syntax();
    const NodeId key = syntax.child(id);
    if (rules.assigned_.empty() || !syntax.is(key, NodeKind::string)) return;
    candidates(rules.assigned_, python::literal_value(syntax, key));
    judge(id, id, syntax.child(id, 1));
  }

  bool holds(const SyntaxEntry& entry, NodeId call, NodeId value) const {
    return std::ranges::all_of(entry.where, [&](const ValueTest& test) {
      if (entry.kind != SyntaxEntry::Kind::call) return test.holds(*module, value, false);
      const NodeId argument = module->argument(call, test.keyword, test.place);
      return test.holds(*module, argument, argument == no_node && is_open(call));
    });
  }

  // f(**options) and f(*values) may give what is not seen.
  bool is_open(NodeId call) const {
    const Syntax& syntax = module->syntax();
    const NodeId arguments = syntax.child_of(call, NodeKind::arguments);
    return arguments != no_node && (syntax.child_of(arguments, NodeKind::double_starred) != no_node ||
                                    syntax.child_of(arguments, NodeKind::starred) != no_node);
  }

  // Tells what the candidates find, the first of each rule.
  void judge(NodeId id, NodeId call, NodeId value) {
    std::ranges::sort(found);
    std::uint32_t done = UINT32_MAX;
    for (const std::uint32_t candidate : found) {
      const auto& [rule, number] = rules.entries_[candidate];
      const SyntaxEntry& entry = rules.rules_[rule].syntax[number];
      if (rule == done || !holds(entry, call, value)) continue;
      if (entry.skip || tell(rule, entry, id)) done = rule;
    }
  }

  bool is_run_as_script(NodeId id) {
    if (file.path.ends_with("__main__.py")) return false;
    if (!script) script.emplace(*module);
    return script->holds(module->syntax()[id].begin);
  }

  // Lowers the confidence where no use of the package comes.
  void doubt_place(NodeId id, Judgement& judgement) {
    std::string_view doubt;
    if (is_dead_branch(*module, id)) {
      doubt = ", where a module of the standard library is missing";
    } else if (is_run_as_script(id)) {
      doubt = ", where the module is run as a script";
    }
    if (doubt.empty()) return;
    judgement.confidence = Confidence::low;
    judgement.message += doubt;
  }

  bool tell(std::uint32_t number, const SyntaxEntry& entry, NodeId id) {
    const Rule& rule = rules.rules_[number];
    Judgement judgement{entry.severity.value_or(rule.about.severity),
                        entry.confidence.value_or(rule.about.confidence),
                        entry.message.empty() ? rule.about.title : entry.message,
                        entry.aliases.value_or(rule.about.aliases),
                        entry.cwe.empty() ? rule.about.cwe : entry.cwe,
                        {}};
    const SyntaxMatch match{rule, entry, file, id, hits[number], ++judged[number] <= most_followed};
    if (rules.checks_[number] && !rules.checks_[number](match, judgement)) return false;
    if (judgement.severity > Severity::low && judgement.confidence > Confidence::low) doubt_place(id, judgement);
    const auto room = told.try_emplace(number, rule.about, file, findings).first;
    if (!room->second.has_room(judgement.severity)) return true;
    const Node& node = module->syntax()[id];
    auto finding = finding_at(rule.about, file, node.begin, node.end, std::move(judgement.message));
    finding.severity = judgement.severity;
    finding.confidence = judgement.confidence;
    finding.aliases = std::move(judgement.aliases);
    finding.cwe = std::move(judgement.cwe);
    if (!judgement.excerpt.empty()) finding.excerpt = finding.context = std::move(judgement.excerpt);
    findings.push_back(std::move(finding));
    return true;
  }
};

void SyntaxRules::examine(const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings) const {
  if (hits.empty() || !is_python(file.path, file.bytes)) return;
  Walk walk{*this, file, findings};
  bool any = false;
  std::vector<bool> known(watches_.size());
  for (const Hit& hit : hits) {
    const Watch& watch = watches_[hit.pattern];
    if (watch.look == Look::as_it_is && watch.length == 0) walk.hits[watch.rule].push_back(hit.end);
    if (known[hit.pattern] || !confirm(watch, file.bytes, hit.end)) continue;
    known[hit.pattern] = true;
    for (const std::uint32_t entry : watch.entries) any = walk.activate(entry) || any;
  }
  if (!any) return;
  walk.module = &file.python();
  const auto count = static_cast<NodeId>(walk.module->syntax().nodes().size());
  for (NodeId id = 0; id < count; ++id) walk.visit(id);
}

}  // namespace assay
