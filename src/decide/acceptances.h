#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "curation/set.h"
#include "decide/decide.h"
#include "evidence/disposition.h"
#include "evidence/finding.h"
#include "evidence/plan_state.h"
#include "package/name.h"
#include "package/specifier.h"

namespace assay {

// A package as dispositions speak of it.
struct PackageVersion {
  const Name& name;
  const std::string& version;
};

// What the dispositions say of one thing that was weighed.
struct Acceptance {
  bool accepted = false;
  std::string accepted_by;  // "reviewer, until date: reason"
  std::string lapsed;       // why one that would fit does not count, a sentence, or ""
  std::string justification;      // of one that says why the package is not affected
  std::optional<PlanState> plan;  // the one that counts, else one that fits
};

// The dispositions of a set on one day. It remembers which of them were needed.
class Acceptances {
 public:
  Acceptances(const std::vector<Disposition>& dispositions, const Policy& policy, Date today);

  // What a gate found in a file: that it is accepted, or a plan to remedy it.
  Acceptance finding(const PackageEvidence& package, const Finding& finding);
  // A known vulnerability: a plan to remedy it, or why it does not count here.
  Acceptance advisory(const PackageEvidence& package, const Finding& finding);
  Acceptance test(const PackageVersion& package, std::string_view id, std::string_view python);
  Acceptance tests(const PackageVersion& package);  // that none could be run
  Acceptance build(const PackageVersion& package);  // that it failed for one interpreter

  // Once everything was weighed; `packages` is the whole set. The expired, stale and unneeded ones,
  // each in a sentence.
  std::vector<std::string> notes(const std::vector<PackageEvidence>& packages) const;
  // What each plan comes to, in the order that they are written in.
  std::vector<PlanState> plans(const std::vector<PackageEvidence>& packages) const;

 private:
  struct Entry {
    Disposition disposition;
    std::optional<SpecifierSet> versions;  // nothing: it can't be read, and fits no version
    std::string lapse;                     // why it does not count today, or ""
    bool fitted = false;                   // it is of something that was weighed
    std::vector<PlanState> states = {};    // of a plan, for each finding that it fits
  };

  template <class Fits>
  Acceptance look_up(const PackageVersion& package, Disposition::Subject subject, Fits fits);

  Acceptance plan(const PackageEvidence& package, const Finding& finding);
  std::vector<PlanState> states_of(const Entry& entry,
                                   const std::vector<PackageEvidence>& packages) const;
  std::string fault_of(const Entry& entry, const std::vector<PackageEvidence>& packages) const;

  const Policy& policy_;
  Date today_;
  std::vector<Entry> entries_;
};

}  // namespace assay
