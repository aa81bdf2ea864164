#pragma once
#include <string>
#include <string_view>

namespace assay {

// What a text that stands where a credential might looks like.
struct ValueShape {
  enum class Kind {
    placeholder,  // made to be replaced, masked, or a well-known example
    ordinary,     // words, a path, a version, a template: no credential
    weak,         // a short or plain password: it may be one
    password,     // what people make up when they are told to mix signs
    random,       // what a machine made
  } kind = Kind::ordinary;
  std::string_view why;  // of a placeholder: what shows it
};

ValueShape shape_of_value(std::string_view value);

// What shows that a text is no live credential: "it says that it is an example", "it repeats",
// "it counts up"; "" if nothing does.
std::string_view placeholder_reason(std::string_view value);
// The same of what only a machine writes, in which words are chance.
std::string_view masked_reason(std::string_view value);

// Bits a byte, of the text's own distribution.
double entropy(std::string_view text);

// Whether letters and digits alternate as chance has it. Of names and words they don't.
bool looks_random(std::string_view text);

}  // namespace assay
