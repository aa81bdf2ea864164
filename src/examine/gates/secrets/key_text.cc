// Keys in forms of text: PuTTY's, PGP's, JSON web keys.
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "examine/gates/secrets/armour.h"
#include "examine/gates/secrets/key_file.h"
#include "examine/gates/secrets/secret_finding.h"

namespace assay {

namespace {

using State = PrivateKey::State;

// PuTTY's fields "Name: value", and the base64 lines that some of them count.
class PuttyFile {
 public:
  explicit PuttyFile(std::string_view text) : lines_(lines(text.substr(0, 64U << 10))) {}

  std::string_view field(std::string_view name) const {
    for (const auto line : lines_) {
      if (line.starts_with(name) && line.substr(name.size()).starts_with(": ")) {
        return trim(line.substr(name.size() + 2));
      }
    }
    return {};
  }

  std::optional<std::string> blob(std::string_view name) const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].starts_with(name)) continue;
      std::size_t count = 0;
      for (const char c : field(name)) {
        if (c < '0' || c > '9' || count > 1000) return std::nullopt;
        count = count * 10 + static_cast<std::size_t>(c - '0');
      }
      std::string text;
      for (std::size_t k = 1; k <= count && i + k < lines_.size(); ++k) text += trim(lines_[i + k]);
      return text.empty() ? std::nullopt : decode_base64(text);
    }
    return std::nullopt;
  }

 private:
  std::vector<std::string_view> lines_;
};

std::string with_size(std::string_view bytes) {
  std::string field;
  for (int shift = 24; shift >= 0; shift -= 8) field += static_cast<char>(bytes.size() >> shift);
  return field.append(bytes);
}

// Of a key without a passphrase (PuTTY's manual, appendix C).
std::string putty_mac(bool third, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> key{};
  unsigned key_size = 0;
  constexpr std::string_view salt = "putty-private-key-file-mac-key";
  if (!third) EVP_Digest(salt.data(), salt.size(), key.data(), &key_size, EVP_sha1(), nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(third ? EVP_sha256() : EVP_sha1(), key.data(), static_cast<int>(key_size),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", mac[i]);
  return hex;
}

class PgpFields {
 public:
  explicit PgpFields(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::size_t> number(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    std::size_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<std::uint8_t>(rest_[i]);
    rest_.remove_prefix(width);
    return value;
  }
  bool skip(std::size_t size) {
    if (size > rest_.size()) return false;
    rest_.remove_prefix(size);
    return true;
  }
  bool skip_integer() {
    const auto bits = number(2);
    return bits && skip((*bits + 7) / 8);
  }
  bool skip_sized() {
    const auto size = number(1);
    return size && skip(*size);
  }

 private:
  std::string_view rest_;
};

// RFC 9580, 9.1 and 5.5.5: how the public part of each algorithm is laid out.
bool skip_public_part(PgpFields& fields, std::size_t algorithm) {
  const auto integers = [&](int count) {
    bool whole = true;
    while (whole && count-- > 0) whole = fields.skip_integer();
    return whole;
  };
  switch (algorithm) {
    case 1: case 2: case 3: return integers(2);                // RSA
    case 16: return integers(3);                               // Elgamal
    case 17: return integers(4);                               // DSA
    case 18: return fields.skip_sized() && integers(1) && fields.skip_sized();  // ECDH
    case 19: case 22: return fields.skip_sized() && integers(1);                // ECDSA, EdDSA
    case 25: case 27: return fields.skip(32);                  // X25519, Ed25519
    case 26: return fields.skip(56);                           // X448
    case 28: return fields.skip(57);                           // Ed448
    default: return false;
  }
}

std::string_view pgp_algorithm(std::size_t algorithm) {
  switch (algorithm) {
    case 1: case 2: case 3: return "RSA";
    case 16: return "Elgamal";
    case 17: return "DSA";
    default: return "elliptic curve";
  }
}

// The first packet's header (RFC 9580, 4.2); false if it is no secret key.
bool skip_packet_header(PgpFields& fields) {
  const auto tag = fields.number(1);
  if (!tag || (*tag & 0x80) == 0) return false;
  if ((*tag & 0x40) == 0) {  // the older form
    const std::size_t widths[] = {1, 2, 4, 0};
    return (*tag >> 2 & 0xf) == 5 && (*tag & 3) != 3 && fields.number(widths[*tag & 3]);
  }
  const auto first = fields.number(1);
  if ((*tag & 0x3f) != 5 || !first || (*first >= 224 && *first < 255)) return false;
  return *first < 192 || (*first == 255 ? fields.number(4) : fields.number(1)).has_value();
}

std::optional<std::string> member_bytes(const Json& key, std::string_view name) {
  const auto found = key.find(name);
  if (found == key.end() || !found->is_string()) return std::nullopt;
  return decode_base64(found->get<std::string>());
}

// The modulus is the product of the primes, where they are given.
bool is_rsa(const Json& key) {
  const auto modulus = member_bytes(key, "n");
  const auto exponent = member_bytes(key, "d");
  if (!modulus || !exponent || modulus->size() < 64 || modulus->size() > 2048) return false;
  const auto first = member_bytes(key, "p");
  const auto second = member_bytes(key, "q");
  if (!first || !second) return exponent->size() <= modulus->size();
  if (first->size() > 2048 || second->size() > 2048) return false;
  struct Release {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* room) const { BN_CTX_free(room); }
  };
  const auto number = [](const std::string& bytes) {
    return std::unique_ptr<BIGNUM, Release>(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()), nullptr));
  };
  const auto n = number(*modulus);
  const auto p = number(*first);
  const auto q = number(*second);
  const std::unique_ptr<BN_CTX, Release> room(BN_CTX_new());
  const std::unique_ptr<BIGNUM, Release> product(BN_new());
  return BN_mul(product.get(), p.get(), q.get(), room.get()) == 1 && BN_cmp(product.get(), n.get()) == 0;
}

}  // namespace

