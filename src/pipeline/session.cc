#include "pipeline/session.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "action/sandbox.h"
#include "base/task_group.h"
#include "fetch/source_tree.h"
#include "pipeline/limits.h"
#include "pipeline/set_question.h"
#include "pipeline/signing.h"

namespace assay {

namespace {

// Those of each target, this machine's first.
Result<std::vector<Interpreter>> find_interpreters(const std::vector<Target>& targets,
                                                   const std::vector<std::string>& pythons,
                                                   ActionRunner& actions,
                                                   const std::stop_token& stop) {
  std::vector<Interpreter> found;
  for (const auto& target : targets) {
    for (const auto& python : pythons) {
      ASSAY_TRY(auto interpreter, find_interpreter(python, target, actions, stop));
      const bool known = std::ranges::any_of(
          found, [&](const Interpreter& other) { return other.id() == interpreter.id(); });
      if (!known) found.push_back(std::move(interpreter));
    }
  }
  return found;
}

Result<std::vector<Target>> find_targets(const Set& set) {
  std::vector<Target> targets;
  for (const auto& name : set.targets) {
    ASSAY_TRY(targets.emplace_back(), find_target(name));
  }
  std::ranges::stable_partition(targets, [](const Target& target) { return !target.system; });
  return targets;
}

std::vector<AdvisorySource> advisory_sources(const Set& set, const RunOptions& options) {
  std::vector<AdvisorySource> sources;
  for (const auto& location : options.advisories) {
    sources.push_back({.name = location, .locations = {location}});
  }
  if (sources.empty()) sources = set.advisories;
  return sources.empty() ? default_advisory_sources() : sources;
}

// Such an error would meet every other package as well.
bool ends_the_run(ErrorKind kind) {
  return kind == ErrorKind::io || kind == ErrorKind::cancelled || kind == ErrorKind::internal;
}

}  // namespace

Result<AdvisoryDatabase> open_advisories(const Set& set, const RunOptions& options,
                                         HttpClient& http, Store& store, const Clock& clock) {
  const SourceAccess access{options.set_folder, options.offline, http, store, clock};
  return context(AdvisoryDatabase::open(advisory_sources(set, options),
                                        set.policy.advisories.max_age_days, access),
                 "what is known to be wrong with packages could not be looked up");
}

Result<Session> Session::open(const RunOptions& options, Curated curated, const Clock& clock,
                              Progress& progress, std::stop_token stop) {
  Set& set = curated.set;
  if (const auto days = set.policy.versions.cooldown_days) {
    // By the day, so that runs of one day see the same.
    const Time until = std::chrono::floor<std::chrono::days>(clock.now()) - std::chrono::days(*days);
    set.uploaded_before = std::min(set.uploaded_before.value_or(until), until);
  }
  ASSAY_TRY(const auto targets, find_targets(set));
  ASSAY_CHECK(check_sandbox());
  ASSAY_CHECK(make_directories(options.set_folder / "releases"));
  ASSAY_TRY(auto lock, FileLock::acquire(options.set_folder / "releases" / ".run.lock"));
  ASSAY_TRY(auto key, find_signing_key(set, options, progress));
  ASSAY_TRY(auto workspace, Workspace::open({.store = options.store,
                                             .index_url = options.index_url,
                                             .index_url_of_set = set.index_url,
                                             .offline = options.offline,
                                             .uploaded_before = set.uploaded_before,
                                             .build_limits = limits_of(set.policy.build)},
                                            progress, std::move(stop)));
  ASSAY_TRY(auto interpreters,
            find_interpreters(targets, options.pythons.empty() ? set.pythons : options.pythons,
                              *workspace.actions, workspace.stop));
  ASSAY_TRY(auto advisories,
            open_advisories(set, options, *workspace.http, *workspace.store, clock));
  ASSAY_TRY(auto examiner, Examiner::create());
  ASSAY_TRY(auto origins, KnownOrigins::load(*workspace.store, role_of));
  auto preferred = preferred_versions(set, progress);
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return Session{std::move(curated),
                 std::move(workspace),
                 options,
                 clock,
                 std::move(lock),
                 std::move(advisories),
                 std::move(examiner),
                 std::move(interpreters),
                 options.jobs == 0 ? cores : options.jobs,
                 std::move(origins),
                 std::move(key),
                 std::move(preferred)};
}

Result<> for_each_package(
    Session& session, std::string_view stage, Selection& selection,
    const std::function<Result<std::string>(SelectedPackage&)>& work) {
  session.progress.stage(stage, selection.size());
  TaskGroup group(session.jobs, selection.size() + 1);
  for (auto& package : selection) {
    if (package.stopped()) {
      session.progress.end(package.title(), "passed over");
      continue;
    }
    group.push([&](std::stop_token stopped) -> Result<> {
      if (stopped.stop_requested() || session.stop.stop_requested()) {
        return fail(ErrorKind::cancelled, "stopped");
      }
      session.progress.begin(package.title());
      Result<std::string> outcome = work(package);
      if (!outcome) {
        if (ends_the_run(outcome.error().kind)) {
          return context(Result<>(std::unexpected(std::move(outcome).error())),
                         fmt::format("{}: {}", stage, package.title()));
        }
        const bool own_fault = outcome.error().kind == ErrorKind::invalid_input;
        (own_fault ? package.refusal : package.error) = outcome.error().message;
      }
      session.progress.end(package.title(),
                           outcome ? *outcome : package.refusal.empty() ? package.error : package.refusal);
      return {};
    });
  }
  return group.wait();
}

}  // namespace assay
