#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <map>
#include <string>
#include <string_view>

#include "base/text.h"
#include "made_keys.h"

// Keys in other forms than PEM, made when a test runs, so that none is kept anywhere.
namespace assay::made_keys {

inline std::string der(const Key& key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PrivateKey(key.get(), &bytes);
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

inline std::string pkcs12(const Key& key, const char* password) {
  PKCS12* store = PKCS12_create(password, "made", key.get(), nullptr, nullptr, 0, 0, 2048, 2048, 0);
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS12(store, &bytes);
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  PKCS12_free(store);
  return text;
}

inline std::string numbered(std::uint32_t value, int width) {
  std::string bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

// Java's format with one entry; kind 1 a private key, 2 a certificate.
inline std::string keystore(std::uint32_t kind, std::string_view password) {
  std::string bytes = "\xfe\xed\xfe\xed" + numbered(2, 4) + numbered(1, 4) + numbered(kind, 4) +
                      numbered(4, 2) + "made" + numbered(0, 4) + numbered(1, 4);
  if (kind == 2) bytes += numbered(5, 2) + "X.509";
  bytes += numbered(64, 4) + std::string(64, 'k');
  if (kind == 1) bytes += numbered(0, 4);
  std::string hashed;
  for (const char c : password) hashed += std::string(1, '\0') + c;
  hashed += "Mighty Aphrodite" + bytes;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(hashed.data(), hashed.size(), digest, &size, EVP_sha1(), nullptr);
  return bytes.append(reinterpret_cast<const char*>(digest), size);
}

inline std::string putty(std::string_view encryption, bool damaged = false) {
  const std::string shared = openssh_field("ssh-ed25519") + openssh_field(std::string(32, 'p'));
  const std::string secret = openssh_field(std::string(32, 's'));
  const std::string message = openssh_field("ssh-ed25519") + openssh_field(encryption) +
                              openssh_field("made") + openssh_field(shared) + openssh_field(secret);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), "", 0, reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       mac, &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[mac[i] >> 4];
    hex += "0123456789abcdef"[mac[i] & 15];
  }
  if (damaged) hex[0] = hex[0] == '0' ? '1' : '0';
  return "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: " + std::string(encryption) +
         "\r\nComment: made\r\nPublic-Lines: 1\r\n" + base64(shared) + "\r\nPrivate-Lines: 1\r\n" +
         base64(secret) + "\r\nPrivate-MAC: " + hex + "\r\n";
}

// A secret key packet of the older form around made-up bytes.
inline std::string pgp(bool encrypted) {
  std::string body = numbered(4, 1) + numbered(1, 4) + numbered(1, 1) + numbered(512, 2) +
                     std::string(64, 'n') + numbered(17, 2) + std::string("\1\0\1", 3) +
                     numbered(encrypted ? 254 : 0, 1) + std::string(64, 's');
  const std::string packet = "\x95" + numbered(static_cast<std::uint32_t>(body.size()), 2) + body;
  std::string text = base64(packet);
  for (std::size_t at = 64; at < text.size(); at += 65) text.insert(at, "\n");
  return "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: made\n\n" + text + "\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n";
}

inline std::map<std::string, std::string> files() {
  return {{"${pgp}", pgp(false)},
          {"${encrypted-pgp}", pgp(true)},
          {"${putty}", putty("none")},
          {"${encrypted-putty}", putty("aes256-cbc")},
          {"${damaged-putty}", putty("none", true)},
          {"${der}", der(ec())},
          {"${pkcs12}", pkcs12(ec(), "W7!made-up")},
          {"${open-pkcs12}", pkcs12(ec(), "")},
          {"${keystore}", keystore(1, "W7!made-up")},
          {"${open-keystore}", keystore(1, "changeit")},
          {"${trust-store}", keystore(2, "changeit")}};
}

}  // namespace assay::made_keys
