#include "base/digest.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace assay {

namespace {

// By character; -1 for what is no hexadecimal digit. An index page has tens of thousands of digests.
constexpr auto digit_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) values['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 10; i < 16; ++i) {
    values['a' + i - 10] = values['A' + i - 10] = static_cast<std::int8_t>(i);
  }
  return values;
}();

}  // namespace

Result<Digest> Digest::parse(std::string_view hex) {
  std::array<std::uint8_t, size> bytes{};
  if (hex.size() != 2 * size) {
    return fail(ErrorKind::invalid_input, "not a SHA-256: " + std::string(hex.substr(0, 80)));
  }
  int bad = 0;  // negative if any digit is none
  for (std::size_t i = 0; i < size; ++i) {
    const int high = digit_values[static_cast<unsigned char>(hex[2 * i])];
    const int low = digit_values[static_cast<unsigned char>(hex[2 * i + 1])];
    bad |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (bad < 0) return fail(ErrorKind::invalid_input, "not a SHA-256: " + std::string(hex));
  return Digest(bytes);
}

std::string Digest::hex() const {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (const std::uint8_t byte : bytes_) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

namespace {

// Looked up once: OpenSSL 3 searches its providers again whenever it is handed EVP_sha256().
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr ||
      EVP_DigestInit_ex(state_->context, algorithm(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) {
    throw std::runtime_error("SHA-256 could not go on");
  }
}

Digest Sha256::finish() {
  std::array<std::uint8_t, Digest::size> bytes{};
  if (EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 could not be finished");
  }
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace assay
