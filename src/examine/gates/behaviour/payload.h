#pragma once
#include <string>
#include <string_view>

namespace assay::behaviour {

// What a text that was decoded does, read as Python: "calls subprocess.Popen() and os.remove()"; with
// further layers, what the innermost does. "" if nothing of it is known here.
std::string acts_in_words(std::string_view text);
// The text's beginning on one line, for a message.
std::string beginning(std::string_view text);

}  // namespace assay::behaviour
