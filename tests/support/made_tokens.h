#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "examine/gates/secrets/token_format.h"
#include "examine/rule.h"

// Values of the formats of tokens, made when a test runs, so that none is kept anywhere.
namespace assay::made_tokens {

inline std::string random_text(std::string_view alphabet, std::size_t size, std::uint32_t seed) {
  std::mt19937 chance(seed);
  std::string text;
  while (text.size() < size) text += alphabet[chance() % alphabet.size()];
  return text;
}

constexpr std::string_view alphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

inline std::string of_sequence(const TokenShape::Sequence& sequence, std::mt19937& chance) {
  std::string text;
  for (const auto& piece : sequence) {
    std::string alphabet;
    for (std::size_t c = 0; c < 256; ++c) {
      const bool plain = std::isalnum(static_cast<int>(c)) != 0 || piece.characters.count() == 1;
      if (piece.characters.test(c) && c < 128 && plain) alphabet += static_cast<char>(c);
    }
    for (std::size_t c = 32; c < 127 && alphabet.empty(); ++c) {
      if (piece.characters.test(c)) alphabet += static_cast<char>(c);
    }
    const auto repeats = std::max<std::size_t>(piece.least, piece.most == 1 ? piece.least : 1);
    for (std::size_t i = 0; i < repeats; ++i) {
      text += piece.alternatives.empty()
                  ? std::string(1, alphabet[chance() % alphabet.size()])
                  : of_sequence(piece.alternatives[chance() % piece.alternatives.size()], chance);
    }
  }
  return text;
}

inline std::string in_base36(std::uint32_t number, std::size_t digits) {
  std::string text;
  for (; number > 0; number /= 36) text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
  return std::string(digits - text.size(), '0') + text;
}

inline std::string bech32_with_checksum(std::string_view token) {
  constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::string text = lower(token.substr(0, token.size() - 6));
  const auto one = text.rfind('1');
  std::vector<std::uint32_t> values;
  for (const char c : text.substr(0, one)) values.push_back(static_cast<std::uint32_t>(c) >> 5);
  values.push_back(0);
  for (const char c : text.substr(0, one)) values.push_back(static_cast<std::uint32_t>(c) & 31);
  for (const char c : text.substr(one + 1)) values.push_back(static_cast<std::uint32_t>(alphabet.find(c)));
  values.insert(values.end(), 6, 0);
  std::uint32_t sum = 1;
  for (const auto value : values) {
    const auto top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; ++i) sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
  }
  sum ^= 1;
  std::string made = std::string(token.substr(0, token.size() - 6));
  for (int i = 5; i >= 0; --i) made += static_cast<char>(std::toupper(alphabet[sum >> (5 * i) & 31]));
  return made;
}

// The same with the digits that its provider would have computed.
inline std::string with_checksum(const TokenFormat& format, std::string token) {
  switch (format.checksum) {
    case TokenChecksum::none: return token;
    case TokenChecksum::crc32_base62: {
      const auto body = token.substr(token.find('_') + 1, token.size() - token.find('_') - 7);
      return token.substr(0, token.size() - 6) + base62(crc32_of(body), 6);
    }
    case TokenChecksum::crc32_hex: {
      const auto rest = token.substr(0, token.rfind('_'));
      const auto sum = crc32_of(rest);
      std::string digits;
      for (int shift = 0; shift < 32; shift += 4) {
        digits += "0123456789abcdef"[sum >> (shift ^ 4) & 15];
      }
      return rest + "_" + digits;
    }
    case TokenChecksum::gitlab_routable: {
      const auto rest = token.substr(0, token.size() - 7);
      return rest + in_base36(crc32_of(rest), 7);
    }
    case TokenChecksum::macaroon: {
      const std::string id = random_text(alphanumeric, 60, 7);
      // A macaroon's location packet; the index's name is put together as every secret is.
      std::string bytes = std::string("\x02\x01\x08", 3) + "pypi" + '.' + "org" + '\x02' +
                          static_cast<char>(id.size()) + id;
      std::string text = base64(bytes + std::string(3 - bytes.size() % 3, '\0'));
      return "pypi-" + replace_all(replace_all(text, "+", "-"), "/", "_");
    }
    case TokenChecksum::bech32: return bech32_with_checksum(token);
    case TokenChecksum::json_payload: {
      const std::string random = random_text(alphanumeric, 300, 11);
      const auto keyed = [&](std::string_view key, std::size_t size) {
        std::string json = "{\"" + std::string(key) + "\":\"" + random.substr(0, size);
        while ((json.size() + 2) % 3 != 0) json += 'a';
        return base64(json + "\"}");
      };
      if (format.id == "grafana-api-key") return keyed("k", 60);
      if (format.id == "sentry-org-token") {
        return "sntrys_" + base64("{\"iat\":1" + std::string("23,\"region_url\":\"") + random.substr(0, 60) + "\"}") +
               "_" + random.substr(0, 43);
      }
      if (format.id == "neptune-api-token") return keyed("api_address", 100);
      return format.shape.prefix().substr(0, 4) + keyed("o", 220);
    }
  }
  return token;
}

