#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// JSON written as it comes, one member after the other, for documents of a hundred thousand parts
// that nobody should hold at once. The caller sees to it that what begins also ends.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& to) : to_(to) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& key(std::string_view name);  // plain ASCII
  // Bytes that are no UTF-8 become U+FFFD.
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& texts(const std::vector<std::string>& values);

  JsonWriter& member(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& member(std::string_view name, std::uint64_t value) { return key(name).number(value); }

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  void separate();

  std::string& to_;
  bool comma_ = false;  // something stands before in the same object or array
};

}  // namespace assay
