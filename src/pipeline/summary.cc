#include "pipeline/summary.h"

#include <sys/resource.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "decide/counting_score.h"
#include "pipeline/steps.h"

namespace assay {

namespace {

double cpu_now() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const auto& time : {usage.ru_utime, usage.ru_stime}) {
      seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
  }
  return seconds;
}

std::string index_words(const Session& session) {
  return fmt::format("{} ({})", without_credentials(session.location.url), session.location.how);
}

std::string build_words(const SelectedPackage& package) {
  if (package.wheels.empty()) return "—";
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) return "failed";
  }
  return "built";
}

std::string test_words(const SelectedPackage& package) {
  std::vector<std::string> words;
  for (const auto& [python, tried] : package.tests) {
    std::string text = summary(tried.report);
    if (package.tests.size() > 1) text = python + ": " + text;
    if (std::ranges::find(words, text) == words.end()) words.push_back(std::move(text));
  }
  return words.empty() ? "—" : join(words, "; ");
}

std::set<std::string> pythons_of(const SelectedPackage& package) {
  std::set<std::string> pythons;
  for (const auto& [python, dependencies] : package.dependencies) pythons.insert(python);
  return pythons;
}

std::size_t open_findings(const SelectedPackage& package, const Verdict& verdict) {
  std::size_t count = 0;
  for (const auto& finding : package.findings) {
    const auto fingerprint = finding.fingerprint();
    count += std::ranges::any_of(verdict.reasons, [&](const Reason& reason) {
      const bool against =
          reason.weight == Reason::Weight::hold || reason.weight == Reason::Weight::refuse;
      return against && reason.subject == fingerprint;
    });
  }
  return count;
}

std::vector<PackageSummary::KnownFlaw> flaws_of(const Session& session, const SelectedPackage& package) {
  std::vector<PackageSummary::KnownFlaw> flaws;
  for (const auto& finding : package.findings) {
    if (finding.gate != "advisories") continue;
    const auto score = counting_score(finding, session.set.policy.advisories);
    flaws.push_back({finding.rule, finding.fingerprint(), score.scored ? score.score : -1});
  }
  return flaws;
}

Json to_json(const std::vector<PackageSummary::KnownFlaw>& flaws) {
  Json list = Json::array();
  for (const auto& [id, subject, score] : flaws) {
    list.push_back({{"id", id}, {"subject", subject}, {"score", score < 0 ? Json(nullptr) : Json(score)}});
  }
  return list;
}

// A version that was left out on the way may have given way to one that stands.
std::string no_other_for(const Session& session, const SelectedPackage& package, const Verdict& verdict) {
  const auto found = session.no_other.find(package.name);
  return verdict.decision == Decision::published || found == session.no_other.end() ? "" : found->second;
}

void tell_source(const AdvisoryProvenance& source, Session& session) {
  for (const auto& warning : warnings_of(source)) {
    session.progress.note(NoteLevel::warning, "advisories: " + warning);
  }
  if (!source.not_known.empty()) return;
  session.progress.note(NoteLevel::info, "advisories: " + advisory_words(source, session.clock));
}

}  // namespace

std::string advisory_words(const AdvisoryProvenance& source, const Clock& clock) {
  if (!source.not_known.empty()) return fmt::format("{}: not known", source.name);
  const auto age = std::chrono::floor<std::chrono::days>(clock.now() - source.newest);
  return fmt::format("{}: {}, the newest of {} ({} old)", source.name, counted(source.records, "record"),
                     format_date(date_of(source.newest)),
                     counted(static_cast<std::size_t>(std::max<std::int64_t>(age.count(), 0)), "day"));
}

std::string advisory_words(const AdvisoryDatabase& advisories, const Clock& clock) {
  std::vector<std::string> words;
  for (const auto& source : advisories.sources()) words.push_back(advisory_words(source, clock));
  return join(words, "; ");
}

Stopwatch::Stopwatch() : start_(std::chrono::steady_clock::now()), cpu_start_(cpu_now()) {}

