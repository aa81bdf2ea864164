#pragma once
#include "decide/decide.h"
#include "pipeline/selection.h"
#include "pipeline/session.h"
#include "publish/release.h"

// The stages of a run, in their order. Each is one call in run.cc and one file beside it.
namespace assay {

// The transitive closure of the set's requirements for each of its interpreters.
Result<Selection> select_packages(Session& session);
// Source distributions into the store, unpacked.
Result<> fetch_sources(Session& session, Selection& selection);
// Every gate over every source tree.
Result<> examine_sources(Session& session, Selection& selection);
// What policy refuses by now is neither built nor tried: nothing could change the answer.
void spare_refused(const Session& session, Selection& selection);
// A wheel for each package and interpreter, in the sandbox.
Result<> build_wheels(Session& session, Selection& selection);
// Upstream's tests against the wheels, in the sandbox.
Result<> try_tests(Session& session, Selection& selection);
// The wheels of the set must ask for nothing that the set lacks.
Result<> check_closure(Session& session, Selection& selection);
// A verdict for each package.
DecisionResult decide_set(const Session& session, const Selection& selection);
// The release, if every package may be in it.
Result<Release> publish_set(Session& session, const Selection& selection,
                            const DecisionResult& decision);

}  // namespace assay
