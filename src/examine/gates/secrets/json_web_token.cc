#include "examine/gates/secrets/json_web_token.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "examine/gates/secrets/known_values.h"
#include "examine/gates/secrets/secret_finding.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

constexpr std::size_t longest_part = 8192;

bool is_base64url(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '=';
}

struct WebToken {
  std::size_t begin = 0;
  std::size_t end = 0;
  Json header;
  Json claims;
  bool is_signed = false;
};

std::optional<Json> decode_object(std::string_view part) {
  const auto bytes = decode_base64(part);
  if (!bytes) return std::nullopt;
  auto json = parse_json(*bytes);
  if (!json || !json->is_object()) return std::nullopt;
  return *std::move(json);
}

std::size_t part_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && end - begin < longest_part && is_base64url(text[end])) ++end;
  return end;
}

std::optional<WebToken> token_at(std::string_view text, std::size_t hit) {
  const auto dot = text.substr(0, hit).rfind(".eyJ");
  if (dot == std::string_view::npos || hit - dot > longest_part) return std::nullopt;
  WebToken token;
  token.begin = dot;
  while (token.begin > 0 && dot - token.begin < longest_part && is_base64url(text[token.begin - 1])) {
    --token.begin;
  }
  const auto header_begin = text.substr(token.begin, dot - token.begin).find("eyJ");
  if (header_begin == std::string_view::npos) return std::nullopt;
  token.begin += header_begin;
  auto header = decode_object(text.substr(token.begin, dot - token.begin));
  token.end = part_end(text, dot + 1);
  auto claims = decode_object(text.substr(dot + 1, token.end - dot - 1));
  if (!header || !claims || !header->contains("alg")) return std::nullopt;
  token.header = *std::move(header);
  token.claims = *std::move(claims);
  if (token.end < text.size() && text[token.end] == '.') {
    const auto signature_end = part_end(text, token.end + 1);
    constexpr std::size_t shortest_signature = 20;
    token.is_signed = signature_end - token.end > shortest_signature;
    if (token.is_signed) token.end = signature_end;
  }
  return token;
}

std::string text_claim(const Json& claims, std::string_view name) {
  const auto found = claims.find(name);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : "";
}

// Seconds between issue and expiry; nothing if it does not say.
std::optional<std::int64_t> lifetime(const Json& claims) {
  const auto issued = claims.find("iat");
  const auto expires = claims.find("exp");
  if (issued == claims.end() || expires == claims.end() || !issued->is_number_integer() ||
      !expires->is_number_integer()) {
    return std::nullopt;
  }
  const auto from = issued->get<std::int64_t>();
  const auto to = expires->get<std::int64_t>();
  if (from < 0 || to < from) return std::nullopt;
  return to - from;
}

SecretDescription judge(const Rule& rule, const WebToken& token, std::string_view value) {
  SecretDescription told{rule.about.severity, rule.about.confidence, {}, "JSON web token", "eyJ", value};
  const auto none = [&](std::string_view why) {
    told.severity = Severity::none;
    told.confidence = Confidence::high;
    told.message = fmt::format("a JSON web token, but {}", why);
    return told;
  };
  const std::string issuer = text_claim(token.claims, "iss");
  const std::string subject = text_claim(token.claims, "sub");
  if (const auto known = known_value(value); !known.empty()) return none(known);
  if (subject == "1234567890" || text_claim(token.claims, "name") == "John Doe") {
    return none("its claims are those of jwt.io's example");
  }
  if (lower(issuer).contains("example") || issuer == "joe") return none("an example issued it");
  if (lower(text_claim(token.header, "alg")) == "none" || !token.is_signed) {
    return none("it is not signed");
  }
  told.message = fmt::format("a JSON web token that decodes ({}{}{})", text_claim(token.header, "alg"),
                             issuer.empty() ? "" : ", issued by ", shortened(issuer, 60));
  constexpr std::int64_t long_lived = 7 * 86'400;
  if (const auto seconds = lifetime(token.claims)) {
    told.message += fmt::format(", valid for {} hours", *seconds / 3600);
    if (*seconds <= long_lived) told.severity = Severity::low;
  } else if (!token.claims.contains("exp")) {
    told.message += ", valid without end";
  }
  if (text_claim(token.claims, "role") == "service_role") told.severity = Severity::high;  // Supabase
  return told;
}

}  // namespace

void check_json_web_tokens(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings) {
  std::size_t told = 0;
  for (const Hit& hit : hits) {
    const auto token = token_at(file.bytes, hit.end);
    if (!token || token->begin < told) continue;
    told = token->end;
    const auto value = file.bytes.substr(token->begin, token->end - token->begin);
    findings.push_back(
        secret_finding(rule.about, file, token->begin, token->end, judge(rule, *token, value)));
  }
}

}  // namespace assay
