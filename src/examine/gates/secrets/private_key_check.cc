#include "examine/gates/secrets/private_key_check.h"

#include <fmt/format.h>

#include <optional>

#include "examine/gates/secrets/private_key.h"
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

struct Description {
  Severity severity;
  std::string message;
  std::string excerpt;
};

Description describe(const Rule& rule, const Block& block) {
  const PrivateKey key = decode_private_key(block.label, block.body);
  const std::string digest = key.digest.substr(0, 12);
  switch (key.state) {
    case PrivateKey::State::plain:
      return {rule.about.severity, fmt::format("a private key that anyone can use ({})", key.kind),
              fmt::format("private key ({}) sha256:{}", key.kind, digest)};
    case PrivateKey::State::encrypted:
      return {Severity::medium,
              fmt::format("a private key that a passphrase protects ({})", key.kind),
              fmt::format("encrypted private key ({}) sha256:{}", key.kind, digest)};
    case PrivateKey::State::none: break;
  }
  return {Severity::none, "it is marked as a private key and decodes to none",
          fmt::format("-----BEGIN {}-----", block.label)};
}

}  // namespace

void check_private_keys(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings) {
  for (const Hit& hit : hits) {
    const auto block = block_at(file.bytes, hit.end);
    if (!block) continue;
    auto description = describe(rule, *block);
    auto finding = finding_at(rule.about, file, block->begin, hit.end, std::move(description.message));
    finding.severity = description.severity;
    finding.excerpt = std::move(description.excerpt);
    findings.push_back(std::move(finding));
  }
}

}  // namespace assay
