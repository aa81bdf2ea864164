#include "evidence/json_members.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace assay {

JsonMembers::JsonMembers(const Json& object) : object_(object) {
  if (!object.is_object()) outcome_ = fail(ErrorKind::invalid_input, "not a JSON object");
}

void JsonMembers::note(std::string_view key, std::string_view fault) {
  if (!outcome_) return;
  outcome_ = fail(ErrorKind::invalid_input, "\"" + std::string(key) + "\": " + std::string(fault));
}

const Json* JsonMembers::member(std::string_view key) {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  if (found != object_.end()) return &*found;
  note(key, "is missing");
  return nullptr;
}

std::string JsonMembers::text(std::string_view key) {
  const Json* value = member(key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  note(key, "is not a string");
  return {};
}

std::vector<std::string> JsonMembers::texts(std::string_view key) {
  std::vector<std::string> values;
  elements(key, [&](const Json& element) -> Result<> {
    if (!element.is_string()) return fail(ErrorKind::invalid_input, "holds what is not a string");
    values.push_back(element.get<std::string>());
    return {};
  });
  return values;
}

double JsonMembers::number(std::string_view key) {
  const Json* value = member(key);
  if (value == nullptr) return 0;
  const double number = value->is_number() ? value->get<double>() : NAN;
  if (std::isfinite(number)) return number;
  note(key, "is not a number");
  return 0;
}

std::optional<double> JsonMembers::number_or_null(std::string_view key) {
  const Json* value = member(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return number(key);
}

std::uint32_t JsonMembers::count(std::string_view key) {
  const Json* value = member(key);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number <= std::numeric_limits<std::uint32_t>::max()) {
      return static_cast<std::uint32_t>(number);
    }
  }
  note(key, "is not a count");
  return 0;
}

void JsonMembers::elements(std::string_view key, const std::function<Result<>(const Json&)>& each) {
  const Json* value = member(key);
  if (value == nullptr) return;
  if (!value->is_array()) return note(key, "is not an array");
  for (const Json& element : *value) {
    if (const auto read = each(element); !read) return note(key, read.error().message);
  }
}

}  // namespace assay
