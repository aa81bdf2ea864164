#pragma once
#include <string_view>

namespace assay {

// What a name says of the value that it is given.
enum class NameMeaning {
  other,       // "token_type", "password_field", "public_key", "next_token", "pad_token"
  credential,  // "password", "client_secret", "githubToken", "DB_PASSWORD", "api-key"
};

NameMeaning meaning_of_name(std::string_view name);

// Whether the name holds the word, not as the middle of another one; letters' case does not count.
bool name_holds(std::string_view name, std::string_view word);

}  // namespace assay
