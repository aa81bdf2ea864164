#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "python/module.h"

namespace assay {

// A text that an expression puts together, as far as the module tells it: literals, `+`, `%`,
// .format(), f-strings, names bound once. What is not known is a hole.
struct BuiltText {
  static constexpr char hole = '\x01';
  static constexpr char safe_hole = '\x02';  // a number, what was quoted or escaped, sys.executable

  std::string text;
  std::size_t holes = 0;
  std::size_t safe_holes = 0;

  bool constant() const { return holes == 0 && safe_holes == 0; }
  // There is more than one hole alone.
  bool formatted() const { return holes > 0 && text.size() > holes + safe_holes; }
};

BuiltText built_text(const python::Module& module, python::NodeId expression);

// The last part of a dotted name.
std::string_view last_part(std::string_view name);

// The words of an identifier: "sessionToken_id" has session, token and id.
std::vector<std::string> words_of(std::string_view identifier);

// The name that an expression's value is given: of a target, a keyword, a parameter, a key; else of
// the definition that it stands in. "" where there is none.
std::string receiver_of(const python::Module& module, python::NodeId node);

}  // namespace assay
