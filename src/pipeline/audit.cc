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
  void add(InventoryItem item, std::size_t input, AuditReport& report) {
    if (!item.version) {
      report.not_known.push_back(std::move(item));
      return;
    }
    const Key key{item.name, *item.version, item.copy_in ? title_of_holder(item) : "", item.commit};
    const auto [found, is_new] = places_.emplace(key, report.packages.size());
    const auto place = place_of(item);
    if (is_new) report.packages.push_back({.item = std::move(item), .places = {}, .inputs = {}, .findings = {}, .remedies = {}});
    report.packages[found->second].places.push_back(place);
    report.packages[found->second].inputs.insert(input);
  }

 private:
  using Key = std::tuple<Name, Version, std::string, std::string>;
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
      for (auto& item : inventory.items) gathering.add(std::move(item), report.inputs.size(), report);
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

  DecisionResult decision_on(const InventoryItem& item, const std::vector<Finding>& findings) const {
    const Name& name = item.copy_in ? item.copy_in->name : item.name;
    const auto version = (item.copy_in ? item.copy_in->version : *item.version).str();
    return decide(policy, dispositions, {{.name = name, .version = version, .findings = findings}}, today);
  }

  void judge(AuditedPackage& package, std::vector<Finding> findings) const {
    const auto decision = decision_on(package.item, findings);
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

bool forbids(const Demand& demand, const FreeVersion& free) {
  if (free.side == FreeVersion::Side::below) return false;  // which of them there are is not told
  auto version = free.version;
  if (free.side == FreeVersion::Side::above && !version.is_postrelease()) {
    version = Version::parse(version.public_version() + ".post0").value_or(version);
  }
  return !demand.requirement.specifier.contains(version, true);
}

// The ids of what weighs at least so much against the package, whichever version it affects.
std::set<std::string> standing_from(Reason::Weight weight, const DecisionResult& decision,
                                    const std::map<std::string, std::string>& ids_by_subject) {
  std::set<std::string> ids;
  for (const auto& reason : decision.verdicts.front().reasons) {
    const auto known = ids_by_subject.find(reason.subject);
    if (reason.weight >= weight && known != ids_by_subject.end()) ids.insert(known->second);
  }
  return ids;
}

// What the inputs that name the package ask of its version. Of a copy they ask nothing.
std::vector<Demand> demands_on(const AuditedPackage& package, const AuditReport& report) {
  std::vector<Demand> demands;
  if (package.item.copy_in) return demands;
  for (const auto input : package.inputs) {
    std::ranges::copy_if(report.inputs[input].demands, std::back_inserter(demands), [&](const Demand& demand) {
      return demand.requirement.name == package.item.name;
    });
  }
  return demands;
}

// The first version that is free of these, and that all demands allow where there is such.
Remedy remedy_of(bool of_all, const PackageFlaws& flaws, const Version& version, const std::set<std::string>& ids,
                 const std::vector<Demand>& demands) {
  Remedy remedy{.of_all = of_all, .free = {}, .is_first = true, .forbidden_by = {}};
  const auto fits = [&](const FreeVersion& one) {
    return std::ranges::none_of(demands, [&](const Demand& demand) { return forbids(demand, one); });
  };
  const auto free = flaws.free_versions(version, ids, fits);
  if (free.empty()) return remedy;
  const auto fitting = std::ranges::find_if(free, fits);
  remedy.free = fitting == free.end() ? free.front() : *fitting;
  remedy.is_first = *remedy.free == free.front();
  std::ranges::copy_if(demands, std::back_inserter(remedy.forbidden_by),
                       [&](const Demand& demand) { return forbids(demand, *remedy.free); });
  return remedy;
}

std::vector<Remedy> remedies_for(const AuditedPackage& package, const PackageFlaws& flaws, const Judge& judge,
                                 const AuditReport& report) {
  const auto heaviest = package.findings.front().reason.weight;
  if (heaviest < Reason::Weight::hold) return {};
  const Version& version = *package.item.version;
  const auto findings = flaws.all_as_of(version);
  const auto decision = judge.decision_on(package.item, findings);
  const auto demands = demands_on(package, report);
  std::map<std::string, std::string> ids_by_subject;
  for (const auto& finding : findings) ids_by_subject.emplace(finding.fingerprint(), finding.rule);
  const auto remedy_from = [&](Reason::Weight weight) {
    const auto ids = standing_from(weight, decision, ids_by_subject);
    return remedy_of(weight == Reason::Weight::hold, flaws, version, ids, demands);
  };
  auto of_all = remedy_from(Reason::Weight::hold);
  if (heaviest == Reason::Weight::hold) return {std::move(of_all)};
  auto of_refused = remedy_from(Reason::Weight::refuse);
  if (!of_refused.free) return {std::move(of_refused)};
  if (of_refused.free == of_all.free) return {std::move(of_all)};
  return {std::move(of_refused), std::move(of_all)};
}

Result<> judge_package(const AdvisoryDatabase& advisories, const Judge& judge, const AuditReport& report,
                       AuditedPackage& package) {
  ASSAY_TRY(const auto flaws, advisories.flaws(package.item.name));
  auto findings = flaws.findings(*package.item.version, package.item.commit);
  if (findings.empty()) return {};
  judge.judge(package, std::move(findings));
  package.remedies = remedies_for(package, flaws, judge, report);
  return {};
}

// Without a version there is only what records say of commits by name.
Result<> judge_commit(const AdvisoryDatabase& advisories, InventoryItem& item) {
  if (item.commit.empty() || item.name.str().empty()) return {};
  ASSAY_TRY(const auto flaws, advisories.flaws(item.name));
  const auto [affected, not_known] = flaws.of_commit(item.commit);
  if (!affected.empty()) item.unknown += fmt::format("; its commit is affected by {}", join(affected, ", "));
  if (!not_known.empty()) {
    item.unknown += fmt::format("; whether its commit has {} ({}{}) is not known without the repository's history",
                                counted(not_known.size(), affected.empty() ? "known flaw" : "other known flaw"),
                                not_known.front(), not_known.size() > 1 ? ", …" : "");
  }
  return {};
}

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
                                    const Clock& clock) {
  RunOptions run;
  run.set_folder = options.set_folder;
  run.advisories = options.advisories;
  run.offline = !options.update;
  auto database = open_advisories(set, run, http, store, clock);
  if (!database) {
    return fail(ErrorKind::network, fmt::format("not known: {}{}", database.error().message,
                                                options.update ? "" : "; --update fetches what can be had"));
  }
  return database;
}

}  // namespace

