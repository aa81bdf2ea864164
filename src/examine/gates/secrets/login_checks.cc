#include "examine/gates/secrets/login_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "examine/gates/secrets/known_values.h"
#include "examine/gates/secrets/login_judgement.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

constexpr std::size_t window = 400;

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=' ||
         c == '-' || c == '_';
}
bool is_token(char c) { return is_base64(c) || c == '.' || c == '~'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct Range {
  std::size_t begin;
  std::size_t end;
};

// The run of such characters around the byte before `at`.
Range run_around(std::string_view text, std::size_t at, auto accept) {
  Range run{at, at};
  while (run.begin > 0 && at - run.begin < window && accept(text[run.begin - 1])) --run.begin;
  while (run.end < text.size() && run.end - at < 4 * window && accept(text[run.end])) ++run.end;
  return run;
}

void tell(const Rule& rule, const ExaminedFile& file, Range range, SecretDescription told,
          std::vector<Finding>& findings) {
  doubt_example(file, range.begin, told);
  findings.push_back(secret_finding(rule.about, file, range.begin, range.end, std::move(told)));
}

void check_netrc(const Rule& rule, const ExaminedFile& file, std::size_t end,
                 std::vector<Finding>& findings) {
  const auto text = file.bytes;
  const auto range = run_around(text, end, [](char c) { return !is_blank(c) && c != '"' && c != '\\'; });
  const auto from = end > window ? end - window : 0;
  const auto before = text.substr(from, range.begin - from);
  const auto machine = lower(before).rfind("machine");
  if (machine == std::string::npos) return;
  const auto entry = trim(before.substr(machine + 7));
  const auto host = entry.substr(0, std::min(entry.find_first_of(" \t\r\n"), entry.size()));
  tell(rule, file, range, judge_login(rule.about, "", text.substr(range.begin, range.end - range.begin), host),
       findings);
}

// base64 of "user:password", of a header, .dockercfg or .npmrc.
void check_encoded(const Rule& rule, const ExaminedFile& file, std::size_t end,
                   std::vector<Finding>& findings) {
  const auto range = run_around(file.bytes, end, is_base64);
  const auto login = decode_base64(file.bytes.substr(range.begin, range.end - range.begin));
  if (!login || login->size() < 5) return;
  for (const char c : *login) {
    if (c < ' ' || c > '~') return;
  }
  const auto colon = login->find(':');
  if (colon == std::string::npos || colon == 0 || colon + 3 >= login->size()) return;
  const std::string_view whole = *login;
  auto told = judge_login(rule.about, whole.substr(0, colon), whole.substr(colon + 1), "");
  told.what = "login in base64";
  tell(rule, file, range, std::move(told), findings);
}

void check_curl(const Rule& rule, const ExaminedFile& file, std::size_t end,
                std::vector<Finding>& findings) {
  const auto text = file.bytes;
  const auto range = run_around(text, end, [](char c) {
    return !is_blank(c) && c != '"' && c != '\'' && c != '`' && c != '<';
  });
  const auto login = text.substr(range.begin, range.end - range.begin);
  const auto colon = login.find(':');
  if (login.contains("://")) return;
  const auto before = text.substr(0, range.begin);
  if (colon == std::string_view::npos && (before.ends_with(":\"") || before.ends_with(":'"))) {
    tell(rule, file, range, judge_login(rule.about, "", login, ""), findings);  // user:'password'
    return;
  }
  if (colon == std::string_view::npos || colon == 0) return;
  tell(rule, file, range, judge_login(rule.about, login.substr(0, colon), login.substr(colon + 1), ""),
       findings);
}

void check_bearer(const Rule& rule, const ExaminedFile& file, std::size_t end,
                  std::vector<Finding>& findings) {
  const auto range = run_around(file.bytes, end, is_token);
  const auto token = file.bytes.substr(range.begin, range.end - range.begin);
  if (token.starts_with("eyJ") || !known_value(token).empty()) return;  // json-web-token's
  if (shape_of_value(token).kind != ValueShape::Kind::random) return;
  tell(rule, file, range,
       {Severity::medium, Confidence::medium, "a header holds a bearer's token", "bearer token", {}, token},
       findings);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

// A key in a header of its own; some services take UUIDs for keys.
void check_header(const Rule& rule, const ExaminedFile& file, std::size_t end,
                  std::vector<Finding>& findings) {
  const auto range = run_around(file.bytes, end, is_token);
  const auto key = file.bytes.substr(range.begin, range.end - range.begin);
  if (key.starts_with("eyJ") || !known_value(key).empty() || !placeholder_reason(key).empty()) return;
  if (!is_uuid(key) && shape_of_value(key).kind != ValueShape::Kind::random) return;
  tell(rule, file, range,
       {Severity::medium, Confidence::medium, "a header holds a key", "key in a header", {}, key}, findings);
}

// A password up to the sign that ends it. "%NAME%" is the environment's.
void check_enclosed(const Rule& rule, const ExaminedFile& file, std::size_t end,
                    std::string_view ends, std::vector<Finding>& findings) {
  const auto range = run_around(file.bytes, end, [&](char c) {
    return c >= ' ' && !ends.contains(c);
  });
  const auto password = file.bytes.substr(range.begin, range.end - range.begin);
  const bool named = password.size() > 2 && password.starts_with('%') && password.ends_with('%');
  if (named || password.find_first_of("{$<") != std::string_view::npos) return;
  tell(rule, file, range, judge_login(rule.about, "", password, ""), findings);
}

}  // namespace

void check_url_credentials(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings) {
  const auto text = file.bytes;
  std::size_t told = 0;
  for (const Hit& hit : hits) {
    const auto from = hit.end > window ? hit.end - window : 0;
    const auto before = text.substr(from, hit.end - from);
    const auto slashes = before.rfind("://");
    if (slashes == std::string_view::npos) continue;
    const auto user_begin = from + slashes + 3;
    if (user_begin <= told) continue;
    const auto rest = text.substr(user_begin, window);
    const auto at = rest.find('@');
    const auto colon = rest.find(':');
    if (at == std::string_view::npos || colon >= at) continue;
    told = user_begin;
    const auto user = rest.substr(0, colon);
    const auto password = rest.substr(colon + 1, at - colon - 1);
    const auto host = rest.substr(at + 1, std::min(rest.find_first_of("/:?#\"'`<>\\ \t\r\n,;)", at + 1), rest.size()) - at - 1);
    const bool filled_in = user.find_first_of("{$%<*[(") != std::string_view::npos ||
                           password.find_first_of("{<*[(|\\^") != std::string_view::npos ||
                           host.find_first_of("{$%<*[(") != std::string_view::npos;
    if (password.empty() || host.empty() || filled_in || password.front() == '$') continue;
    tell(rule, file, {user_begin, user_begin + at}, judge_login(rule.about, user, password, host),
         findings);
  }
}

void check_logins(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                  std::vector<Finding>& findings) {
  for (const Hit& hit : hits) {
    switch (hit.pattern) {
      case 0: check_netrc(rule, file, hit.end, findings); break;
      case 1: check_encoded(rule, file, hit.end, findings); break;
      case 2: check_curl(rule, file, hit.end, findings); break;
      case 3: check_bearer(rule, file, hit.end, findings); break;
      case 4: check_header(rule, file, hit.end, findings); break;
      case 5: check_enclosed(rule, file, hit.end, "\"", findings); break;
      case 6: check_enclosed(rule, file, hit.end, "=&;\"' ", findings); break;
      default: check_enclosed(rule, file, hit.end, "\"'{}", findings); break;
    }
  }
}

void check_password_hashes(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings) {
  constexpr std::size_t shortest = 24;
  for (const Hit& hit : hits) {
    const auto range = run_around(file.bytes, hit.end, [](char c) {
      return is_token(c) || c == '$' || c == '{' || c == '}' || c == ',';
    });
    const auto hash = file.bytes.substr(range.begin, range.end - range.begin);
    if (hash.size() < shortest || !masked_reason(hash).empty()) continue;
    const std::string name = lower(file.path);
    const bool of_users = name.ends_with("passwd") || name.ends_with("shadow") ||
                          name.ends_with("users") || name.contains("htpasswd");
    tell(rule, file, range,
         {of_users ? rule.about.severity : Severity::low, rule.about.confidence,
          "a hash of a password, which can be tried offline", "password hash",
          std::string(hash.substr(0, hash.find('$', 1) + 1).substr(0, 10)), hash},
         findings);
  }
}

}  // namespace assay
