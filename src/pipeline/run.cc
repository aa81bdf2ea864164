#include "pipeline/run.h"

#include "pipeline/session.h"
#include "pipeline/stages.h"
#include "pipeline/summary.h"

// The story of a run. A set file becomes a release: the best versions are resolved, their sources
// fetched and examined, wheels built from them, upstream's tests tried against the wheels, all of
// it weighed, and what stands is published whole, or not at all.
namespace assay {

Result<RunReport> run(const RunOptions& options, const Clock& clock, Progress& progress,
                      std::stop_token stop) {
  const Stopwatch stopwatch;
  ASSAY_TRY(Session session, Session::open(options, clock, progress, std::move(stop)));
  tell_sources(session);

  ASSAY_TRY(Selection selection, select_packages(session));
  ASSAY_CHECK(fetch_sources(session, selection));
  ASSAY_CHECK(examine_sources(session, selection));
  spare_refused(session, selection);
  ASSAY_CHECK(build_wheels(session, selection));
  ASSAY_CHECK(try_tests(session, selection));
  ASSAY_CHECK(check_closure(session, selection));
  const DecisionResult decision = decide_set(session, selection);

  RunReport report = summarize(session, selection, decision);
  if (decision.all_published()) {
    ASSAY_TRY(report.release, publish_set(session, selection, decision));
  }
  report.requests = session.http->requests();
  report.wall_seconds = stopwatch.wall_seconds();
  report.cpu_seconds = stopwatch.cpu_seconds();
  return report;
}

}  // namespace assay
