#include "package/marker.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "package/marker_parser.h"
#include "package/name.h"
#include "package/python_string.h"
#include "package/specifier.h"

namespace assay {

namespace {

using Node = Marker::Node;

// What PEP 508 lets every environment define; "extra" only while dependencies are looked at.
constexpr std::array<std::string_view, 12> environment_variables{
    "python_version",      "python_full_version",
    "os_name",             "sys_platform",
    "platform_release",    "platform_system",
    "platform_version",    "platform_machine",
    "implementation_name", "platform_python_implementation",
    "extra",               "implementation_version"};

bool holds_versions(std::string_view variable) {
  return variable == "python_version" || variable == "python_full_version" ||
         variable == "implementation_version" || variable == "platform_release";
}

bool holds_names(std::string_view variable) {
  return variable == "extras" || variable == "dependency_groups";
}

struct Value {
  std::string text;
  const std::set<std::string>* members = nullptr;  // for a variable that holds a set
};

// One evaluation of a whole marker. It goes on after a problem and keeps the first.
class Evaluation {
 public:
  Evaluation(const MarkerEnvironment& environment, const MarkerSets& sets)
      : environment_(environment), sets_(sets) {}

  bool holds(const Node& node) {
    bool any = false;
    bool all = true;
    for (const auto& term : node.terms) {
      if (term.after_or) {
        any = any || all;
        all = true;
      }
      const bool term_holds = holds(term);
      all = all && term_holds;
    }
    return any || all;
  }

  const std::string& problem() const { return problem_; }

 private:
  bool holds(const Node::Term& term) {
    const auto* comparison = std::get_if<MarkerComparison>(&term.value);
    return comparison != nullptr ? holds(*comparison) : holds(*std::get<1>(term.value));
  }

  // One side is looked up, the other taken as it stands, even if it is a variable's name too. As
  // in the reference implementation a string on both sides makes the right one a name.
  bool holds(const MarkerComparison& comparison) {
    const bool variable_left = comparison.left.variable;
    const auto& variable = variable_left ? comparison.left.text : comparison.right.text;
    Value left{comparison.left.text};
    Value right{comparison.right.text};
    (variable_left ? left : right) = look_up(variable);
    if (variable == "extra" && (left.members != nullptr || right.members != nullptr)) {
      const auto& literal = variable_left ? right.text : left.text;
      return compare_with_extras(left.members != nullptr ? *left.members : *right.members, comparison.op, literal);
    }
    if (left.members != nullptr) {
      return has_problem("a set can only stand on the right of a comparison: ", variable);
    }
    if (holds_names(variable)) {
      left.text = Name::normalize(left.text).str();
      right.text = Name::normalize(right.text).str();
    }
    return right.members != nullptr
               ? compare_with_set(left.text, comparison.op, *right.members, variable)
               : compare(left.text, comparison.op, right.text, variable);
  }

  Value look_up(const std::string& variable) {
    if (const auto set = sets_.find(variable); set != sets_.end()) return {"", &set->second};
    const auto found = environment_.find(variable);
    if (found == environment_.end()) {
      if (std::ranges::find(environment_variables, variable) == environment_variables.end()) {
        has_problem("no such variable in the environment: ", variable);
      }
      return {};
    }
    if (variable == "extra") return {Name::normalize(found->second).str()};
    if (holds_names(variable)) has_problem("it must be a set: ", variable);
    // What an interpreter built from no tag says of itself ("3.13.0+") is no version.
    if (variable == "python_full_version" && found->second.ends_with('+')) {
      return {found->second + "local"};
    }
    return {found->second};
  }

  bool compare(const std::string& left, const std::string& op, const std::string& right,
               std::string_view variable) {
    if (holds_versions(variable)) {
      if (const auto specifier = Specifier::parse(op + right)) {
        return specifier->matches_text(left);
      }
    }
    if (op == "in") return right.find(left) != right.npos;
    if (op == "not in") return right.find(left) == right.npos;
    return compare_identity(left == right, op, variable);
  }

