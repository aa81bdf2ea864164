#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "evidence/path_role.h"
#include "evidence/rule_description.h"
#include "examine/gate.h"
#include "examine/syntax_entry.h"

namespace assay {

// What a gate looks for, as data: rules/<rule>.toml beside the gate. Its examples are part of it,
// and one test runs them all.
struct Rule {
  // A file, and the severity it gets: exactly for one that must match, at most for one that must
  // not.
  struct Example {
    std::string path;
    PathRole role = PathRole::shipped;
    std::string text;
    Severity severity = Severity::none;
    std::optional<Confidence> confidence;  // as the severity; any where it is not stated
  };

  // How to mend what it finds where that takes no judgement: one of the three.
  struct Fix {
    Severity least = Severity::none;  // what weighs less of the rule is something else
    bool https = false;   // an http URL becomes https
    std::string keyword;  // the call gets keyword=value, instead of what it has for it
    std::string value;
    std::map<std::string, std::string, std::less<>> callees;  // the call's last name becomes another
    std::vector<std::string> drop;  // keywords that go with it
    bool drop_second = false;       // so does a second positional argument
    std::string suffix;             // stands behind the call
    std::map<std::string, std::string, std::less<>> names;  // the one name in its place becomes another
  };

  RuleDescription about;
  std::optional<Fix> fix;
  std::string check;  // the gate's code that judges a hit; "" where the entries say it all
  std::vector<Pattern> patterns;
  std::vector<PathRole> not_in;  // files where it says nothing, by their role: `not-in`
  std::vector<SyntaxEntry> syntax;  // what it looks for in Python; then it needs no patterns
  std::map<std::string, std::vector<std::string>, std::less<>> lists;  // the check's own words
  std::string text;  // the file's; "[[format]]" tables are the secrets gate's to read
  std::vector<Example> must_match;
  std::vector<Example> must_not_match;

  // `path` is "<gate>/rules/<rule>.toml". invalid_input with the place for unknown keys, wrong
  // types and rules without examples.
  static Result<Rule> parse(std::string_view path, std::string_view text);

  // An empty list if the rule has none of that name.
  const std::vector<std::string>& list(std::string_view name) const;
};

// A gate's rules, from what was built into the program.
Result<std::vector<Rule>> rules_of_gate(std::string_view gate);

// Digest of a gate's rule files and the version of the code that judges by them.
std::string ruleset_digest(std::string_view gate, std::string_view code_version);

}  // namespace assay
