#include "examine/kept_patterns.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/digest.h"
#include "examine/shipped_patterns.h"
#include "io/files.h"
#include "io/newest_files.h"

namespace assay {

namespace {

constexpr std::size_t most_kept = 8;  // rulesets; older programs' are removed
constexpr std::size_t digest_size = 2 * Digest::size;

std::string digest_of_patterns(const GateSet& gates) {
  Sha256 hash;
  for (const auto& gate : gates.gates) {
    for (const Pattern& pattern : gate->patterns()) {
      hash.update(fmt::format("{} {} {} {}\n", pattern.caseless, pattern.python, pattern.expression.size(),
                              pattern.expression));
    }
    hash.update("\n");
  }
  return hash.finish().hex();
}

// The patterns' digest comes first, then that of the databases: one that lost a byte must not be run.
std::optional<PatternEngine> unpacked(const GateSet& gates, std::string_view digest, std::string_view packed) {
  if (packed.size() <= 2 * digest_size || !packed.starts_with(digest)) return std::nullopt;
  const auto databases = packed.substr(2 * digest_size);
  if (sha256(databases).hex() != packed.substr(digest_size, digest_size)) return std::nullopt;
  auto engine = PatternEngine::restore(gates.gates, databases);
  if (!engine) return std::nullopt;
  return *std::move(engine);
}

}  // namespace

Result<std::string> packed_patterns(const GateSet& gates, const PatternEngine& engine) {
  ASSAY_TRY(const auto databases, engine.serialized());
  return digest_of_patterns(gates) + sha256(databases).hex() + databases;
}

Result<PatternEngine> kept_patterns(const GateSet& gates, const std::string& folder) {
  const auto digest = digest_of_patterns(gates);
  if (auto engine = unpacked(gates, digest, shipped_patterns())) return *std::move(engine);
  if (folder.empty()) return PatternEngine::compile(gates.gates);
  const fs::path path = fs::path(folder) / (digest + ".patterns");
  if (const auto kept = read_file(path)) {
    if (auto engine = unpacked(gates, digest, *kept)) return *std::move(engine);
  }
  ASSAY_TRY(auto engine, PatternEngine::compile(gates.gates));
  if (const auto packed = packed_patterns(gates, engine); packed && make_directories(folder)) {
    static_cast<void>(replace_file(path, *packed));
    keep_newest_files(folder, ".patterns", {.files = most_kept});
  }
  return engine;
}

}  // namespace assay
