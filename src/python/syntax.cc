#include "python/syntax.h"

namespace assay::python {

namespace {

constexpr const char* kind_names[] = {
    "module", "error", "function_def", "class_def", "return_", "delete_", "assign", "aug_assign",
    "ann_assign", "type_alias", "for_", "while_", "if_", "with", "match", "raise", "try_",
    "assert_", "import", "import_from", "global", "nonlocal", "expression", "pass", "break_",
    "continue_", "suite", "else_", "finally_", "decorator", "returns", "parameters", "parameter",
    "annotation", "default_", "type_parameters", "type_parameter", "with_item", "match_case",
    "guard", "cause", "except_handler", "alias", "dotted_name", "identifier", "bool_op",
    "named_expr", "bin_op", "unary_op", "lambda", "if_exp", "dict", "dict_item", "set", "list",
    "tuple", "list_comp", "set_comp", "dict_comp", "generator", "comprehension", "await", "yield",
    "yield_from", "compare", "compare_to", "call", "arguments", "keyword", "starred",
    "double_starred", "attribute", "subscript", "slice", "lower", "upper", "step", "name",
    "number", "constant", "string", "fstring", "string_part", "replacement", "format_spec",
    "concatenated", "match_value", "match_sequence", "match_mapping", "match_item", "match_class",
    "match_keyword", "match_star", "match_as", "match_or"};
static_assert(std::size(kind_names) == static_cast<unsigned>(NodeKind::match_or) + 1);

}  // namespace

std::string_view kind_name(NodeKind kind) { return kind_names[static_cast<unsigned>(kind)]; }

NodeId Syntax::last_child(NodeId id) const {
  NodeId last = no_node;
  for (const NodeId child : children(id)) last = child;
  return last;
}

NodeId Syntax::child_of(NodeId id, NodeKind kind) const {
  for (const NodeId child : children(id)) {
    if (is(child, kind)) return child;
  }
  return no_node;
}

std::size_t Syntax::child_count(NodeId id) const {
  std::size_t count = 0;
  for (NodeId at = nodes_[id].first_child; at != no_node; at = nodes_[at].next_sibling) ++count;
  return count;
}

}  // namespace assay::python
