#pragma once
#include <string_view>

#include "examine/gates/secrets/private_key.h"

namespace assay {

// Whole files in binary form, by their bytes. State::none: they are no such file, or hold no key.
PrivateKey decode_der_key(std::string_view bytes);       // PKCS#1, PKCS#8 (also encrypted), SEC 1, DSA
PrivateKey decode_pkcs12(std::string_view bytes);        // RFC 7292
PrivateKey decode_java_keystore(std::string_view bytes); // JKS and JCEKS

// Text that begins with "PuTTY-User-Key-File-": versions 2 and 3.
PrivateKey decode_putty_key(std::string_view text);

// What stands between the marks of a PGP PRIVATE KEY BLOCK (RFC 9580): its first packet.
PrivateKey decode_pgp_key(std::string_view body);

// A JSON web key (RFC 7517), or a set's first: the object that the text begins with.
PrivateKey decode_json_web_key(std::string_view object);

}  // namespace assay
