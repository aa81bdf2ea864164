#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "advisories/advisory_database.h"
#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "decide/counting_score.h"
#include "decide/decide.h"
#include "evidence/verdict.h"
#include "inventory/inventory.h"

namespace assay {

struct AuditOptions {
  std::vector<std::filesystem::path> paths;  // "-" for standard input
  std::optional<InventoryFormat> format;     // of all of them; nothing: told by name and content
  std::filesystem::path set_folder;          // whose sources, policy and dispositions count; "" for none
  std::vector<std::string> advisories;       // instead of the set's sources
  std::filesystem::path store;               // "" for the default
  bool update = false;                       // fetch the advisories anew; else what is kept must do
};

// A known vulnerability of an audited package.
struct AuditedFinding {
  Finding finding;
  CountingScore score;
  Reason reason;              // how the policy and what people decided weigh it
  std::optional<AdvisoryAnswer> answer;  // what people decided, if they did
};

struct AuditedPackage {
  InventoryItem item;               // with a version
  std::vector<std::string> places;  // "requirements.txt:7": all that name it
  std::vector<AuditedFinding> findings;  // the heaviest first
};

struct AuditCounts {
  std::size_t packages = 0;  // that were judged; of the same version in several places one
  std::size_t copies = 0;    // among them, code that others carry
  std::size_t hit = 0;       // packages with a finding
  std::size_t findings = 0;
  std::size_t refused = 0;
  std::size_t held = 0;
  std::size_t accepted = 0;
  std::size_t unscored = 0;
  std::size_t not_known = 0;  // that could not be judged
};

struct AuditReport {
  std::vector<Inventory> inputs;         // without their items
  std::vector<AuditedPackage> packages;  // by name and version
  std::vector<InventoryItem> not_known;  // without a version
  std::string advisories;                // which sources, and how old
  std::vector<AdvisoryProvenance> sources;
  Time known_until{};                    // how new the records are
  AuditCounts counts;
};

// Judges what the paths hold by what is known, without running or fetching any of it. Errors:
// invalid_input and not_found for what was named wrongly, network where nothing usable is known, which is
// never clean.
Result<AuditReport> audit(const AuditOptions& options, const Clock& clock, Progress& progress);

std::string place_of(const InventoryItem& item);  // "requirements.txt:7"
// "urllib3 1.26.17", "urllib3 1.26.17 (a copy in pip 23.3)".
std::string title_of(const InventoryItem& item);

}  // namespace assay