  bool compare_with_set(const std::string& left, const std::string& op,
                        const std::set<std::string>& members, std::string_view variable) {
    const bool contained = std::ranges::any_of(members, [&](const std::string& member) {
      return left == (holds_names(variable) ? Name::normalize(member).str() : member);
    });
    if (op == "in") return contained;
    if (op == "not in") return !contained;
    return compare_identity(false, op, variable);
  }

  // All extras that are asked for at once: equality is membership, and no other operator means anything.
  bool compare_with_extras(const std::set<std::string>& extras, const std::string& op, const std::string& literal) {
    const auto wanted = Name::normalize(literal).str();
    const bool contained = extras.empty() ? wanted.empty()
                                          : std::ranges::any_of(extras, [&](const std::string& extra) {
                                              return Name::normalize(extra).str() == wanted;
                                            });
    if (op == "==") return contained;
    if (op == "!=") return !contained;
    return has_problem("a comparison that means nothing there: ", "extra " + op);
  }

  // Strings that are no versions have no order: "<=" and ">=" hold only for equal ones.
  bool compare_identity(bool equal, const std::string& op, std::string_view variable) {
    if (op == "==" || op == "<=" || op == ">=") return equal;
    if (op == "!=") return !equal;
    if (op == "<" || op == ">") return false;
    return has_problem("a comparison that means nothing there: ",
                       fmt::format("{} {}", variable, op));
  }

  bool has_problem(std::string_view what, std::string_view where) {
    if (problem_.empty()) problem_ = fmt::format("{}{}", what, printable(where.substr(0, 100)));
    return false;
  }

  const MarkerEnvironment& environment_;
  const MarkerSets& sets_;
  std::string problem_;
};

// A value as it stands, as the reference implementation prints it, means another string or none where it
// holds a backslash, a line's end or both kinds of quote. Escapes keep such a value whole and in its line.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\') {
      text += "\\\\";
    } else if (c == '"' || c == '\n' || c == '\r' || c == '\0') {
      text += fmt::format("\\x{:02x}", c);
    } else {
      text += c;
    }
  }
  return text;
}

std::string format_operand(const MarkerOperand& operand) {
  if (operand.variable) return operand.text;
  const bool reads_back = read_python_string(operand.text) == operand.text;
  for (const char quote : {'"', '\''}) {
    if (reads_back && !operand.text.contains(quote)) return quote + operand.text + quote;
  }
  return "\"" + escaped(operand.text) + "\"";
}

std::string format_node(const Node& node, bool outermost);

std::string format_term(const Node::Term& term, bool outermost) {
  const auto* comparison = std::get_if<MarkerComparison>(&term.value);
  if (comparison == nullptr) return format_node(*std::get<1>(term.value), outermost);
  return fmt::format("{} {} {}", format_operand(comparison->left), comparison->op,
                     format_operand(comparison->right));
}

std::string format_node(const Node& node, bool outermost) {
  if (node.terms.size() == 1) return format_term(node.terms[0], outermost);
  std::string text;
  for (std::size_t i = 0; i < node.terms.size(); ++i) {
    if (i > 0) text += node.terms[i].after_or ? " or " : " and ";
    text += format_term(node.terms[i], false);
  }
  return outermost ? text : "(" + text + ")";
}

}  // namespace

Result<Marker> Marker::parse(std::string_view text) {
  Marker marker;
  ASSAY_TRY(marker.root_, parse_marker_nodes(text));
  return marker;
}

bool Marker::evaluate(const MarkerEnvironment& environment) const {
  const MarkerSets no_sets;
  return Evaluation(environment, no_sets).holds(*root_);
}

Result<bool> Marker::evaluate_strictly(const MarkerEnvironment& environment,
                                       const MarkerSets& sets) const {
  Evaluation evaluation(environment, sets);
  const bool holds = evaluation.holds(*root_);
  if (!evaluation.problem().empty()) return fail(ErrorKind::invalid_input, evaluation.problem());
  return holds;
}

std::string Marker::str() const { return format_node(*root_, true); }

}  // namespace assay
