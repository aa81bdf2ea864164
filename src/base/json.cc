#include "base/json.h"

#include <nlohmann/json.hpp>

namespace assay {

namespace {

constexpr std::size_t deepest = 200;

bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if ((c == '[' || c == '{') && ++depth > deepest) return true;
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (is_too_deep(text)) return fail(ErrorKind::invalid_input, "not JSON: nested too deep");
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::exception& e) {
    return fail(ErrorKind::invalid_input, std::string("not JSON: ") + e.what());
  }
}

std::string compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::string> string_member(const Json& object, std::string_view key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) {
    return fail(ErrorKind::invalid_input, "no \"" + std::string(key) + "\"");
  }
  if (!found->is_string()) {
    return fail(ErrorKind::invalid_input, "\"" + std::string(key) + "\" is not a string");
  }
  return found->get<std::string>();
}

Result<std::string> string_member(const Json& object, std::string_view key, std::string fallback) {
  if (!object.is_object() || !object.contains(key)) return fallback;
  return string_member(object, key);
}

}  // namespace assay
