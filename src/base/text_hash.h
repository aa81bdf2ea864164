#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace assay {

// Of unordered sets and maps of strings, in which a string is found by a view of it.
struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

}  // namespace assay
