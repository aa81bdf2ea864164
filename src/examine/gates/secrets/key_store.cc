// Containers of keys: PKCS#12 (RFC 7292) and Java's own keystores.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "examine/gates/secrets/key_file.h"
#include "examine/gates/secrets/secret_finding.h"

namespace assay {

namespace {

constexpr std::size_t largest_store = 4U << 20;  // bytes

// What stores are locked with where nobody meant to lock them; tried on the bytes at hand only.
constexpr std::array<const char*, 4> usual_passwords = {"", "changeit", "password", "changeme"};

struct StoreRelease {
  void operator()(PKCS12* store) const { PKCS12_free(store); }
  void operator()(STACK_OF(PKCS7) * parts) const { sk_PKCS7_pop_free(parts, PKCS7_free); }
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
};

// Whether a part holds a key; nothing if it is encrypted as a whole.
std::optional<bool> holds_key(PKCS7* part) {
  if (!PKCS7_type_is_data(part)) return std::nullopt;
  const std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), StoreRelease> bags(PKCS12_unpack_p7data(part));
  if (bags == nullptr) return false;
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags.get()); ++i) {
    const int kind = PKCS12_SAFEBAG_get_nid(sk_PKCS12_SAFEBAG_value(bags.get(), i));
    if (kind == NID_keyBag || kind == NID_pkcs8ShroudedKeyBag) return true;
  }
  return false;
}

bool opens_by_usual_password(PKCS12* store) {
  constexpr long most_rounds = 100'000;  // a hostile file would have us count for hours
  const ASN1_INTEGER* rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, store);
  if (PKCS12_mac_present(store) == 0) return false;
  if (rounds != nullptr && (ASN1_INTEGER_get(rounds) < 0 || ASN1_INTEGER_get(rounds) > most_rounds)) {
    return false;
  }
  for (const char* password : usual_passwords) {
    if (PKCS12_verify_mac(store, password, -1) == 1) return true;
  }
  return PKCS12_verify_mac(store, nullptr, 0) == 1;
}

// Big-endian fields; every read is checked.
class StoreFields {
 public:
  explicit StoreFields(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint32_t> number(std::size_t size) {
    const auto bytes = take(size);
    if (!bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : *bytes) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }
  std::optional<std::string_view> take(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::optional<std::string_view> sized(std::size_t width) {
    const auto size = number(width);
    return size ? take(*size) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

// The kind of the first entry that is secret: 1 a private key, 3 a secret key; 0 for none.
std::uint32_t secret_entry(std::string_view bytes) {
  StoreFields fields(bytes.substr(4));
  const auto version = fields.number(4);
  const auto count = fields.number(4);
  if (!version || (*version != 1 && *version != 2) || !count || *count > 100'000) return 0;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto kind = fields.number(4);
    const auto alias = fields.sized(2);
    const auto made = fields.take(8);
    if (!kind || !alias || !made || *kind == 0 || *kind > 3) return 0;
    if (*kind == 1) return fields.sized(4) ? 1 : 0;
    if (*kind == 3) return 3;
    if (*version == 2 && !fields.sized(2)) return 0;
    if (!fields.sized(4)) return 0;
  }
  return 0;
}

// The store's last 20 bytes: SHA-1 of the password in UTF-16, a phrase, and all before them.
bool is_locked_with(std::string_view bytes, std::string_view password) {
  constexpr std::size_t digest_size = 20;
  if (bytes.size() <= digest_size) return false;
  std::string hashed;
  for (const char c : password) (hashed += '\0') += c;
  hashed += "Mighty Aphrodite";
  hashed += bytes.substr(0, bytes.size() - digest_size);
  std::array<unsigned char, digest_size> digest{};
  unsigned size = 0;
  EVP_Digest(hashed.data(), hashed.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return bytes.substr(bytes.size() - digest_size) ==
         std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace

PrivateKey decode_pkcs12(std::string_view bytes) {
  if (bytes.size() > largest_store) return {};
  const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::unique_ptr<PKCS12, StoreRelease> store(
      d2i_PKCS12(nullptr, &begin, static_cast<long>(bytes.size())));
  PrivateKey key;
  if (store != nullptr) {
    const std::unique_ptr<STACK_OF(PKCS7), StoreRelease> parts(PKCS12_unpack_authsafes(store.get()));
    bool may_hold = false;
    for (int i = 0; parts != nullptr && i < sk_PKCS7_num(parts.get()); ++i) {
      may_hold = may_hold || holds_key(sk_PKCS7_value(parts.get(), i)).value_or(true);
    }
    if (may_hold) {
      const bool open = opens_by_usual_password(store.get());
      key = {open ? PrivateKey::State::plain : PrivateKey::State::encrypted,
             open ? "PKCS#12, behind no password or a usual one" : "PKCS#12", secret_digest(bytes)};
    }
  }
  ERR_clear_error();
  return key;
}

PrivateKey decode_java_keystore(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.size() > largest_store) return {};
  const bool jceks = bytes.starts_with("\xce\xce\xce\xce");
  const std::uint32_t kind = secret_entry(bytes);
  if (kind == 0) return {};
  bool open = false;
  for (const char* password : usual_passwords) open = open || is_locked_with(bytes, password);
  std::string what = jceks ? "JCEKS keystore" : "Java keystore";
  if (kind == 3) what += ", a secret key";
  if (open) what += ", behind a usual password";
  return {open ? PrivateKey::State::plain : PrivateKey::State::encrypted, std::move(what),
          secret_digest(bytes)};
}

}  // namespace assay
