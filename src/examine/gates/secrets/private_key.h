#pragma once
#include <string>
#include <string_view>

namespace assay {

// What a PEM block (RFC 7468; RFC 1421 for its headers) that calls itself a private key holds.
struct PrivateKey {
  enum class State {
    plain,      // a key anyone can use
    encrypted,  // a key that a passphrase protects
    none,       // nothing that decodes: a placeholder, cut off or damaged
  } state = State::none;
  std::string kind;    // "RSA, 2048 bits", "Ed25519 (OpenSSH)"; of what is encrypted, the container
  std::string digest;  // secret_digest() of the decoded bytes, "" for State::none
};

// `label` stands between "-----BEGIN " and "-----"; `body` between the two marks. The body may be
// quoted, indented or commented, its line ends written as \n, as source code does. Keys are read by
// OpenSSL (PKCS#1, PKCS#8, SEC 1, DSA), OpenSSH's by their structure; nothing is tried out.
PrivateKey decode_private_key(std::string_view label, std::string_view body);

}  // namespace assay
