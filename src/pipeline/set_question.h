#pragma once
#include "base/result.h"
#include "pipeline/selection.h"
#include "pipeline/session.h"
#include "pipeline/tool_wheels.h"

// What a set asks of the resolver, by what its curators wrote.
namespace assay {

// Under the strategy "stay" the versions of the last release, if there is one that can be read; else none.
std::map<Name, std::set<Version>> preferred_versions(const Set& set, Progress& progress);

// The set's requirements and constraints, by its strategy.
ResolutionQuestion set_question(const Session& session, const LeftOutVersions& left_out);

// Adds what dispositions ban, with their words. A package that the index does not have has no versions.
Result<> leave_out_banned(Session& session, LeftOutVersions& left_out);

// Under the strategy "pinned": invalid_input, naming every package that no requirement or constraint
// pins. Under any other, nothing.
Result<> check_pinned(const Set& set, const Selection& selection);

}  // namespace assay
