#pragma once
#include <chrono>
#include <string>

#include "evidence/test_report.h"
#include "pipeline/run.h"
#include "pipeline/session.h"

namespace assay {

// Wall and CPU time since it was made; CPU time is this process's and its ended children's.
class Stopwatch {
 public:
  Stopwatch();
  double wall_seconds() const;
  double cpu_seconds() const;

 private:
  std::chrono::steady_clock::time_point start_;
  double cpu_start_;
};

// Which source, how many records, and how old.
std::string advisory_words(const AdvisoryDatabase& advisories, const Clock& clock);
std::string advisory_words(const AdvisoryProvenance& source, const Clock& clock);

// Which index and which advisories this run goes by, as its first lines.
void tell_sources(Session& session);

Json to_json(const std::vector<Asker>& askers);
Json to_json(const std::vector<NotTaken>& versions);
Json to_json(const std::vector<Surface>& surfaces);
Json to_json(const std::vector<PlanState>& plans, Date today);  // with the days left

RunReport summarize(const Session& session, const Selection& selection,
                    const DecisionResult& decision);

}  // namespace assay
