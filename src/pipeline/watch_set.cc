#include "pipeline/watch_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "curation/dispositions.h"
#include "decide/decide.h"
#include "examine/examiner.h"
#include "fetch/source_tree.h"
#include "store/store.h"
#include "store/tree.h"
#include "watch/ledger.h"

namespace assay {

namespace {

bool is_safe_path(std::string_view path) {
  const auto parts = split(path, '/');
  return !path.empty() && path.size() < 1024 && is_utf8(path) && std::ranges::none_of(parts, [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
}

// One repository, looked at once.
class Look {
 public:
  Look(const Set& set, const std::vector<Disposition>& dispositions, Store& store,
       ActionRunner& actions, const Examiner& examiner, Ledger& ledger, const Clock& clock,
       std::stop_token stop)
      : set_(set), dispositions_(dispositions), store_(store), actions_(actions),
        examiner_(examiner), ledger_(ledger), clock_(clock), stop_(std::move(stop)) {}

  Result<> at(const Name& package, const WatchedRepository& repository,
              std::vector<WatchedCommit>& commits) {
    const auto folder = store_.blobs.root() / "git" / sha256(repository.location).hex();
    ASSAY_TRY(auto mirror, GitMirror::open(folder, located(repository), stop_));
    ASSAY_TRY(const auto head, mirror.fetch(repository.branch));
    const LedgerEntry* last = ledger_.last(package);
    if (last == nullptr || last->repository != repository.location) {
      return take(mirror, package, repository, head, "baseline", commits);
    }
    const LedgerEntry before = *last;
    ASSAY_TRY(const bool straight, mirror.is_ancestor(before.commit, head));
    if (!straight) return take(mirror, package, repository, head, "rewritten", commits);
    ASSAY_TRY(const auto ids, mirror.commits(before.commit, head));
    for (const auto& id : ids) {
      ASSAY_CHECK(take(mirror, package, repository, id, "commit", commits));
    }
    if (before.ruleset == examiner_.ruleset()) return {};
    return take(mirror, package, repository, head, "rescan", commits);
  }

 private:
  std::string located(const WatchedRepository& repository) const {
    if (repository.location.contains("://")) return repository.location;
    return (set_.folder / repository.location).string();
  }

  // The files' findings by the gates. `blob`: which of a change's blobs.
  Result<std::vector<Finding>> examine(const GitMirror& mirror, const std::vector<GitChange>& changes,
                                       std::string GitChange::*blob) {
    std::vector<TreeEntry> entries;
    for (const auto& change : changes) {
      if ((change.*blob).empty() || !is_safe_path(change.path)) continue;
      ASSAY_TRY(const auto bytes, mirror.blob(change.*blob));
      ASSAY_TRY(const Blob kept, store_.blobs.put(bytes));
      entries.push_back({change.path, kept.digest, bytes.size(), false, ""});
    }
    ASSAY_TRY(const auto tree, put_tree(store_.blobs, Tree(std::move(entries))));
    // A commit's files are no project: roles are told by their paths.
    return examiner_.examine(actions_, tree, role_of, stop_);
  }

  // Whether policy would hold or refuse the package for one of them.
  bool stands_out(const Name& package, const std::vector<Finding>& news) const {
    return !reasons_against(set_.policy, dispositions_, package, "0", news, date_of(clock_.now()))
                .empty();
  }

  Result<> take(const GitMirror& mirror, const Name& package, const WatchedRepository& repository,
                const std::string& id, const std::string& kind,
                std::vector<WatchedCommit>& commits) {
    ASSAY_TRY(const auto commit, mirror.commit(id));
    const bool whole = kind != "commit";
    ASSAY_TRY(const auto changes, mirror.changes(commit, whole));
    ASSAY_TRY(auto findings, examine(mirror, changes, &GitChange::blob));
    WatchedCommit watched{.package = package, .kind = kind, .commit = commit,
                          .files = changes.size(), .news = {}, .stands_out = false};
    std::set<std::string> known;
    if (whole) {
      // What is there at the beginning, or under new rules, is for the run that vets a release.
      for (const auto& finding : findings) known.insert(finding.fingerprint());
    } else {
      ASSAY_TRY(const auto before, examine(mirror, changes, &GitChange::was));
      for (const auto& finding : before) known.insert(finding.fingerprint());
    }
    LedgerEntry entry{.kind = kind, .package = package, .repository = repository.location,
                      .commit = commit.id, .parent = commit.parent, .tree = commit.tree,
                      .ruleset = examiner_.ruleset(), .files = changes.size(), .findings = {}};
    for (auto& finding : findings) {
      const auto fingerprint = finding.fingerprint();
      if (!known.insert(fingerprint).second) continue;
      entry.findings.push_back(fingerprint);
      watched.news.push_back(std::move(finding));
    }
    watched.stands_out = !watched.news.empty() && stands_out(package, watched.news);
    ASSAY_CHECK(ledger_.add(entry));
    commits.push_back(std::move(watched));
    return {};
  }

  const Set& set_;
  const std::vector<Disposition>& dispositions_;
  Store& store_;
  ActionRunner& actions_;
  const Examiner& examiner_;
  Ledger& ledger_;
  const Clock& clock_;
  std::stop_token stop_;
};

}  // namespace

Result<WatchReport> watch_once(const RunOptions& options, const Clock& clock, Progress& progress,
                               std::stop_token stop) {
  ASSAY_TRY(const Set set, load_set(options.set_folder));
  ASSAY_TRY(const auto dispositions, load_dispositions(options.set_folder));
  if (set.watch.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} watches nothing: name repositories in its [watch] table",
                            (set.folder / "assay.toml").string()));
  }
  ASSAY_TRY(auto ledger, Ledger::open(set.folder));
  ASSAY_TRY(auto store, open_store(options.store));
  ActionRunner actions(store);
  ASSAY_TRY(const auto examiner, Examiner::create());
  Look look(set, dispositions, store, actions, examiner, ledger, clock, stop);
  WatchReport report;
  progress.stage("watch", set.watch.size());
  for (const auto& [package, repository] : set.watch) {
    progress.begin(package.str());
    const auto before = report.commits.size();
    const auto looked = look.at(package, repository, report.commits);
    if (!looked && looked.error().kind == ErrorKind::cancelled) return std::unexpected(looked.error());
    if (!looked) report.errors.push_back(fmt::format("{}: {}", package.str(), looked.error().message));
    progress.end(package.str(), looked ? counted(report.commits.size() - before, "commit")
                                       : looked.error().message);
  }
  return report;
}

Json to_json(const WatchReport& report) {
  Json commits = Json::array();
  for (const auto& watched : report.commits) {
    Json news = Json::array();
    for (const auto& finding : watched.news) news.push_back(to_json(finding));
    commits.push_back({{"package", watched.package.str()},
                       {"kind", watched.kind},
                       {"commit", watched.commit.id},
                       {"date", watched.commit.date},
                       {"subject", watched.commit.subject},
                       {"files", watched.files},
                       {"stands-out", watched.stands_out},
                       {"news", std::move(news)}});
  }
  return {{"commits", std::move(commits)}, {"errors", report.errors}};
}

}  // namespace assay
