#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "advisories/advisory_database.h"
#include "base/clock.h"
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

// What a resolver can do about what stands against a package, by the records alone: whether an index has
// the version nobody asked.
struct Remedy {
  bool of_all = false;  // nothing is refused or held any more; else nothing refused
  // The first that also fits what the input asks for, else the first; nothing if no record tells of any.
  std::optional<FreeVersion> free;
  bool is_first = true;              // whatever the input asks for
  std::vector<Demand> forbidden_by;  // what the input asks for and it does not fit
};

struct AuditedPackage {
  InventoryItem item;               // with a version
  std::vector<std::string> places;  // "requirements.txt:7": all that name it
  std::set<std::size_t> inputs;     // which of the report's name it
  std::vector<AuditedFinding> findings;  // the heaviest first
  // Where something stands against it: what ends the refusal, then what ends all of it, or both at once.
  std::vector<Remedy> remedies;
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
  std::string advisories_not_known;  // AdvisoryDatabase::not_known(): what was not found may be there
  Time known_until{};                    // how new the records are
  AuditCounts counts;
};

// Judges what the paths hold by what is known, without running or fetching any of it. Errors:
// invalid_input and not_found for what was named wrongly, network where nothing usable is known, which is
// never clean.
Result<AuditReport> audit(const AuditOptions& options, const Clock& clock);

std::string place_of(const InventoryItem& item);  // "requirements.txt:7"
// "urllib3 1.26.17", "urllib3 1.26.17 (a copy in pip 23.3)".
std::string title_of(const InventoryItem& item);
// "1.26.18 is the first version above it that is not refused, but requests 2.27.1 asks for
// urllib3<1.26 (poetry.lock:12)"
std::string in_words(const Remedy& remedy, const InventoryItem& item);

}  // namespace assay