PrivateKey decode_putty_key(std::string_view text) {
  const std::string plain = without_escapes(text.substr(0, 64U << 10));
  const PuttyFile file(plain);
  const bool third = plain.starts_with("PuTTY-User-Key-File-3");
  const auto kind = file.field(third ? "PuTTY-User-Key-File-3" : "PuTTY-User-Key-File-2");
  const auto public_part = file.blob("Public-Lines");
  const auto secret = file.blob("Private-Lines");
  const auto encryption = file.field("Encryption");
  if (kind.empty() || !public_part || !secret || encryption.empty()) return {};
  const std::string what = fmt::format("{} (PuTTY)", printable(kind.substr(0, 40)));
  if (encryption != "none") return {State::encrypted, what, secret_digest(*secret)};
  const auto message = with_size(kind) + with_size(encryption) + with_size(file.field("Comment")) +
                       with_size(*public_part) + with_size(*secret);
  if (lower(file.field("Private-MAC")) != putty_mac(third, message)) return {};
  return {State::plain, what, secret_digest(*secret)};
}

PrivateKey decode_pgp_key(std::string_view body) {
  const std::string text = without_escapes(body);
  std::string block = text;
  if (const auto sum = text.find("\n="); sum != std::string::npos) block.resize(sum);
  const auto bytes = decode_base64(base64_of_lines(block));
  if (!bytes) return {};
  PgpFields fields(*bytes);
  if (!skip_packet_header(fields)) return {};
  const auto version = fields.number(1);
  if (!version || *version < 4 || *version > 6 || !fields.skip(4)) return {};
  const auto algorithm = fields.number(1);
  if (!algorithm || (*version > 4 && !fields.skip(4)) || !skip_public_part(fields, *algorithm)) return {};
  const auto protection = fields.number(1);
  if (!protection) return {};
  return {*protection == 0 ? State::plain : State::encrypted,
          fmt::format("{} (PGP)", pgp_algorithm(*algorithm)), secret_digest(*bytes)};
}

PrivateKey decode_json_web_key(std::string_view object) {
  auto key = parse_json(object);
  if (!key) key = parse_json(replace_all(std::string(object), "'", "\""));
  if (!key || !key->is_object() || !key->contains("kty") || !(*key)["kty"].is_string()) return {};
  const auto kind = (*key)["kty"].get<std::string>();
  const auto secret = member_bytes(*key, kind == "oct" ? "k" : "d");
  if (!secret || secret->size() < 16) return {};
  const bool curve = (kind == "EC" || kind == "OKP") && member_bytes(*key, "x") && secret->size() <= 66;
  if (!curve && !(kind == "RSA" && is_rsa(*key)) && kind != "oct") return {};
  return {State::plain, fmt::format("JSON web key, {}", kind), secret_digest(*secret)};
}

}  // namespace assay
