#include "examine/gates/secrets/login_judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

// What documentation writes where a password belongs.
constexpr std::array<std::string_view, 23> usual_words = {
    "pass",  "pw",     "pwd",   "psw",   "secret", "token", "mypass", "user",  "username", "guest",
    "admin", "root",   "test",  "tiger", "bar",    "foo",   "baz",    "abc",   "123",      "1234",
    "login", "postgres", "mysql"};

// Names of this machine, of no machine, or of none that others reach.
bool is_private_name(std::string_view host) {
  const std::string name = lower(host);
  if (!name.contains('.') || name.starts_with("127.") || name.starts_with("10.") ||
      name.starts_with("192.168.") || name.starts_with("0.")) {
    return true;
  }
  for (const std::string_view end :
       {".local", ".localhost", ".test", ".invalid", ".internal", ".lan", ".example"}) {
    if (name.ends_with(end)) return true;
  }
  return name.contains("example.") || name.contains("host.") || name.contains("domain.") ||
         name.contains("your");
}

}  // namespace

SecretDescription judge_login(const RuleDescription& rule, std::string_view user,
                              std::string_view password, std::string_view host) {
  SecretDescription told{rule.severity, rule.confidence, {}, "login", {}, password};
  const ValueShape shape = shape_of_value(password);
  const std::string word = lower(password);
  const bool usual = std::ranges::find(usual_words, std::string_view(word)) != usual_words.end();
  const auto placeholder = placeholder_reason(password);
  if (usual || password == user || !placeholder.empty()) {
    told.severity = Severity::none;
    told.confidence = Confidence::high;
    told.message = fmt::format(
        "a user's name and a password, but {}",
        !placeholder.empty() ? placeholder : "it is what examples write in a password's place");
    return told;
  }
  const bool strong =
      shape.kind == ValueShape::Kind::random || shape.kind == ValueShape::Kind::password;
  const bool local = !host.empty() && is_private_name(host);
  told.message = "a user's name and a password stand together";
  if (!host.empty()) {
    told.message += fmt::format(", for {}", shortened(printable(host), 80));
    told.what += fmt::format(" at {}", shortened(printable(host), 60));
  }
  if (!strong || local) told.severity = strong || !local ? Severity::medium : Severity::low;
  if (!strong) told.confidence = Confidence::low;
  if (shape.kind == ValueShape::Kind::ordinary) told.severity = Severity::low;
  return told;
}

}  // namespace assay
