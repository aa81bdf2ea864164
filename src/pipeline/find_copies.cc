#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "copies/claims.h"
#include "copies/in_words.h"
#include "copies/licences.h"
#include "fetch/source_tree.h"
#include "pipeline/stages.h"

namespace assay {

namespace {

// Claims of one version of one project in a package.
using ClaimsByVersion = std::map<std::pair<Name, Version>, std::vector<const Claim*>>;

std::string place_of(const Claim& claim) {
  return claim.line == 0 ? claim.path : fmt::format("{}:{}", claim.path, claim.line);
}

// The lines that show most of the copy: where a person looks first.
const CopiedLines& longest(const Copy& copy) {
  return *std::ranges::max_element(
      copy.lines, {}, [](const CopiedLines& one) { return one.lines.to - one.lines.from; });
}

Finding finding_at(const std::string& path, std::uint32_t line, const Name& origin) {
  Finding finding;
  finding.gate = "copies";
  finding.rule = "copies/" + origin.str();
  finding.severity = Severity::low;
  finding.path = path;
  finding.line = line;
  finding.column = line == 0 ? 0 : 1;
  finding.role = PathRole::vendored;
  finding.excerpt = origin.str();
  return finding;
}

// What was found in one package, and what it says of itself, put together.
class CopiedCode {
 public:
  CopiedCode(Session& session, SelectedPackage& package, std::vector<Copy> copies,
             const std::vector<Claim>& claims)
      : session_(session), package_(package), copies_(std::move(copies)), claims_(claims) {
    for (const auto& claim : claims) {
      if (claim.version && claim.name != package.name) {
        by_version_[{claim.name, *claim.version}].push_back(&claim);
      }
    }
  }

  void tell() {
    // The plainest of several claims is shown.
    for (auto& [claimed, claims] : by_version_) std::ranges::stable_sort(claims, {}, &Claim::kind);
    const auto own_licence = licence_of(*session_.store, *package_.tree);
    for (auto& copy : copies_) tell_copy(copy, own_licence);
    for (const auto& [claimed, claims] : by_version_)
      tell_claim(claimed.first, claimed.second, claims);
    tell_notices();
  }

 private:
  // The claims that the copy is of one of its versions; they decide between versions that are
  // alike.
  std::vector<const Claim*> confirmed_by(Copy& copy) const {
    std::vector<const Claim*> confirmed;
    for (const auto& version : copy.versions) {
      const auto at = by_version_.find({copy.origin, version});
      if (at == by_version_.end()) continue;
      for (const auto* claim : at->second) {
        if (copy.folder.starts_with(claim->folder) || claim->folder.starts_with(copy.folder)) {
          confirmed.push_back(claim);
        }
      }
    }
    if (!confirmed.empty()) copy.versions = {*confirmed.back()->version};
    return confirmed;
  }

  void tell_copy(Copy& copy, const std::string& own_licence) {
    const auto confirmed = confirmed_by(copy);
    const auto& shown = longest(copy);
    auto finding = finding_at(shown.path, shown.lines.from, copy.origin);
    finding.message = in_words(copy);
    if (!copy.is_substantial()) finding.message += ", too little to be judged by its advisories";
    if (!confirmed.empty()) finding.message += fmt::format("; {} says so", place_of(*confirmed[0]));
    finding.message += fmt::format("; {}; {}; {}", in_words(shown),
                                   compare_licences(copy.licence, own_licence), notice_of(copy));
    package_.findings.push_back(std::move(finding));
    if (!copy.is_substantial()) return;
    add_advisories(copy.origin, copy.versions.back(), shown.path, shown.lines.from,
                   "a copy in " + place_of(copy));
  }

  std::string notice_of(const Copy& copy) const {
    for (const auto& claim : claims_) {
      if (claim.kind != Claim::Kind::notice) continue;
      if (claim.name == copy.origin || claim.folder == copy.folder) {
        return "its licence text is " + claim.path;
      }
    }
    return "no licence text of it lies there";
  }

