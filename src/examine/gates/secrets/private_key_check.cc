#include "examine/gates/secrets/private_key_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "examine/gates/secrets/key_file.h"
#include "examine/gates/secrets/private_key.h"
#include "examine/gates/secrets/secret_finding.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view dashes = "-----";
constexpr std::size_t mark_limit = 80;  // bytes from "-----BEGIN" to the hit's end
constexpr std::size_t block_limit = 64U
                                    << 10;  // bytes of a body, quotes and comment marks included

struct Block {
  std::size_t begin;
  std::string_view label;
  std::string_view body;  // "" if the block has no end
};

std::optional<Block> block_at(std::string_view bytes, std::size_t end) {
  const auto window = end < mark_limit ? 0 : end - mark_limit;
  const auto begin = bytes.substr(0, end).rfind(begin_mark);
  if (begin == std::string_view::npos || begin < window) return std::nullopt;
  const auto label_begin = begin + begin_mark.size();
  Block block{begin, bytes.substr(label_begin, end - dashes.size() - label_begin), {}};
  const auto rest = bytes.substr(end, block_limit);
  const auto close = rest.find(fmt::format("-----END {}-----", block.label));
  if (close != std::string_view::npos) block.body = rest.substr(0, close);
  return block;
}

// What a hit is about, by the rule's pattern.
enum class KeyForm : std::size_t { pem, pgp, putty, json_web_key, der, pkcs12, java_keystore };

struct Description {
  Severity severity;
  std::string message;
  std::string excerpt;
};

Description describe(const Rule& rule, const PrivateKey& key, std::string_view otherwise) {
  switch (key.state) {
    case PrivateKey::State::plain:
      return {rule.about.severity, fmt::format("a private key that anyone can use ({})", key.kind),
              fmt::format("private key ({}) #{}", key.kind, key.digest)};
    case PrivateKey::State::encrypted:
      return {Severity::medium,
              fmt::format("a private key that a passphrase protects ({})", key.kind),
              fmt::format("encrypted private key ({}) #{}", key.kind, key.digest)};
    case PrivateKey::State::none: break;
  }
  return {Severity::none, "it is marked as a private key and decodes to none",
          printable(otherwise)};
}

void tell(const Rule& rule, const ExaminedFile& file, std::size_t begin, std::size_t end,
          const PrivateKey& key, std::string_view otherwise, std::vector<Finding>& findings) {
  auto description = describe(rule, key, otherwise);
  auto finding = finding_at(rule.about, file, begin, end, std::move(description.message));
  finding.severity = description.severity;
  finding.excerpt = std::move(description.excerpt);
  const std::string path = lower(file.path);
  const auto stands_in_path = [&](const std::string& word) { return path.contains(word); };
  if (std::ranges::any_of(rule.list("test-names"), stands_in_path)) {
    finding.confidence = Confidence::low;
    finding.message += "; by its name it is material of tests";
  } else if (describes_package(file.path)) {
    finding.confidence = Confidence::low;
    finding.message += ", in the text that describes the package";
  }
  findings.push_back(std::move(finding));
}

void check_block(const Rule& rule, const ExaminedFile& file, std::size_t end, bool pgp,
                 std::vector<Finding>& findings) {
  const auto block = block_at(file.bytes, end);
  if (!block) return;
  tell(rule, file, block->begin, end,
       pgp ? decode_pgp_key(block->body) : decode_private_key(block->label, block->body),
       fmt::format("-----BEGIN {}-----", block->label), findings);
}

void check_putty(const Rule& rule, const ExaminedFile& file, std::size_t end,
                 std::vector<Finding>& findings) {
  const auto begin = file.bytes.substr(0, end).rfind("PuTTY-User-Key-File-");
  tell(rule, file, begin, end, decode_putty_key(file.bytes.substr(begin)),
       file.bytes.substr(begin, end - begin), findings);
}

// The object around "kty"; its own braces are counted, whatever stands in its strings.
void check_json_web_key(const Rule& rule, const ExaminedFile& file, std::size_t end,
                        std::vector<Finding>& findings) {
  constexpr std::size_t most = 8192;
  const auto text = file.bytes;
  const std::size_t low = end > most ? end - most : 0;
  std::size_t begin = end;
  int depth = 1;
  while (begin > low && depth > 0) {
    --begin;
    depth += text[begin] == '}' ? 1 : text[begin] == '{' ? -1 : 0;
  }
  if (depth > 0) return;
  std::size_t close = end;
  depth = 1;
  while (close < text.size() && close - end < most && depth > 0) {
    depth += text[close] == '{' ? 1 : text[close] == '}' ? -1 : 0;
    ++close;
  }
  if (depth > 0) return;
  const auto key = decode_json_web_key(text.substr(begin, close - begin));
  if (key.state != PrivateKey::State::none) tell(rule, file, begin, close, key, "", findings);
}

// A file as a whole. What does not decode only begins like one, and nothing is said.
void check_whole(const Rule& rule, const ExaminedFile& file, const PrivateKey& key,
                 std::vector<Finding>& findings) {
  if (key.state != PrivateKey::State::none) tell(rule, file, 0, 0, key, "", findings);
}

}  // namespace

void check_private_keys(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings) {
  for (const Hit& hit : hits) {
    switch (static_cast<KeyForm>(hit.pattern)) {
      case KeyForm::pem: check_block(rule, file, hit.end, false, findings); break;
      case KeyForm::pgp: check_block(rule, file, hit.end, true, findings); break;
      case KeyForm::putty: check_putty(rule, file, hit.end, findings); break;
      case KeyForm::json_web_key: check_json_web_key(rule, file, hit.end, findings); break;
      case KeyForm::der: check_whole(rule, file, decode_der_key(file.bytes), findings); break;
      case KeyForm::pkcs12: check_whole(rule, file, decode_pkcs12(file.bytes), findings); break;
      case KeyForm::java_keystore:
        check_whole(rule, file, decode_java_keystore(file.bytes), findings);
        break;
    }
  }
}

}  // namespace assay
