#include "examine/gates/secrets/token_checksum.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

ChecksumResult as_result(bool right) {
  return right ? ChecksumResult::right : ChecksumResult::wrong;
}

std::string in_base(std::uint64_t number, std::size_t digits, std::string_view alphabet) {
  std::string text;
  for (; number > 0; number /= alphabet.size()) {
    text.insert(text.begin(), alphabet[number % alphabet.size()]);
  }
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

ChecksumResult verify_base62(std::string_view token) {
  constexpr std::size_t digits = 6;
  const auto body = token.substr(token.find('_') + 1);
  if (body.size() <= digits) return ChecksumResult::wrong;
  const auto random = body.substr(0, body.size() - digits);
  return as_result(base62(crc32_of(random), digits) == body.substr(random.size()));
}

// The four bytes of the sum, the lowest first.
ChecksumResult verify_hex(std::string_view token) {
  const auto line = token.rfind('_');
  if (line == std::string_view::npos) return ChecksumResult::wrong;
  const std::uint32_t sum = crc32_of(token.substr(0, line));
  const auto written = fmt::format("{:02x}{:02x}{:02x}{:02x}", sum & 0xff, sum >> 8 & 0xff,
                                   sum >> 16 & 0xff, sum >> 24);
  return as_result(lower(token.substr(line + 1)) == written);
}

ChecksumResult verify_gitlab(std::string_view token) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t sum_digits = 7;
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos || token.size() - dot != 3 + sum_digits) {
    return ChecksumResult::none;  // the older form
  }
  const auto summed = token.substr(0, token.size() - sum_digits);
  return as_result(in_base(crc32_of(summed), sum_digits, digits) == token.substr(summed.size()));
}

// Macaroons, version 2: a version byte, then a location packet (type 1), then an identifier (2).
ChecksumResult verify_macaroon(std::string_view token) {
  const auto bytes = decode_base64(token.substr(token.find('-') + 1));
  if (!bytes || bytes->size() < 40) return ChecksumResult::wrong;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>((*bytes)[i]); };
  const bool begins = at(0) == 2 && at(1) == 1 && at(2) + 5U < bytes->size();
  return as_result(begins && at(3U + at(2)) == 2);
}

// BIP 173, with the human-readable part before the last "1".
ChecksumResult verify_bech32(std::string_view token) {
  constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  constexpr std::array<std::uint32_t, 5> generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                      0x3d4233dd, 0x2a1462b3};
  const std::string text = lower(token);
  const auto one = text.rfind('1');
  if (one == std::string::npos) return ChecksumResult::wrong;
  std::vector<std::uint32_t> values;
  for (std::size_t i = 0; i < one; ++i) values.push_back(static_cast<unsigned char>(text[i]) >> 5);
  values.push_back(0);
  for (std::size_t i = 0; i < one; ++i) values.push_back(static_cast<unsigned char>(text[i]) & 31);
  for (const char c : text.substr(one + 1)) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return ChecksumResult::wrong;
    values.push_back(static_cast<std::uint32_t>(value));
  }
  std::uint32_t sum = 1;
  for (const std::uint32_t value : values) {
    const std::uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < generator.size(); ++i) {
      if ((top >> i & 1) != 0) sum ^= generator[i];
    }
  }
  return as_result(sum == 1);
}

// What begins with `{"` in base64 decodes to an object.
ChecksumResult verify_json(std::string_view token) {
  const auto begin = token.find("eyJ");
  if (begin == std::string_view::npos) return ChecksumResult::wrong;
  std::string_view body = token.substr(begin);
  body = body.substr(0, body.find_first_of("_."));
  const auto bytes = decode_base64(body);
  if (!bytes) return ChecksumResult::wrong;
  const auto value = parse_json(*bytes);
  return as_result(value && value->is_object());
}

}  // namespace

std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~sum;
}

std::string base62(std::uint32_t number, std::size_t digits) {
  return in_base(number, digits, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

Result<TokenChecksum> parse_token_checksum(std::string_view text) {
  static const std::map<std::string_view, TokenChecksum> names = {
      {"crc32-base62", TokenChecksum::crc32_base62},
      {"crc32-hex", TokenChecksum::crc32_hex},
      {"gitlab-routable", TokenChecksum::gitlab_routable},
      {"macaroon", TokenChecksum::macaroon},
      {"bech32", TokenChecksum::bech32},
      {"json-payload", TokenChecksum::json_payload}};
  const auto found = names.find(text);
  if (found != names.end()) return found->second;
  return fail(ErrorKind::invalid_input, fmt::format("no checksum \"{}\"", text));
}

ChecksumResult verify_checksum(TokenChecksum kind, std::string_view token) {
  switch (kind) {
    case TokenChecksum::none: break;
    case TokenChecksum::crc32_base62: return verify_base62(token);
    case TokenChecksum::crc32_hex: return verify_hex(token);
    case TokenChecksum::gitlab_routable: return verify_gitlab(token);
    case TokenChecksum::macaroon: return verify_macaroon(token);
    case TokenChecksum::bech32: return verify_bech32(token);
    case TokenChecksum::json_payload: return verify_json(token);
  }
  return ChecksumResult::none;
}

}  // namespace assay
