#include "package/marker_parser.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "package/name.h"
#include "package/python_string.h"

namespace assay {

namespace {

using Node = Marker::Node;

constexpr int max_depth = 200;

constexpr std::array<std::string_view, 14> variables{
    "python_version",   "python_full_version", "os_name",
    "sys_platform",     "platform_release",    "platform_system",
    "platform_version", "platform_machine",    "platform_python_implementation",
    "extra",            "implementation_name", "implementation_version",
    "extras",           "dependency_groups"};

// Spellings of PEP 345 and of setuptools that PEP 508 still accepts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> older_spellings{{
    {"os.name", "os_name"},
    {"sys.platform", "sys_platform"},
    {"platform.version", "platform_version"},
    {"platform.machine", "platform_machine"},
    {"platform.python_implementation", "platform_python_implementation"},
    {"python_implementation", "platform_python_implementation"},
}};

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Names of extras and groups compare in their normal form (PEP 685, 735).
void normalize_names(MarkerComparison& comparison) {
  auto& [left, op, right] = comparison;
  const auto normalize = [](MarkerOperand& value) {
    value.text = Name::normalize(value.text).str();
  };
  const auto is = [](const MarkerOperand& operand, std::string_view name) {
    return operand.variable && operand.text == name;
  };
  if (is(left, "extra") && !right.variable) normalize(right);
  const bool names_right =
      is(right, "extra") || is(right, "extras") || is(right, "dependency_groups");
  if (names_right && !left.variable) normalize(left);
}

class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text) {}

  Result<std::shared_ptr<const Node>> parse_all() {
    ASSAY_TRY(auto node, parse_chain(0));
    if (at_ != text_.size()) return bad("something stands after its end");
    return node;
  }

 private:
  std::unexpected<Error> bad(std::string_view why) const {
    return fail(ErrorKind::invalid_input, fmt::format("not a marker, {}: \"{}\"", why,
                                                      printable(text_.substr(0, 200))));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && is_word(text_[end])) return false;
    if (at_ > 0 && is_word(text_[at_ - 1])) return false;
    at_ = end;
    return true;
  }

  Result<std::shared_ptr<const Node>> parse_chain(int depth) {
    if (depth > max_depth) return bad("nested too deeply");
    auto node = std::make_shared<Node>();
    bool after_or = false;
    for (;;) {
      ASSAY_TRY(auto term, parse_term(depth));
      term.after_or = after_or;
      node->terms.push_back(std::move(term));
      if (take_word("or")) {
        after_or = true;
      } else if (take_word("and")) {
        after_or = false;
      } else {
        return node;
      }
    }
  }

  Result<Node::Term> parse_term(int depth) {
    skip_blanks();
    if (peek() != '(') return parse_comparison();
    ++at_;
    ASSAY_TRY(auto inner, parse_chain(depth + 1));
    if (peek() != ')') return bad("a parenthesis is not closed");
    ++at_;
    skip_blanks();
    return Node::Term{std::move(inner)};
  }

  Result<Node::Term> parse_comparison() {
    MarkerComparison comparison;
    ASSAY_TRY(comparison.left, parse_operand());
    skip_blanks();
    ASSAY_TRY(comparison.op, parse_operator());
    skip_blanks();
    ASSAY_TRY(comparison.right, parse_operand());
    skip_blanks();
    normalize_names(comparison);
    return Node::Term{std::move(comparison)};
  }

  Result<MarkerOperand> parse_operand() {
    if (peek() == '"' || peek() == '\'') return parse_string();
    for (const auto& [older, name] : older_spellings) {
      if (take_word(older)) return MarkerOperand{true, std::string(name)};
    }
    for (const auto name : variables) {
      if (take_word(name)) return MarkerOperand{true, std::string(name)};
    }
    return bad("a variable or a string is missing");
  }

  // The nearest quote of the same kind ends a string, whether it is escaped or not.
  Result<MarkerOperand> parse_string() {
    const auto end = text_.find(peek(), at_ + 1);
    if (end == text_.npos) return bad("a string is not closed");
    auto value = read_python_string(text_.substr(at_ + 1, end - at_ - 1));
    if (!value) return bad("a string is no Python string");
    at_ = end + 1;
    return MarkerOperand{false, *std::move(value)};
  }

  Result<std::string> parse_operator() {
    for (const std::string_view op : {"===", "==", "~=", "!=", "<=", ">=", "<", ">"}) {
      if (!text_.substr(at_).starts_with(op)) continue;
      at_ += op.size();
      return std::string(op);
    }
    if (take_word("in")) return "in";
    if (take_word("not")) {
      skip_blanks();
      if (take_word("in")) return "not in";
    }
    return bad("a comparison is missing");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Marker::Node>> parse_marker_nodes(std::string_view text) {
  return MarkerParser(text).parse_all();
}

}  // namespace assay
