#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace assay::behaviour {

// How a project's name comes near to one of the most used ones without being it.
struct Likeness {
  std::string known;  // "requests"
  enum class Kind {
    same_look,   // digits for letters, separators moved: "req-uests", "reque5ts"
    one_change,  // a letter more, less, another, or two swapped
    decorated,   // "python-requests", "requests-py"
  } kind = Kind::one_change;
};

// Nothing for a name that is itself much used. `name` in its normalized form (PEP 503).
std::optional<Likeness> likeness_of(std::string_view name);

// Whether two names differ by one insertion, deletion, substitution or swap of neighbours.
bool differ_by_one(std::string_view left, std::string_view right);

}  // namespace assay::behaviour
