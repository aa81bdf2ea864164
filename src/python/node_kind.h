#pragma once
#include <cstdint>

namespace assay::python {

// The kinds of syntax, named after CPython's ast where it has them, and their children in order:
// `x?` may be missing, `x*` and `x+` may be several. Optional parts that could be taken for others
// are wrapped in a node of their own. An `identifier` is a name as a part of its parent (what is
// defined, an attribute, a keyword); a `name` is an expression.
enum class NodeKind : std::uint8_t {
  module,  // statement*

  // Statements.
  error,           // what could not be read; no children, or those parts that could be
  function_def,    // decorator* identifier type_parameters? parameters returns? suite
  class_def,       // decorator* identifier type_parameters? arguments? suite
  return_,         // expression?
  delete_,         // expression+
  assign,          // target+ value (the value is the last child)
  aug_assign,      // target value; detail: Operator
  ann_assign,      // target annotation-expression value?
  type_alias,      // identifier type_parameters? value
  for_,            // target iterable suite else_?
  while_,          // test suite else_?
  if_,             // test suite else_? (elif is an else_ that holds one if_)
  with,            // with_item+ suite
  match,           // subject match_case+
  raise,           // expression? cause?
  try_,            // suite except_handler* else_? finally_?
  assert_,         // test message?
  import,          // alias+
  import_from,     // dotted_name? alias+; detail: leading dots (255 at most)
  global,          // identifier+
  nonlocal,        // identifier+
  expression,      // expression, a statement by itself
  pass,
  break_,
  continue_,

  // Parts of statements.
  suite,           // statement+
  else_,           // statement+
  finally_,        // statement+
  decorator,       // expression
  returns,         // expression
  parameters,      // parameter*
  parameter,       // identifier annotation? default_?; detail: ParameterKind
  annotation,      // expression
  default_,        // expression
  type_parameters, // type_parameter+
  type_parameter,  // identifier annotation? default_?; detail: 0 a TypeVar, 1 "*", 2 "**"
  with_item,       // expression target?
  match_case,      // pattern guard? suite
  guard,           // expression
  cause,           // expression
  except_handler,  // type-expression? identifier? suite
  alias,           // dotted_name identifier? ("*" is a dotted_name)
  dotted_name,
  identifier,

  // Expressions.
  bool_op,         // value+ (two or more); detail: Operator
  named_expr,      // name value
  bin_op,          // left right; detail: Operator
  unary_op,        // operand; detail: Operator
  lambda,          // parameters body
  if_exp,          // body test orelse (as they are written)
  dict,            // (dict_item | double_starred)*
  dict_item,       // key value
  set,             // expression+
  list,            // expression*
  tuple,           // expression*; NodeFlag::parenthesised
  list_comp,       // element comprehension+
  set_comp,        // element comprehension+
  dict_comp,       // dict_item comprehension+
  generator,       // element comprehension+
  comprehension,   // target iterable condition*
  await,           // expression
  yield,           // expression?
  yield_from,      // expression
  compare,         // left compare_to+
  compare_to,      // right; detail: Operator
  call,            // callee arguments
  arguments,       // (expression | starred | keyword | double_starred)*
  keyword,         // identifier value
  starred,         // value
  double_starred,  // value
  attribute,       // value identifier
  subscript,       // value index (an expression, a slice, or a tuple of them)
  slice,           // lower? upper? step?
  lower,           // expression
  upper,           // expression
  step,            // expression
  name,
  number,          // detail: NumberForm
  constant,        // detail: Constant
  string,          // one literal, prefix and quotes included; flags: NodeFlag's string ones
  fstring,         // (string_part | replacement)*; also template strings: NodeFlag::template_string
  string_part,     // literal text of an fstring as it is written: "{{" is a brace
  replacement,     // expression format_spec?; detail: the conversion's letter or 0
  format_spec,     // (string_part | replacement)*
  concatenated,    // (string | fstring)+, side by side

  // Patterns of match (PEP 634).
  match_value,     // expression
  match_sequence,  // pattern*
  match_mapping,   // (match_item | match_star)*
  match_item,      // key-expression pattern
  match_class,     // expression (pattern | match_keyword)*
  match_keyword,   // identifier pattern
  match_star,      // identifier? ("*_" has none); in a mapping "**rest"
  match_as,        // pattern? identifier? (none of both: "_")
  match_or,        // pattern+
};

enum class Operator : std::uint8_t {
  none,
  add, subtract, multiply, matrix_multiply, divide, floor_divide, modulo, power,
  left_shift, right_shift, bit_and, bit_or, bit_xor,
  invert, negate, plus, not_,
  and_, or_,
  equal, not_equal, less, less_equal, greater, greater_equal, is, is_not, in, not_in,
};

enum class ParameterKind : std::uint8_t { positional_only, ordinary, starred, keyword_only, double_starred };
enum class NumberForm : std::uint8_t { integer, floating, imaginary };
enum class Constant : std::uint8_t { none, true_, false_, ellipsis };

struct NodeFlag {
  static constexpr std::uint16_t async = 1;           // function_def, for_, with, comprehension
  static constexpr std::uint16_t star = 2;            // try_: "except*"
  static constexpr std::uint16_t parenthesised = 4;   // an expression that stands in parentheses
  // Of string, fstring and string_part.
  static constexpr std::uint16_t bytes = 8;
  static constexpr std::uint16_t raw = 16;
  static constexpr std::uint16_t triple = 32;
  static constexpr std::uint16_t unicode = 64;        // u"": Python 2's
  static constexpr std::uint16_t template_string = 128;  // t"": PEP 750
  static constexpr std::uint16_t self_documenting = 256; // replacement: {x=}
};

}  // namespace assay::python
