#include "pipeline/run.h"

#include "pipeline/last_run.h"
#include "pipeline/session.h"
#include "pipeline/stages.h"
#include "pipeline/summary.h"

// The story of a run. A set file becomes a release: the best versions are resolved, their sources
// fetched and examined, wheels built from them, upstream's tests tried against the wheels, all of
// it weighed. A version that is no good is left out and the next best one goes the same way. What
// stands is published whole, or not at all.
namespace assay {

namespace {

Result<DecisionResult> vet(Session& session, Selection& selection) {
  ASSAY_CHECK(fetch_sources(session, selection));
  ASSAY_CHECK(patch_sources(session, selection));
  ASSAY_CHECK(examine_sources(session, selection));
  spare_refused(session, selection);
  ASSAY_CHECK(build_wheels(session, selection));
  ASSAY_CHECK(mark_rebuilt(session, selection));
  ASSAY_CHECK(strip_wheels(session, selection));
  ASSAY_CHECK(try_tests(session, selection));
  ASSAY_CHECK(find_surfaces(session, selection));
  ASSAY_CHECK(check_closure(session, selection));
  return decide_set(session, selection);
}

}  // namespace

Result<RunReport> run(const RunOptions& options, Curated curated, const Clock& clock,
                      Progress& progress, std::stop_token stop) {
  const Stopwatch stopwatch;
  ASSAY_TRY(Session session,
            Session::open(options, std::move(curated), clock, progress, std::move(stop)));
  tell_sources(session);

  LeftOutVersions left_out;
  ASSAY_TRY(Selection selection, select_packages(session, left_out));
  ASSAY_TRY(DecisionResult decision, vet(session, selection));
  for (unsigned round = 1; !decision.all_published(); ++round) {
    if (round >= session.set.policy.versions.rounds) break;
    ASSAY_TRY(auto next, select_next_best(session, selection, decision, left_out));
    if (!next) break;
    selection = *std::move(next);
    ASSAY_TRY(decision, vet(session, selection));
  }
  ASSAY_CHECK(explain_selection(session, selection, left_out));
  ASSAY_CHECK(propose_results(session, selection));

  RunReport report = summarize(session, selection, decision);
  if (decision.all_published()) {
    ASSAY_TRY(report.release, publish_set(session, selection, decision));
  }
  report.requests = session.http->requests();
  report.wall_seconds = stopwatch.wall_seconds();
  report.cpu_seconds = stopwatch.cpu_seconds();
  ASSAY_CHECK(keep_last_run(session.set.folder, report));
  return report;
}

}  // namespace assay
