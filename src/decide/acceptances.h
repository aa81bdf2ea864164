#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "evidence/disposition.h"
#include "evidence/finding.h"
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
};

// The dispositions of a set on one day. It remembers which of them were needed.
class Acceptances {
 public:
  Acceptances(const std::vector<Disposition>& dispositions, Date today);

  Acceptance finding(const PackageVersion& package, const Finding& finding);
  // A known vulnerability: a plan to remedy it, or why it does not count here.
  Acceptance advisory(const PackageVersion& package, const Finding& finding);
  Acceptance test(const PackageVersion& package, std::string_view id, std::string_view python);
  Acceptance tests(const PackageVersion& package);  // that none could be run
  Acceptance build(const PackageVersion& package);  // that it failed for one interpreter

  // The expired, stale and unneeded ones, each in a sentence, once everything was weighed.
  // `packages` is the whole set.
  std::vector<std::string> notes(const std::vector<PackageVersion>& packages) const;

 private:
  struct Entry {
    Disposition disposition;
    std::optional<SpecifierSet> versions;  // nothing: it can't be read, and fits no version
    std::string lapse;                     // why it does not count today, or ""
    bool fitted = false;                   // it is of something that was weighed
  };

  template <class Fits>
  Acceptance look_up(const PackageVersion& package, Disposition::Subject subject, Fits fits);

  std::vector<Entry> entries_;
};

}  // namespace assay
