#include "pipeline/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "curation/dispositions.h"
#include "decide/decide.h"
#include "fetch/source_tree.h"
#include "inventory/read_inventory.h"
#include "pipeline/session.h"
#include "pipeline/summary.h"

namespace assay {

namespace {

// The same version of the same project, told in several places, is judged once.
class Gathering {
 public:
  void add(InventoryItem item, AuditReport& report) {
    if (!item.version) {
      report.not_known.push_back(std::move(item));
      return;
    }
    const Key key{item.name, *item.version, item.copy_in ? title_of_holder(item) : ""};
    const auto [found, is_new] = places_.emplace(key, report.packages.size());
    const auto place = place_of(item);
    if (is_new) report.packages.push_back({std::move(item), {}, {}});
    report.packages[found->second].places.push_back(place);
  }

 private:
  using Key = std::tuple<Name, Version, std::string>;
  static std::string title_of_holder(const InventoryItem& item) {
    return item.copy_in->name.str() + " " + item.copy_in->version.str();
  }
  std::map<Key, std::size_t> places_;
};

Result<> read_inputs(const AuditOptions& options, AuditReport& report) {
  Gathering gathering;
  for (const auto& path : options.paths) {
    ASSAY_TRY(auto inventories, read_inventories(path, options.format, role_of));
    for (auto& inventory : inventories) {
      for (auto& item : inventory.items) gathering.add(std::move(item), report);
      inventory.items.clear();
      report.inputs.push_back(std::move(inventory));
    }
  }
  std::ranges::sort(report.packages, [](const AuditedPackage& left, const AuditedPackage& right) {
    return std::tie(left.item.name, *left.item.version) < std::tie(right.item.name, *right.item.version);
  });
  return {};
}

// What people decided counts for the package that they install: a copy's holder.
struct Judge {
  const Policy& policy;
  const std::vector<Disposition>& dispositions;
  Date today;

  void judge(AuditedPackage& package, std::vector<Finding> findings) const {
    const auto& item = package.item;
    const Name& name = item.copy_in ? item.copy_in->name : item.name;
    const auto version = (item.copy_in ? item.copy_in->version : *item.version).str();
    PackageEvidence evidence{.name = name, .version = version};
    evidence.findings = findings;
    const auto decision = decide(policy, dispositions, {evidence}, today);
    for (auto& finding : findings) {
      AuditedFinding audited{.finding = std::move(finding), .score = {}, .reason = {}, .answer = {}};
      const auto fingerprint = audited.finding.fingerprint();
      const auto& reasons = decision.verdicts.front().reasons;
      const auto reason = std::ranges::find(reasons, fingerprint, &Reason::subject);
      const auto answer = std::ranges::find(decision.answers, fingerprint, &AdvisoryAnswer::subject);
      if (reason != reasons.end()) audited.reason = *reason;
      if (answer != decision.answers.end()) audited.answer = *answer;
      audited.score = counting_score(audited.finding, policy.advisories);
      package.findings.push_back(std::move(audited));
    }
    std::ranges::stable_sort(package.findings, [](const AuditedFinding& left, const AuditedFinding& right) {
      return std::tuple(left.reason.weight, left.finding.score) > std::tuple(right.reason.weight, right.finding.score);
    });
  }
};

void count(AuditReport& report) {
  auto& counts = report.counts;
  counts.packages = report.packages.size();
  counts.not_known = report.not_known.size();
  for (const auto& package : report.packages) {
    counts.copies += package.item.copy_in ? 1 : 0;
    counts.hit += package.findings.empty() ? 0 : 1;
    counts.findings += package.findings.size();
    for (const auto& [finding, score, reason, answer] : package.findings) {
      counts.refused += reason.weight == Reason::Weight::refuse ? 1 : 0;
      counts.held += reason.weight == Reason::Weight::hold ? 1 : 0;
      counts.accepted += reason.weight == Reason::Weight::accepted ? 1 : 0;
      counts.unscored += score.scored ? 0 : 1;
    }
  }
}

// Whatever the reason, what can't be looked up is a matter of the sources, not of the command line.
Result<AdvisoryDatabase> open_known(const Set& set, const AuditOptions& options, Store& store, HttpClient& http,
                                    const Clock& clock, Progress& progress) {
  RunOptions run;
  run.set_folder = options.set_folder;
  run.advisories = options.advisories;
  run.offline = !options.update;
  auto database = open_advisories(set, run, http, store, clock, progress);
  if (!database) {
    return fail(ErrorKind::network, fmt::format("not known: {}{}", database.error().message,
                                                options.update ? "" : "; --update fetches what can be had"));
  }
  return database;
}

}  // namespace

Result<AuditReport> audit(const AuditOptions& options, const Clock& clock, Progress& progress) {
  AuditReport report;
  ASSAY_CHECK(read_inputs(options, report));
  Set set;
  std::vector<Disposition> dispositions;
  if (!options.set_folder.empty()) {
    ASSAY_TRY(set, load_set(options.set_folder));
    ASSAY_TRY(dispositions, load_dispositions(options.set_folder));
  }
  ASSAY_TRY(auto store, open_store(options.store));
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto advisories, open_known(set, options, store, http, clock, progress));
  report.advisories = advisory_words(advisories, clock);
  report.sources = advisories.sources();
  report.known_until = advisories.newest();
  const Judge judge{set.policy, dispositions, date_of(clock.now())};
  for (auto& package : report.packages) {
    auto findings = advisories.findings(package.item.name, *package.item.version);
    if (!findings.empty()) judge.judge(package, std::move(findings));
  }
  count(report);
  return report;
}

std::string place_of(const InventoryItem& item) {
  return item.line == 0 ? item.path : fmt::format("{}:{}", item.path, item.line);
}

std::string title_of(const InventoryItem& item) {
  auto title = item.version ? fmt::format("{} {}", item.name.str(), item.version->str()) : item.title;
  if (item.copy_in) {
    title += fmt::format(" (a copy in {} {})", item.copy_in->name.str(), item.copy_in->version.str());
  }
  return title;
}

}  // namespace assay