  // Claims that the code bears out were told with it. Others count as true, unless the claimed
  // version's code is known and not there.
  void tell_claim(const Name& name, const Version& version,
                  const std::vector<const Claim*>& claims) {
    double share = 0;
    std::string other;  // the version that the code is a copy of instead
    for (const auto& copy : copies_) {
      if (copy.origin != name) continue;
      const bool is_it = std::ranges::find(copy.versions, version) != copy.versions.end();
      if (is_it && copy.is_substantial()) return;
      if (is_it) share = std::max(share, copy.share);
      if (copy.is_substantial()) other = copy.versions.back().str();
    }
    const auto& claim = *claims.front();
    const auto said = fmt::format("{} says {} {}", place_of(claim), name.str(), version.str());
    auto finding = finding_at(claim.path, claim.line, name);
    if (session_.origins.has(name, version)) {
      finding.message = fmt::format("{}; {}: it is not judged by that version's advisories", said,
                                    what_is_there(share, other));
      package_.findings.push_back(std::move(finding));
      return;
    }
    finding.message =
        fmt::format("{}; not confirmed by its code{}: `assay origins add {}=={}`", said,
                    other.empty() ? "" : ", which is like " + other, name.str(), version.str());
    package_.findings.push_back(std::move(finding));
    add_advisories(name, version, claim.path, claim.line, said);
  }

  static std::string what_is_there(double share, const std::string& other) {
    if (!other.empty()) return "its code is that of " + other;
    if (share == 0) return "none of its code is there";
    return fmt::format("only {} of its code is there", share_in_words(share));
  }

  // A licence text alone names neither version nor code.
  void tell_notices() {
    for (const auto& claim : claims_) {
      if (claim.kind != Claim::Kind::notice || claim.name == package_.name) continue;
      const bool told = std::ranges::any_of(package_.findings, [&](const Finding& finding) {
        return finding.rule == "copies/" + claim.name.str();
      });
      if (told) continue;
      auto finding = finding_at(claim.path, claim.line, claim.name);
      finding.message =
          fmt::format("a licence text says that code of {} is there; which version is not known",
                      claim.name.str());
      package_.findings.push_back(std::move(finding));
    }
  }

  // What is known of a version that is in the package is judged as the package's own, once.
  void add_advisories(const Name& name, const Version& version, const std::string& path,
                      std::uint32_t line, const std::string& why) {
    for (auto& known : session_.advisories.findings(name, version)) {
      const auto same = std::ranges::find_if(package_.findings, [&](const Finding& finding) {
        return finding.gate == known.gate && finding.rule == known.rule;
      });
      if (same != package_.findings.end()) {
        same->message += "; also " + why;
        continue;
      }
      known.message = fmt::format("{}: {}", why, known.message);
      known.path = path;
      known.line = line;
      known.column = line == 0 ? 0 : 1;
      package_.findings.push_back(std::move(known));
    }
  }

  Session& session_;
  SelectedPackage& package_;
  std::vector<Copy> copies_;
  const std::vector<Claim>& claims_;
  ClaimsByVersion by_version_;
};

Finding not_looked_at(const std::string& path) {
  Finding finding = finding_at(path, 0, Name());
  finding.rule = "copies/not-looked-at";
  finding.severity = Severity::medium;
  finding.role = role_of(path);
  finding.excerpt = path.substr(0, 200);
  finding.message = "too large to be compared with what is known of other projects";
  return finding;
}

}  // namespace

Result<> find_copied_code(Session& session, SelectedPackage& package) {
  auto& actions = *session.actions;
  ASSAY_TRY(const auto claims, vendor_claims(actions, *package.tree, role_of, session.stop));
  package.gates_run.push_back("vendor-claims");
  CopyReport report;
  if (!session.origins.empty()) {
    ASSAY_TRY(report,
              session.origins.copies_in(actions, *package.tree, package.name, session.stop));
    package.gates_run.push_back("copied-code");
  }
  package.copies = report.copies;
  for (const auto& path : report.too_large) package.findings.push_back(not_looked_at(path));
  CopiedCode(session, package, std::move(report.copies), claims).tell();
  return {};
}

}  // namespace assay
