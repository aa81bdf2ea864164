#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// What a token's own digits say of the rest of it. The formats are their providers'.
enum class TokenChecksum {
  none,
  crc32_base62,      // GitHub, npm: the last 6 digits are the CRC-32 of what follows the prefix
  crc32_hex,         // Grafana's glsa_: after the last "_", of what stands before it
  gitlab_routable,   // ".01" and the length of the payload, then 7 digits in base 36: the CRC-32
  macaroon,          // PyPI: what follows the prefix decodes to a macaroon of the second version
  bech32,            // age: BIP 173's
  json_payload,      // Grafana, Sentry: base64 of JSON after the prefix
};

Result<TokenChecksum> parse_token_checksum(std::string_view text);

enum class ChecksumResult { none, right, wrong };

ChecksumResult verify_checksum(TokenChecksum kind, std::string_view token);

std::uint32_t crc32_of(std::string_view bytes);  // IEEE 802.3's
// Digits 0-9 A-Z a-z, padded with zeros on the left.
std::string base62(std::uint32_t number, std::size_t digits);

}  // namespace assay
