#pragma once
#include <string>

#include "base/clock.h"
#include "curation/set.h"
#include "decide/decide.h"
#include "evidence/disposition.h"
#include "evidence/finding.h"
#include "evidence/plan_state.h"

namespace assay {

// What a plan comes to for a finding of the package that it is written for. Nothing is taken on
// trust: a patch counts if it is applied and the tests that the plan names passed in every trial, a
// stripped file if no wheel has it. What is done so is not overdue.
PlanState state_of(const Disposition& plan, const Finding& finding, const PackageEvidence& evidence,
                   const Policy& policy, Date today);

// Of a plan that no finding fits. `evidence`: of the package in a version that the plan is for, null if
// there is none. A patch that names no test is done: the rescan of the patched source shows it.
PlanState unmatched_state(const Disposition& plan, const PackageEvidence* evidence, Date today);

// "as a plan to upgrade (>=3.15), which B. Maintainer carries out by 2026-12-31"
std::string in_words(const PlanState& plan);

}  // namespace assay