Result<AuditReport> audit(const AuditOptions& options, const Clock& clock) {
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
  ASSAY_TRY(const auto advisories, open_known(set, options, store, http, clock));
  report.advisories = advisory_words(advisories, clock);
  report.sources = advisories.sources();
  report.advisories_not_known = advisories.not_known();
  report.known_until = advisories.newest();
  const Judge judge{set.policy, dispositions, date_of(clock.now())};
  for (auto& package : report.packages) {
    ASSAY_CHECK(judge_package(advisories, judge, report, package));
  }
  for (auto& item : report.not_known) ASSAY_CHECK(judge_commit(advisories, item));
  count(report);
  return report;
}

std::string place_of(const InventoryItem& item) {
  return item.line == 0 ? item.path : fmt::format("{}:{}", item.path, item.line);
}

std::string in_words(const Remedy& remedy, const InventoryItem& item) {
  using Side = FreeVersion::Side;
  const std::string so = std::string(remedy.is_first ? "" : "fits and ") +
                         (remedy.of_all ? "is neither refused nor held" : "is not refused");
  if (!remedy.free) return fmt::format("no record tells of a version that {}", so);
  const auto version = remedy.free->version.str();
  std::string words;
  if (item.copy_in) {
    words = fmt::format("a version of {} with {} {}, which {}, or without the copy", item.copy_in->name.str(),
                        item.name.str(), in_words(*remedy.free), so);
  } else if (remedy.free->side == Side::exactly) {
    words = fmt::format("{} is the first version above it that {}", version, so);
  } else if (remedy.free->side == Side::above) {
    words = fmt::format("what comes next above {} {}", version, so);
  } else {
    words = fmt::format("no record tells of a version above it that {}; what comes next below {} {}", so, version, so);
  }
  std::vector<std::string> asked;
  for (const auto& [who, requirement, path, line] : remedy.forbidden_by) {
    const auto place = line == 0 ? path : fmt::format("{}:{}", path, line);
    asked.push_back(who.empty() ? fmt::format("{} asks for {}", place, requirement.str())
                                : fmt::format("{} asks for {} ({})", who, requirement.str(), place));
  }
  return asked.empty() ? words : words + ", but " + join(asked, ", and ");
}

std::string title_of(const InventoryItem& item) {
  auto title = item.version ? fmt::format("{} {}", item.name.str(), item.version->str()) : item.title;
  if (item.copy_in) {
    title += fmt::format(" (a copy in {} {})", item.copy_in->name.str(), item.copy_in->version.str());
  }
  return title;
}

}  // namespace assay
