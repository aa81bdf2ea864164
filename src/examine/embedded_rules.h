#pragma once
#include <span>
#include <string_view>

namespace assay {

// A rule file as it stood when the program was built (cmake/embed.cmake).
struct EmbeddedRule {
  std::string_view path;  // "weaknesses/rules/insecure-url.toml"
  std::string_view text;
};

std::span<const EmbeddedRule> embedded_rules();

}  // namespace assay
