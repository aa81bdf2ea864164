#pragma once
#include "decide/decide.h"
#include "pipeline/selection.h"
#include "pipeline/session.h"
#include "publish/release.h"
#include "resolve/resolver.h"

// The stages of a run, in their order. Each is one call in run.cc and one file beside it.
namespace assay {

// The transitive closure of the set's requirements for each of its interpreters. Versions that
// advisories refuse are added to `left_out` and the next best selected, as far as the set has any.
Result<Selection> select_packages(Session& session, LeftOutVersions& left_out);
// Source distributions into the store, unpacked.
Result<> fetch_sources(Session& session, Selection& selection);
// The set's patches, applied to the sources. One that does not fit refuses its package.
Result<> patch_sources(Session& session, Selection& selection);
// Every gate over every source tree.
Result<> examine_sources(Session& session, Selection& selection);
// Code of other projects in a package's source, by the origins that are known; what is known to be
// wrong with them counts as the package's own.
Result<> find_copied_code(Session& session, SelectedPackage& package);
// What policy refuses by now is neither built nor tried: nothing could change the answer.
void spare_refused(const Session& session, Selection& selection);
// A wheel for each package and interpreter, in the sandbox.
Result<> build_wheels(Session& session, Selection& selection);
// Wheels of patched sources say so in their version.
Result<> mark_rebuilt(Session& session, Selection& selection);
// Test modules that hold a finding are taken out of the wheels; what remains can be imported as
// before.
Result<> strip_wheels(Session& session, Selection& selection);
// Upstream's tests against the wheels, in the sandbox.
Result<> try_tests(Session& session, Selection& selection);
// The attack surfaces of each package, in its source and in its wheels.
Result<> find_surfaces(Session& session, Selection& selection);
// The wheels of the set must ask for nothing that the set lacks.
Result<> check_closure(Session& session, Selection& selection);
// A verdict for each package. `proof_to_come`: nothing was built yet, so that what wheels and tests
// will show is not missed.
DecisionResult decide_set(const Session& session, const Selection& selection, bool proof_to_come = false);
// Another selection, without the versions that the decision shows to be no good, as far as there is
// one; nothing if there is none. What is left out, and why, is added to `left_out`.
Result<std::optional<Selection>> select_next_best(Session& session, const Selection& selection,
                                                  const DecisionResult& decision,
                                                  LeftOutVersions& left_out);
// Who asks for each package, and why no newer version of it was taken.
Result<> explain_selection(Session& session, Selection& selection, const LeftOutVersions& left_out);
// Leaves what the tests came to as proposals, where the set has not adopted just that.
Result<> propose_results(const Session& session, const Selection& selection);
// The release, if every package may be in it.
Result<Release> publish_set(Session& session, const Selection& selection,
                            const DecisionResult& decision);

}  // namespace assay
