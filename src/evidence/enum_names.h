#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/text.h"

namespace assay {

// The words of an enumeration whose values count from zero, in their order.
template <std::size_t N>
using EnumNames = std::array<std::string_view, N>;

template <class Enum, std::size_t N>
std::string_view name_of(const EnumNames<N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(std::to_underlying(value)));
}

// `what` is what the word stands for, in the error's sentence.
template <class Enum, std::size_t N>
Result<Enum> value_of(const EnumNames<N>& names, std::string_view text, std::string_view what) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return fail(ErrorKind::invalid_input,
              "no " + std::string(what) + ": \"" + printable(text.substr(0, 80)) + "\"");
}

}  // namespace assay
