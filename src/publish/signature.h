#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace assay {

// The half of an Ed25519 key (RFC 8032) that anyone may have.
class PublicKey {
 public:
  // PEM, SubjectPublicKeyInfo (RFC 8410). invalid_input if it is none or of another kind.
  static Result<PublicKey> parse(std::string_view pem);
  static Result<PublicKey> load(const std::filesystem::path& path);

  std::string pem() const;
  std::string id() const;  // SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits
  bool verifies(std::string_view bytes, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

// The half that signs. The same bytes always have the same signature.
class SigningKey {
 public:
  static SigningKey generate();
  // PEM, PKCS #8, without a pass phrase. invalid_input if it is none or of another kind.
  static Result<SigningKey> load(const std::filesystem::path& path);
  // A new file that only its owner may read; invalid_input if there is one already.
  Result<> save(const std::filesystem::path& path) const;

  std::string sign(std::string_view bytes) const;  // 64 bytes
  PublicKey public_key() const;

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace assay
