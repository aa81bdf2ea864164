#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "curation/advisory_source.h"
#include "package/requirement.h"

namespace assay {

// One table for each gate or stage of [policy.*], with defaults that match the mission.
struct Policy {
  struct Advisories {
    double refuse_above = 7.0;                  // CVSS score; above it is refused
    // Which score counts where there are several: the "highest", that of the "newest" version, or of
    // a version ("4.0", "3.1", "3.0", "2.0"), and the highest where there is none of that.
    std::string score = "highest";
    std::string at_threshold = "flag";  // a score of exactly refuse_above: "flag" or "refuse"
    bool refuse_exploited = true;               // known to be exploited: refused at any score
    bool hold_unscored = true;                  // no score: held until a person decides
    bool hold_lower = true;                     // at or below: held until there is a disposition
    std::optional<std::uint32_t> max_age_days;  // a source older than this is refused
  } advisories;
  struct Plans {
    std::string overdue = "hold";    // a plan past its day: "hold" or "tell"
    std::string stale = "hold";      // one that was written for less than is known by now
    std::string unmatched = "tell";  // one that nothing fits any more
    double accept_up_to = 3.9;       // the highest score that a plan may accept
  } plans;
  struct Weaknesses {
    std::string hold_from = "medium";        // severity from which a finding in shipped code holds
    std::string confidence_from = "medium";  // less sure findings are told only, those of behaviour too
  } weaknesses;
  struct Behaviour {
    std::string hold_from = "medium";  // severity from which a finding in shipped code holds
  } behaviour;
  struct Secrets {
    bool refuse = true;  // a secret of high severity in a file that ships is refused; false: held
  } secrets;
  struct Build {
    std::uint32_t cpu_seconds = 3600, wall_seconds = 3600, memory_mib = 8192, processes = 512,
                  disk_mib = 8192;
  } build;
  struct Tests {
    bool required = true;  // no tests, or tests that can't run, hold the package
    bool hold_flaky = false;  // so does a test that failed and passed when it was run again
    std::uint32_t cpu_seconds = 3600, wall_seconds = 1800, memory_mib = 8192, processes = 512,
                  disk_mib = 4096;
  } tests;
  struct Rebuilt {
    std::string version = "local";  // "local": 1.2+patched.<digest>; "post": 1.2.post<n>
  } rebuilt;
  struct Strip {
    bool tests = true;  // test modules that hold a finding are left out of wheels
  } strip;
  struct ThreatModelPolicy {
    bool required = true;  // without a reviewed threat model nothing is published
  } threat_model;
  struct Versions {
    bool next_best = true;         // instead of a version that is refused or can't be built
    bool after_tests = false;      // also instead of one that its tests hold
    std::uint32_t rounds = 10;     // at most so many selections in a run
    // "newest", "lowest", "stay" (with the last release, unless that version may not be taken any more)
    // or "pinned" (only what a requirement or a constraint pins).
    std::string strategy = "newest";
    std::optional<std::uint32_t> cooldown_days;  // files uploaded in the last so many days are not seen
  } versions;
};

// How upstream's tests of one package are run where discovery is not enough: [tests.NAME].
struct TestOverride {
  std::vector<std::string> requirements;  // instead of the discovered ones
  std::vector<std::string> arguments;     // for pytest
  std::vector<std::string> paths;         // in the source tree
  std::map<std::string, std::string> environment;
};

// Where a package's source is developed: a git repository.
struct WatchedRepository {
  std::string location;  // an https or file URL, or a path, relative to the set's folder
  std::string branch;    // "" for the repository's default
};

// A set as its curator wrote it: assay.toml.
struct Set {
  std::filesystem::path folder;
  std::string name;
  std::vector<Requirement> requirements;
  std::vector<Requirement> constraints;  // limit versions without asking for the project
  std::vector<Requirement> also;         // versions to publish beside those, with what they need
  std::vector<std::string> pythons;     // "3.11", or "host"
  std::vector<std::string> targets;     // "linux-x86_64", or "host"
  std::optional<Time> uploaded_before;  // files uploaded later are not seen (PEP 700 upload-time)
  std::string index_url;                // "" for pip's configuration
  Policy policy;
  std::vector<AdvisorySource> advisories;
  std::map<Name, TestOverride> tests;
  std::map<Name, WatchedRepository> watch;
};

// invalid_input, for the first fault in the file, as
// "starter/assay.toml:12:3: unknown key \"requirments\" in [set]; did you mean \"requirements\"?"
Result<Set> load_set(const std::filesystem::path& folder);

// The text of a new, commented set file.
std::string set_template(std::string_view name);

// The documented defaults in words, for reference pages and messages: key, default, meaning.
struct PolicySetting {
  std::string key;  // "policy.advisories.refuse-above"
  std::string standard;
  std::string meaning;
};
std::vector<PolicySetting> policy_settings();

// A setting as a policy has it: "policy.advisories.refuse-above = 7.0".
std::string policy_line(const Policy& policy, std::string_view key);

}  // namespace assay
