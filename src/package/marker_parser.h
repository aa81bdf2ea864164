#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "package/marker.h"

namespace assay {

struct MarkerOperand {
  bool variable = false;
  std::string text;  // a variable's name, or a string's value
};

struct MarkerComparison {
  MarkerOperand left;
  std::string op;  // "==", "in", "not in", …
  MarkerOperand right;
};

// A chain of terms joined by "and" and "or"; "and" binds tighter. Parentheses nest a chain.
struct Marker::Node {
  struct Term {
    std::variant<MarkerComparison, std::shared_ptr<const Node>> value;
    bool after_or = false;  // joined to the one before it by "or"; the first is joined to none
  };
  std::vector<Term> terms;
};

// Deeper nesting than any real marker's is refused, so that no text can exhaust the stack.
Result<std::shared_ptr<const Marker::Node>> parse_marker_nodes(std::string_view text);

}  // namespace assay