inline std::string made(const TokenFormat& format, std::uint32_t seed = 1) {
  std::mt19937 chance(seed);
  return with_checksum(format, of_sequence(format.shape.pieces(), chance));
}

inline const std::vector<TokenFormat>& all_formats() {
  static const std::vector<TokenFormat> formats = [] {
    std::vector<TokenFormat> all;
    const auto rules = rules_of_gate("secrets").value();
    for (const Rule& rule : rules) {
      auto own = token_formats(rule).value();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }();
  return formats;
}

inline std::string base64url(std::string_view bytes) {
  std::string text = replace_all(replace_all(base64(bytes), "+", "-"), "/", "_");
  while (text.ends_with('=')) text.pop_back();
  return text;
}

// "iss=shop;exp=1" as a signed token's claims; numbers where digits stand, but not for "sub".
inline std::string web_token(std::string_view claims) {
  std::string json;
  for (const auto claim : split(claims, ';')) {
    const auto sign = claim.find('=');
    const std::string name(claim.substr(0, sign));
    const std::string value(claim.substr(sign + 1));
    const bool number = name != "sub" && value.find_first_not_of("0123456789") == std::string::npos;
    json += (json.empty() ? "" : ",") + ("\"" + name + "\":") + (number ? value : "\"" + value + "\"");
  }
  return base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url("{" + json + "}") + "." +
         random_text(alphanumeric, 43, 13);
}

// In a rule's examples: ${token:ID} a value of that format, ${short-token:ID} one that ends too
// soon, ${masked-token:ID} one whose own part is masked, ${random:N} N letters and digits,
// ${base64:text}, ${jwt:claims}.
inline std::string with_tokens(std::string text) {
  for (auto begin = text.find("${"); begin != std::string::npos; begin = text.find("${", begin + 1)) {
    const auto end = text.find('}', begin);
    const auto colon = text.find(':', begin);
    if (end == std::string::npos || colon > end) continue;
    const std::string kind = text.substr(begin + 2, colon - begin - 2);
    const std::string argument = text.substr(colon + 1, end - colon - 1);
    std::string value;
    if (kind == "random") value = random_text(alphanumeric, std::stoul(argument), 5);
    if (kind == "base64") value = base64(argument);
    if (kind == "jwt") value = web_token(argument);
    for (const TokenFormat& format : all_formats()) {
      if (format.id != argument) continue;
      value = made(format);
      const auto prefix = format.shape.prefix().size();
      if (kind == "base64-token") value = base64("token=" + value);
      if (kind == "short-token") value.resize(format.shape.shortest() - 1);
      if (kind == "masked-token") value.replace(prefix, std::string::npos, value.size() - prefix, 'x');
    }
    if (!value.empty()) text.replace(begin, end - begin + 1, value);
  }
  return text;
}

}  // namespace assay::made_tokens
