#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// Reads the members of one JSON object, all of them required. The first fault is kept and told at
// the end, so that a reader is a plain list of its members.
class JsonMembers {
 public:
  explicit JsonMembers(const Json& object);

  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  double number(std::string_view key);  // finite
  std::optional<double> number_or_null(std::string_view key);
  std::uint32_t count(std::string_view key);
  // A word that `parse` turns into a value.
  template <class Enum>
  Enum word(std::string_view key, Result<Enum> (*parse)(std::string_view)) {
    const auto value = parse(text(key));
    if (value) return *value;
    note(key, value.error().message);
    return Enum{};
  }
  // Calls `each` for the elements of an array; its error is a fault of that member.
  void elements(std::string_view key, const std::function<Result<>(const Json&)>& each);

  Result<> finish() const { return outcome_; }

 private:
  const Json* member(std::string_view key);
  void note(std::string_view key, std::string_view fault);

  const Json& object_;
  Result<> outcome_;
};

}  // namespace assay
