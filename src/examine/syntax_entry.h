#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "python/module.h"

namespace assay {

class RuleTable;

// A condition on an argument of a call, or on the value that is assigned:
//   { argument = "shell", is = "true" }                by keyword
//   { argument = "key_size", place = 1, below = 2048 } by keyword, else by place
//   { is = "false" }                                   of [[assign]] and [[keyword]]: the value
struct ValueTest {
  enum class Is { given, missing, true_, false_, none, constant, computed, matching };

  std::string keyword;
  int place = -1;
  Is is = Is::matching;
  // For `matching` one of these must hold.
  std::vector<std::string> texts;          // constant texts; "*" stands for any bytes, case counts
  std::vector<std::string> names;          // full names, of the value or of what it calls
  std::vector<std::int64_t> integers;
  std::optional<std::int64_t> below;       // an integer below this
  bool negated = false;

  // Of the value (no_node: not given). `open` says that more may be given: **options.
  bool holds(const python::Module& module, python::NodeId value, bool open) const;
};

// One thing that a rule looks for in Python's syntax:
//   [[call]] name = ["pickle.loads", "*.extractall", "eval"]   a callee's full name, or any receiver
//   [[import]] name = ["telnetlib"]                            a module, or what lies in it
//   [[attribute]] name = ["ssl.PROTOCOL_SSLv3"]                used in any way but as a callee
//   [[assign]] name = ["check_hostname"]                       given to a name, an attribute or an item
//   [[keyword]] name = ["verify"]                              a keyword argument of any call
//   [[syntax]] name = ["except_handler"]                       a kind of node that holds a pattern's hit
// Of a rule's entries, the first that holds judges.
struct SyntaxEntry {
  enum class Kind { call, import, attribute, assign, keyword, syntax };

  Kind kind = Kind::call;
  std::vector<std::string> names;
  std::vector<ValueTest> where;  // all must hold
  bool skip = false;             // then nothing is told
  std::string watch;             // a word that files must have, instead of what the names say
  // Instead of the rule's.
  std::optional<Severity> severity;
  std::optional<Confidence> confidence;
  std::string message;
  std::optional<std::vector<std::string>> aliases;
  std::vector<std::string> cwe;

  // Whether its names tell where to look, without a pattern.
  bool finds_itself() const { return kind != Kind::syntax; }
};

// The entries of a rule file.
Result<std::vector<SyntaxEntry>> read_syntax_entries(const RuleTable& rule);

// Does a text fit a pattern in which "*" stands for any bytes?
bool fits(std::string_view pattern, std::string_view text);

}  // namespace assay
