#include "examine/gates/secrets/secret_finding.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "base/variable.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

const std::string& salt() {
  static const std::string made = "assay secrets 1:" + variable("ASSAY_SECRETS_SALT");
  return made;
}

constexpr std::size_t digits = 12;

// What a thread has digested since it began with a file.
struct Digested {
  int level = 0;
  std::map<std::string, std::string, std::less<>> known;  // by the value's own, fast digest
  std::string last;
  std::size_t beyond = 0;
};
thread_local Digested digested;

std::string slow_digest(std::string_view value) {
  constexpr int iterations = 1000;  // a third of a millisecond; findings are few
  std::array<unsigned char, 6> bytes{};
  PKCS5_PBKDF2_HMAC(value.data(), static_cast<int>(value.size()),
                    reinterpret_cast<const unsigned char*>(salt().data()),
                    static_cast<int>(salt().size()), iterations, EVP_sha256(),
                    static_cast<int>(bytes.size()), bytes.data());
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace

DigestBudget::DigestBudget() {
  if (digested.level++ == 0) digested = {.level = 1};
}

DigestBudget::~DigestBudget() {
  if (--digested.level == 0) digested = {};
}

std::string secret_digest(std::string_view value) {
  if (digested.level == 0) return slow_digest(value);
  const auto key = sha256(value).hex();
  if (const auto known = digested.known.find(key); known != digested.known.end()) return known->second;
  if (digested.known.size() == DigestBudget::most) {
    const auto number = fmt::format("{} {} {}", salt(), digested.last, ++digested.beyond);
    return sha256(number).hex().substr(0, digits);
  }
  digested.last = slow_digest(value);
  digested.known.emplace(key, digested.last);
  return digested.last;
}

std::string secret_salt_digest() { return sha256(salt()).hex(); }

bool describes_package(std::string_view path) {
  return is_any_of(path.substr(path.rfind('/') + 1), {"PKG-INFO", "METADATA"});
}

void doubt_example(const ExaminedFile& file, std::size_t begin, SecretDescription& description) {
  if (description.confidence == Confidence::low || description.severity <= Severity::low) return;
  if (file.pieces().at(begin).kind == SourcePiece::Kind::docstring) {
    description.message += ", in a documentation string";
  } else if (describes_package(file.path)) {
    description.message += ", in the text that describes the package";
  } else {
    return;
  }
  description.confidence = Confidence::low;
}

Finding secret_finding(const RuleDescription& rule, const ExaminedFile& file, std::size_t begin,
                       std::size_t end, SecretDescription description) {
  Finding finding = finding_at(rule, file, begin, end, printable(description.message));
  finding.severity = description.severity;
  finding.confidence = description.confidence;
  finding.excerpt =
      printable(fmt::format("{} {}{}#{}", description.what, description.shown,
                            description.shown.empty() ? "" : "… ", secret_digest(description.value)));
  return finding;
}

}  // namespace assay
