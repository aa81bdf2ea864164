#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "evidence/finding.h"
#include "examine/gate.h"

namespace assay {

// What stands for a secret wherever findings are kept or shown: 12 hexadecimal digits of a slow,
// salted hash (PBKDF2-HMAC-SHA-256). The same value has the same digest everywhere, so that it is
// recognised in other files and in the next release; see README.md for the salt.
std::string secret_digest(std::string_view value);

// While it lives, this thread digests so many different values at most: the hash is slow on purpose,
// and a file may hold a million. What comes after is told apart by its number and what was digested
// before it, and is not recognised elsewhere. An inner one changes nothing.
class DigestBudget {
 public:
  static constexpr std::size_t most = 1000;
  DigestBudget();
  ~DigestBudget();
  DigestBudget(const DigestBudget&) = delete;
  DigestBudget& operator=(const DigestBudget&) = delete;
};

// Part of the gate's ruleset: another salt means other fingerprints.
std::string secret_salt_digest();

struct SecretDescription {
  Severity severity;
  Confidence confidence;
  std::string message;
  std::string what;    // "GitHub personal access token"
  std::string shown;   // what every value of the format begins with, and nothing that is its own
  std::string_view value;
};

// Is it a package's metadata, whose description is its README?
bool describes_package(std::string_view path);

// Lowers the confidence of what begins at an offset, where it most likely is an example: in a documentation
// string, or in a text that describes the package.
void doubt_example(const ExaminedFile& file, std::size_t begin, SecretDescription& description);

// A finding in [begin, end) of a file that holds nothing of the secret.
Finding secret_finding(const RuleDescription& rule, const ExaminedFile& file, std::size_t begin,
                       std::size_t end, SecretDescription description);

}  // namespace assay
