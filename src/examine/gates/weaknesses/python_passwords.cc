#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Syntax;

// Where a string stands that is a password by its name.
struct Place {
  std::string name;
  std::vector<std::string> aliases;
};

Place place_of(const Module& module, NodeId node) {
  const Syntax& syntax = module.syntax();
  const NodeId parent = module.parent(node);
  const auto name = [&](NodeId id) {
    if (syntax.is(id, NodeKind::string)) return python::literal_value(syntax, id);
    if (syntax.is(id, NodeKind::subscript)) {
      const NodeId index = syntax.child(id, 1);
      return syntax.is(index, NodeKind::string) ? python::literal_value(syntax, index) : std::string();
    }
    if (!syntax.is(id, NodeKind::name) && !syntax.is(id, NodeKind::attribute)) return std::string();
    return std::string(last_part(syntax.text(id)));
  };
  switch (syntax.kind(parent)) {
    case NodeKind::assign:
    case NodeKind::ann_assign: return {name(syntax.child(parent)), {"B105", "S105"}};
    case NodeKind::dict_item:
      if (syntax.child(parent) == node) return {};
      return {name(syntax.child(parent)), {"B105", "S105"}};
    case NodeKind::compare_to: return {name(syntax.child(module.parent(parent))), {"B105", "S105"}};
    case NodeKind::keyword: return {std::string(syntax.text(syntax.child(parent))), {"B106", "S106"}};
    case NodeKind::default_:
      return {std::string(syntax.text(syntax.child(module.parent(parent)))), {"B107", "S107"}};
    default: return {};
  }
}

bool names_a_password(std::string_view name) {
  constexpr std::array known = std::to_array<std::string_view>(
      {"password", "passwd", "passwrd", "pasword", "passphrase", "pass", "pwd", "token", "secret", "secrete"});
  const std::string lowered = lower(name);
  for (const auto part : split(lowered, '_')) {
    if (std::ranges::find(known, part) != known.end()) return true;
  }
  return false;
}

double bits_per_byte(std::string_view text) {
  std::array<unsigned, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const unsigned count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

// Does the value look like what someone chose or was given as a credential, and not like a word, a
// name, a path, a template or a placeholder?
bool is_credential(std::string_view value) {
  if (value.size() < 8 || value.size() > 200 || value.find_first_of(" \t\n{}<>%$/\\") != std::string_view::npos) return false;
  if (value.contains('[') && value.contains(']')) return false;  // a pattern of characters
  bool digit = false, small = false, capital = false, mark = false;
  for (const char c : value) {
    digit = digit || (c >= '0' && c <= '9');
    small = small || (c >= 'a' && c <= 'z');
    capital = capital || (c >= 'A' && c <= 'Z');
    mark = mark || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.');
  }
  if (!digit || !(small || capital) || static_cast<int>(small) + capital + digit + mark < 3) return false;
  const auto lowered = lower(value);
  constexpr std::array fillers = std::to_array<std::string_view>(
      {"example", "changeme", "change_me", "your", "xxxx", "placeholder", "dummy", "password", "secret", "123456", "test"});
  const bool filler = std::ranges::any_of(fillers, [&](std::string_view word) { return lowered.contains(word); });
  return !filler && bits_per_byte(value) >= 3.0;
}

}  // namespace

bool check_hardcoded_password(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const auto place = place_of(module, match.node);
  if (!names_a_password(place.name)) return false;
  const auto value = python::literal_value(syntax, match.node);
  const bool speaks = std::ranges::any_of(value, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!speaks || value == place.name) return false;
  judgement.aliases = place.aliases;
  judgement.excerpt = place.name + " = (" + counted(value.size(), "byte") + ")";
  if (!is_credential(value)) {
    judgement.severity = Severity::low;
    judgement.confidence = Confidence::low;
    judgement.message = "A text that is named as a password";
  }
  return true;
}

}  // namespace assay
