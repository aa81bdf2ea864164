#pragma once
#include <map>
#include <string>
#include <vector>

#include "curation/patch.h"
#include "decide/decide.h"
#include "evidence/finding.h"
#include "publish/vex.h"

namespace assay {

// A package as statements are made of it.
struct StatedPackage {
  const Name& name;
  const std::string& version;    // that was judged
  const std::string& published;  // which may say that the package was patched
  const std::vector<Finding>& findings;
};

// The package's `published` version and the finding, with what was decided about it; without a decision
// no more than that.
VulnerabilityStatement statement_of(const Name& package, const std::string& published, const Finding& finding,
                                    const AdvisoryAnswer* answer, const std::map<Name, std::vector<Patch>>& patches);

// What is said of each known vulnerability that touches the package: those of its version, with what
// was decided, and those that a plan to upgrade has left behind. What waits for a decision is under
// investigation.
void add_statements(const StatedPackage& package, const std::map<Name, std::vector<Patch>>& patches,
                    const DecisionResult& decision, std::vector<VulnerabilityStatement>& statements);

}  // namespace assay