double Stopwatch::wall_seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Stopwatch::cpu_seconds() const { return cpu_now() - cpu_start_; }

void tell_sources(Session& session) {
  session.progress.note(NoteLevel::info, "index: " + index_words(session));
  for (const auto& source : session.advisories.sources()) tell_source(source, session);
}

RunReport summarize(const Session& session, const Selection& selection,
                    const DecisionResult& decision) {
  RunReport report;
  report.set_name = session.set.name;
  report.set_folder = session.set.folder;
  report.index = index_words(session);
  report.advisories = advisory_words(session.advisories, session.clock);
  report.notes = decision.disposition_notes;
  report.plans = decision.plans;
  report.date = date_of(session.clock.now());
  if (decision.all_published()) report.release_steps = release_steps(session);
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto& package = selection[i];
    report.packages.push_back({.name = package.name,
                               .version = package.version.str(),
                               .findings = package.findings.size(),
                               .open_findings = open_findings(package, decision.verdicts[i]),
                               .build = build_words(package),
                               .tests = test_words(package),
                               .verdict = decision.verdicts[i],
                               .advisories = flaws_of(session, package),
                               .askers = package.askers,
                               .newer = package.newer,
                               .pythons = pythons_of(package),
                               .beside = package.beside,
                               .difference = package.difference,
                               .no_other = no_other_for(session, package, decision.verdicts[i]),
                               .surfaces = package.surfaces,
                               .steps = steps_that_ran(session, package),
                               .tree = package.tree ? package.tree->hex() : ""});
  }
  return report;
}

Json to_json(const std::vector<Asker>& askers) {
  Json list = Json::array();
  for (const auto& [who, requirement] : askers) {
    list.push_back({{"who", who}, {"requirement", requirement.str()}});
  }
  return list;
}

Json to_json(const std::vector<NotTaken>& versions) {
  Json list = Json::array();
  for (const auto& [version, reason] : versions) {
    list.push_back({{"version", version.str()}, {"reason", reason}});
  }
  return list;
}

Json to_json(const std::vector<Surface>& surfaces) {
  Json list = Json::array();
  for (const auto& surface : surfaces) list.push_back(to_json(surface));
  return list;
}

Json to_json(const std::vector<PlanState>& plans, Date today) {
  Json list = Json::array();
  for (const auto& plan : plans) {
    list.push_back(to_json(plan));
    list.back()["days-left"] = days_left(plan, today);
  }
  return list;
}

Json to_json(const RunReport& report) {
  Json packages = Json::array();
  for (const auto& package : report.packages) {
    packages.push_back({{"name", package.name.str()},
                        {"version", package.version},
                        {"findings", package.findings},
                        {"open-findings", package.open_findings},
                        {"build", package.build},
                        {"tests", package.tests},
                        {"verdict", to_json(package.verdict)},
                        {"advisories", to_json(package.advisories)},
                        {"asked-for-by", to_json(package.askers)},
                        {"newer-not-taken", to_json(package.newer)},
                        {"pythons", package.pythons},
                        {"beside", package.beside},
                        {"differs-because", package.difference},
                        {"no-other-version", package.no_other},
                        {"surfaces", to_json(package.surfaces)},
                        {"steps", package.steps},
                        {"tree", package.tree}});
  }
  Json release = nullptr;
  if (report.release) {
    release = {{"number", report.release->number},
               {"folder", report.release->folder.string()},
               {"digest", report.release->digest.hex()},
               {"steps", report.release_steps},
               {"unchanged", report.release->unchanged}};
  }
  return {{"set", report.set_name},
          {"index", report.index},
          {"advisories", report.advisories},
          {"packages", std::move(packages)},
          {"release", std::move(release)},
          {"plans", to_json(report.plans, report.date)},
          {"notes", report.notes},
          {"requests", report.requests},
          {"wall-seconds", report.wall_seconds},
          {"cpu-seconds", report.cpu_seconds}};
}

}  // namespace assay
