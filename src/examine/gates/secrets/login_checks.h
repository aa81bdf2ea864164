#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "url-credentials": each hit ends in the host of `scheme://user:password@host`.
void check_url_credentials(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings);

// The check "login". Patterns: 0 the first byte of a netrc entry's password; 1 some bytes into
// "user:password" in base64; 2 some bytes into the password of `curl -u user:password`; 3 some bytes
// into a bearer's token; 4 some bytes into what a header of curl's holds; 5 some bytes into the value
// of a password's key in XML; 6 some bytes into a password within an address; 7 some bytes into a
// password behind the quote or brace that opens it.
void check_logins(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                  std::vector<Finding>& findings);

// The check "password-hash": each hit ends the mark of crypt(3)'s and its kin's forms, which says
// how a password was hashed.
void check_password_hashes(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings);

}  // namespace assay
