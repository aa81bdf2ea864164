#include "examine/kept_patterns.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/digest.h"
#include "io/files.h"
#include "io/newest_files.h"

namespace assay {

namespace {

constexpr std::size_t most_kept = 8;  // rulesets; older programs' are removed

// A digest of the rest comes first: a database that lost a byte must not be run.
std::optional<std::string> read_kept(const fs::path& path) {
  auto bytes = read_file(path);
  if (!bytes || bytes->size() <= 2 * Digest::size) return std::nullopt;
  const auto rest = bytes->substr(2 * Digest::size);
  if (sha256(rest).hex() != bytes->substr(0, 2 * Digest::size)) return std::nullopt;
  return rest;
}

std::string digest_of_patterns(const GateSet& gates) {
  Sha256 hash;
  for (const auto& gate : gates.gates) {
    for (const Pattern& pattern : gate->patterns()) {
      hash.update(fmt::format("{} {} {}\n", pattern.caseless, pattern.expression.size(),
                              pattern.expression));
    }
    hash.update("\n");
  }
  return hash.finish().hex();
}

}  // namespace

Result<PatternEngine> kept_patterns(const GateSet& gates, const std::string& folder) {
  if (folder.empty()) return PatternEngine::compile(gates.gates);
  const fs::path path = fs::path(folder) / (digest_of_patterns(gates) + ".patterns");
  if (const auto kept = read_kept(path)) {
    if (auto engine = PatternEngine::restore(gates.gates, *kept)) return engine;
  }
  ASSAY_TRY(auto engine, PatternEngine::compile(gates.gates));
  if (const auto bytes = engine.serialized(); bytes && make_directories(folder)) {
    static_cast<void>(replace_file(path, sha256(*bytes).hex() + *bytes));
    keep_newest_files(folder, ".patterns", most_kept);
  }
  return engine;
}

}  // namespace assay
