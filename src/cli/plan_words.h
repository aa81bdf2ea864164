#pragma once
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "evidence/plan_state.h"

namespace assay {

// "beta 1.0: CVE-2026-1: in time: upgrade (>=9.0), by B. Maintainer, due 2026-12-31, in 35 days", and why
// it is so where there is more to say.
std::string plan_line(const PlanState& plan, Date today);

// The commands that write down what a person decides about an advisory, by its finding's fingerprint.
std::string plan_command(const std::filesystem::path& set_folder, const std::string& subject);

// Prints all plans of a set: those that the last run judged, and those that were written since. The
// exit code: whether one wants attention.
int show_plans(const std::filesystem::path& set_folder, const Json& last_run, bool as_json);

}  // namespace assay
