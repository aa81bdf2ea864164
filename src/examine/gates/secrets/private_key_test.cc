#include "examine/gates/secrets/private_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/text.h"
#include "examine/gates/secrets/secret_finding.h"
#include "made_keys.h"

namespace assay {
namespace {

using State = PrivateKey::State;
namespace made = made_keys;

// Label and body of the PEM block in a text.
PrivateKey decode(const std::string& pem) {
  const auto begin = pem.find("-----BEGIN ") + 11;
  const auto label = pem.substr(begin, pem.find("-----", begin) - begin);
  const auto body = begin + label.size() + 5;
  return decode_private_key(label, std::string_view(pem).substr(body, pem.find("-----END") - body));
}

TEST(SecretDigest, OfAFileOnlySoManyAreMade) {
  const auto first = secret_digest("value 0");
  {
    const DigestBudget budget;
    std::set<std::string> digests;
    for (std::size_t i = 0; i < DigestBudget::most + 200; ++i) {
      const DigestBudget inner;
      digests.insert(secret_digest("value " + std::to_string(i)));
    }
    EXPECT_EQ(digests.size(), DigestBudget::most + 200);
    EXPECT_EQ(secret_digest("value 0"), first);
    EXPECT_NE(secret_digest("value 1100"), secret_digest("value 1100"));
  }
  EXPECT_EQ(secret_digest("value 0"), first);
}

TEST(PrivateKey, ReadsEveryContainer) {
  const auto rsa = made::rsa();
  const auto ec = made::ec();
  EXPECT_EQ(decode(made::traditional(rsa)).kind, "RSA, 2048 bits");
  EXPECT_EQ(decode(made::pkcs8(rsa)).kind, "RSA, 2048 bits");
  EXPECT_EQ(decode(made::traditional(ec)).kind, "EC, 256 bits");
  EXPECT_EQ(decode(made::pkcs8(made::ed25519())).kind, "ED25519, 256 bits");
  EXPECT_EQ(decode(made::openssh()).kind, "ssh-ed25519 (OpenSSH)");
  for (const auto& pem : {made::traditional(rsa), made::pkcs8(ec), made::openssh()}) {
    EXPECT_EQ(decode(pem).state, State::plain);
    EXPECT_EQ(decode(pem).digest.size(), 12U);
  }
}

TEST(PrivateKey, TellsEncryptedOnesApart) {
  const auto key = made::rsa();
  EXPECT_EQ(decode(made::pkcs8(key, "secret")).state, State::encrypted);
  EXPECT_EQ(decode(made::traditional(key, "secret")).state, State::encrypted);
  EXPECT_EQ(decode(made::openssh("aes256-ctr")).state, State::encrypted);
}

TEST(PrivateKey, ReadsWhatSourceCodeWraps) {
  const std::string pem = made::pkcs8(made::rsa());
  const std::string digest = decode(pem).digest;
  EXPECT_EQ(decode(replace_all(pem, "\n", "\\n")).digest, digest);
  EXPECT_EQ(decode(replace_all(pem, "\n", "\r\n")).digest, digest);
  EXPECT_EQ(decode(replace_all(pem, "\n", "\\n\"\n    \"")).digest, digest);
  EXPECT_EQ(decode(replace_all(pem, "\n", "\n# ")).digest, digest);
  EXPECT_EQ(decode(replace_all(pem, "\n", "\n    // ")).digest, digest);
}

TEST(PrivateKey, WhatDoesNotDecodeIsNone) {
  const std::string pem = made::pkcs8(made::rsa());
  const auto body = pem.find('\n') + 1;
  EXPECT_EQ(decode(pem.substr(0, body) + pem.substr(body + 64)).state, State::none);
  EXPECT_EQ(decode(made::openssh("none", "abce")).state, State::none);
  for (const std::string_view label :
       {"PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", ""}) {
    for (const std::string& text :
         {std::string(), std::string("..."), std::string(1000, 'A'), base64(std::string(100, '0')),
          std::string(1'000'000, 'A'), base64("openssh-key-v1" + std::string(60, '\0')),
          base64(std::string("openssh-key-v1\0\xff\xff\xff\xff", 19) + std::string(60, 'x'))}) {
      EXPECT_EQ(decode_private_key(label, text).state, State::none) << label;
    }
  }
}

}  // namespace
}  // namespace assay
