#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"
#include "examine/gates/secrets/armour.h"
#include "examine/gates/secrets/assignment.h"
#include "examine/gates/secrets/credential_name.h"
#include "examine/gates/secrets/json_web_token.h"
#include "examine/gates/secrets/key_file.h"
#include "examine/gates/secrets/token_checksum.h"
#include "examine/gates/secrets/token_shape.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

void told(const PrivateKey& key) {
  const bool none = key.state == PrivateKey::State::none;
  if (none != key.digest.empty()) __builtin_trap();
}

// Its parts as they are, and as base64 of what they are.
void web_token(const std::string& text) {
  std::string encoded;
  for (const auto part : split(text, '.')) {
    if (!encoded.empty()) encoded += '.';
    encoded += base64(part);
  }
  for (const std::string& source : {text, encoded}) {
    std::vector<Hit> hits;
    for (std::size_t i = 3; i <= source.size(); i += 3) hits.push_back({0, i});
    std::vector<Finding> findings;
    const ExaminedFile file{"x.txt", source, PathRole::shipped};
    check_json_web_tokens(Rule{}, file, hits, findings);
    if (findings.size() > source.size()) __builtin_trap();
  }
}

void checksums(const std::string& text) {
  for (const char* name : {"crc32-base62", "crc32-hex", "gitlab-routable", "macaroon", "bech32",
                           "json-payload"}) {
    verify_checksum(*parse_token_checksum(name), text);
    verify_checksum(*parse_token_checksum(name), "pypi-" + base64(text));
  }
}

void shapes(const std::string& text) {
  const auto line = text.find('\n');
  const auto value = line == text.npos ? std::string_view() : std::string_view(text).substr(line + 1);
  if (const auto shape = TokenShape::parse(text.substr(0, line))) {
    for (std::size_t i = 0; i <= value.size(); ++i) {
      const auto end = shape->match(value, i);
      if (end && (*end < i || *end > value.size())) __builtin_trap();
    }
  }
  shape_of_value(text);
  masked_reason(text);
  meaning_of_name(text);
  entropy(text);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto found = assignment_at(text, i);
    if (found && found->begin + found->value.size() > text.size()) __builtin_trap();
  }
}

}  // namespace

}  // namespace assay

// The first byte chooses the decoder. A key that was read has a digest, and nothing else has.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 12) {
    case 0: told(decode_der_key(text)); break;
    case 1: told(decode_pkcs12(text)); break;
    case 2: told(decode_java_keystore(text)); break;
    case 3: told(decode_putty_key(text)); break;
    case 4: told(decode_putty_key("PuTTY-User-Key-File-3: " + text)); break;
    case 5: told(decode_pgp_key(text)); break;
    case 6: told(decode_pgp_key(base64(text))); break;
    case 7: told(decode_json_web_key(text)); break;
    case 8: told(decode_private_key("OPENSSH PRIVATE KEY", base64("openssh-key-v1" + ('\0' + text)))); break;
    case 9: {
      told(decode_private_key("RSA PRIVATE KEY", text));
      told(decode_private_key("PRIVATE KEY", base64(text)));
      if (base64_of_lines(without_escapes(text)).size() > text.size()) __builtin_trap();
      break;
    }
    case 10: web_token(text); break;
    default:
      checksums(text);
      shapes(text);
  }
  return 0;
}
