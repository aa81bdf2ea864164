#include "examine/gates/secrets/private_key.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "base/text.h"
#include "examine/gates/secrets/armour.h"
#include "examine/gates/secrets/key_file.h"
#include "examine/gates/secrets/secret_finding.h"

namespace assay {

namespace {

constexpr std::size_t smallest_key = 40;        // bytes; an Ed25519 key in PKCS#8 has 48
constexpr std::size_t largest_key = 32U << 10;  // bytes

struct PrivateKeyRelease {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_SIG* container) const { X509_SIG_free(container); }
};

std::string key_kind(const EVP_PKEY* key) {
  const char* name = EVP_PKEY_get0_type_name(key);
  return fmt::format("{}, {} bits", name == nullptr ? "unknown kind" : name,
                     EVP_PKEY_get_bits(key));
}

// PKCS#1, PKCS#8, SEC 1 or DSA, whatever the label says: OpenSSL tells them apart.
std::optional<std::string> kind_of_plain_key(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<EVP_PKEY, PrivateKeyRelease> key(
      d2i_AutoPrivateKey(nullptr, &begin, static_cast<long>(der.size())));
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  return key_kind(key.get());
}

// PKCS#8's EncryptedPrivateKeyInfo (RFC 5958) has the form of an X509_SIG.
bool is_encrypted_pkcs8(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_SIG, PrivateKeyRelease> container(
      d2i_X509_SIG(nullptr, &begin, static_cast<long>(der.size())));
  ERR_clear_error();
  return container != nullptr;
}

// The fields of OpenSSH's format (PROTOCOL.key): a length of four bytes, then so many bytes.
class OpensshFields {
 public:
  explicit OpensshFields(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint32_t> number() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(rest_[i]);
    rest_.remove_prefix(4);
    return value;
  }
  std::optional<std::string_view> text() {
    const auto size = number();
    if (!size || *size > rest_.size()) return std::nullopt;
    const auto value = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return value;
  }

 private:
  std::string_view rest_;
};

PrivateKey decode_openssh(std::string_view bytes) {
  constexpr std::string_view magic("openssh-key-v1\0", 15);
  if (!bytes.starts_with(magic)) return {};
  OpensshFields fields(bytes.substr(magic.size()));
  const auto cipher = fields.text();
  const auto derivation = fields.text();
  const auto options = fields.text();
  const auto keys = fields.number();
  const auto public_key = fields.text();
  const auto private_part = fields.text();
  if (!cipher || !derivation || !options || keys != 1U || !public_key || !private_part) return {};
  if (*cipher != "none") return {PrivateKey::State::encrypted, "OpenSSH", {}};
  OpensshFields secret(*private_part);
  const auto check = secret.number();
  const auto repeated = secret.number();
  const auto kind = secret.text();
  const auto first_field = secret.text();
  if (!check || check != repeated || !kind || kind->empty() || !first_field) return {};
  return {
      PrivateKey::State::plain, fmt::format("{} (OpenSSH)", printable(kind->substr(0, 40))), {}};
}

PrivateKey decode(std::string_view label, std::string_view text, std::string_view bytes) {
  if (label.starts_with("OPENSSH")) return decode_openssh(bytes);
  if (label.starts_with("ENCRYPTED")) {
    if (!is_encrypted_pkcs8(bytes)) return {};
    return {PrivateKey::State::encrypted, "PKCS#8", {}};
  }
  // The older way: what is encrypted is no DER, only whole cipher blocks.
  const auto headers = text.substr(0, 512);
  if (headers.contains("Proc-Type:") && headers.contains("ENCRYPTED")) {
    if (bytes.size() % 8 != 0) return {};
    return {PrivateKey::State::encrypted, "PEM", {}};
  }
  if (auto kind = kind_of_plain_key(bytes)) return {PrivateKey::State::plain, *std::move(kind), {}};
  return {};
}

}  // namespace

PrivateKey decode_der_key(std::string_view bytes) {
  if (bytes.size() < smallest_key || bytes.size() > largest_key) return {};
  PrivateKey key;
  if (auto kind = kind_of_plain_key(bytes)) {
    key = {PrivateKey::State::plain, *std::move(kind), {}};
  } else if (is_encrypted_pkcs8(bytes)) {
    key = {PrivateKey::State::encrypted, "PKCS#8", {}};
  }
  if (key.state != PrivateKey::State::none) key.digest = secret_digest(bytes);
  return key;
}

PrivateKey decode_private_key(std::string_view label, std::string_view body) {
  const std::string text = without_escapes(body);
  const auto bytes = decode_base64(base64_of_lines(text));
  if (!bytes || bytes->size() < smallest_key || bytes->size() > largest_key) return {};
  PrivateKey key = decode(label, text, *bytes);
  if (key.state != PrivateKey::State::none) key.digest = secret_digest(*bytes);
  return key;
}

}  // namespace assay
