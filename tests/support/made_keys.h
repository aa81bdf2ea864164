#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/text.h"

// Private keys in PEM, made when a test runs, so that none is kept anywhere.
namespace assay::made_keys {

struct Release {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* out) const { BIO_free(out); }
};
using Key = std::unique_ptr<EVP_PKEY, Release>;

inline Key rsa() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})); }
inline Key ec() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }
inline Key ed25519() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

template <class Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, Release> out(BIO_new(BIO_s_mem()));
  if (write(out.get()) != 1) throw std::runtime_error("no key could be made");
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

inline const EVP_CIPHER* cipher_for(std::string_view password) {
  return password.empty() ? nullptr : EVP_aes_256_cbc();
}

// "BEGIN PRIVATE KEY", or "BEGIN ENCRYPTED PRIVATE KEY" with a password.
inline std::string pkcs8(const Key& key, std::string password = "") {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), cipher_for(password), password.data(),
                                         static_cast<int>(password.size()), nullptr, nullptr);
  });
}

// "BEGIN RSA PRIVATE KEY" (PKCS#1) or "BEGIN EC PRIVATE KEY" (SEC 1), with a Proc-Type header where
// there is a password.
inline std::string traditional(const Key& key, std::string password = "") {
  return written([&](BIO* out) {
    return PEM_write_bio_PrivateKey_traditional(
        out, key.get(), cipher_for(password), reinterpret_cast<unsigned char*>(password.data()),
        static_cast<int>(password.size()), nullptr, nullptr);
  });
}

inline std::string openssh_field(std::string_view bytes) {
  std::string field;
  for (int shift = 24; shift >= 0; shift -= 8) field += static_cast<char>(bytes.size() >> shift);
  return field.append(bytes);
}

// OpenSSH's container around made-up bytes: the structure of a key, and no key.
inline std::string openssh(std::string_view cipher = "none",
                           std::string_view second_check = "abcd") {
  const std::string public_part =
      openssh_field("ssh-ed25519") + openssh_field(std::string(32, 'p'));
  const std::string secret = "abcd" + std::string(second_check) + openssh_field("ssh-ed25519") +
                             openssh_field(std::string(32, 'p')) +
                             openssh_field(std::string(64, 's')) + openssh_field("made up");
  const std::string bytes = std::string("openssh-key-v1\0", 15) + openssh_field(cipher) +
                            openssh_field(cipher == "none" ? "none" : "bcrypt") +
                            openssh_field("") + std::string("\0\0\0\1", 4) +
                            openssh_field(public_part) + openssh_field(secret);
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64(bytes) +
         "\n-----END OPENSSH PRIVATE KEY-----\n";
}

}  // namespace assay::made_keys
