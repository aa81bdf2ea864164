#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "package/file_name.h"
#include "pipeline/set_question.h"
#include "pipeline/stages.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

using Resolved = std::vector<ResolvedFile>;

Version version_in(const Resolved& resolved, const Name& name) {
  return std::ranges::find(resolved, name, &ResolvedFile::name)->version;
}

SelectedPackage& find_or_add(Selection& selection, const ResolvedFile& resolved) {
  const auto same = [&](const SelectedPackage& package) {
    return package.name == resolved.name && package.version == resolved.version;
  };
  const auto found = std::ranges::find_if(selection, same);
  if (found != selection.end()) return *found;
  auto& package = selection.emplace_back();
  package.name = resolved.name;
  package.version = resolved.version;
  package.source = resolved.file;
  return package;
}

void add(Selection& selection, const Interpreter& interpreter, const Resolved& resolved, bool beside) {
  for (const auto& one : resolved) {
    auto& package = find_or_add(selection, one);
    package.extras.insert(one.extras.begin(), one.extras.end());
    if (package.chosen_for(interpreter.id())) continue;  // as the set itself has it
    auto& needs = package.dependencies[interpreter.id()];
    for (const auto& name : one.dependencies) needs.push_back({name, version_in(resolved, name)});
    if (beside) package.beside.insert(interpreter.id());
  }
}

void tell(Session& session, const std::string& title, const KeptResolution& kept) {
  std::set<std::pair<Name, Version>> all;
  for (const auto& resolved : kept.by_interpreter) {
    for (const auto& one : resolved) all.emplace(one.name, one.version);
  }
  session.progress.end(title, counted(all.size(), "package"));
}

Result<KeptResolution> resolve_titled(Session& session, const std::string& title, const ResolutionQuestion& question) {
  session.progress.begin(title);
  auto kept = resolve_kept(session, session.interpreters, question);
  if (kept) {
    tell(session, title, *kept);
    return kept;
  }
  auto& error = kept.error();
  if (error.kind != ErrorKind::invalid_input && error.kind != ErrorKind::not_found) return kept;
  ASSAY_TRY(const auto changes, changes_that_help(session, session.interpreters, question));
  error.message = fmt::format("there is no solution for {}: {}", title, error.message);
  error.message += in_words(changes);
  return kept;
}

// The set's requirements for all its interpreters at once, then what it wants beside them, which rather
// takes the versions that the set has already.
Result<Selection> select(Session& session, const LeftOutVersions& left_out) {
  const Set& set = session.set;
  session.progress.stage("resolve", 1 + set.also.size());
  ResolutionQuestion question = set_question(session, left_out);
  ASSAY_TRY(const auto kept, resolve_titled(session, "the set", question));
  Selection selection;
  std::map<Name, std::set<Version>> chosen;
  for (std::size_t i = 0; i < session.interpreters.size(); ++i) {
    add(selection, session.interpreters[i], kept.by_interpreter[i], false);
    for (const auto& one : kept.by_interpreter[i]) chosen[one.name].insert(one.version);
  }
  for (const auto& [name, reason] : kept.differences) {
    for (auto& package : selection) {
      if (package.name == name) package.difference = reason;
    }
  }
  question.preferred = std::move(chosen);
  for (const auto& requirement : set.also) {
    question.requirements = {requirement};
    ASSAY_TRY(const auto more, resolve_titled(session, requirement.str(), question));
    for (std::size_t i = 0; i < session.interpreters.size(); ++i) {
      add(selection, session.interpreters[i], more.by_interpreter[i], true);
    }
  }
  std::ranges::sort(selection, [](const SelectedPackage& a, const SelectedPackage& b) {
    return a.name != b.name ? a.name < b.name : a.version < b.version;
  });
  ASSAY_CHECK(check_pinned(set, selection));
  return selection;
}

// A selection that can be changed: a version of it is left out, and the next best taken.
class Selecting {
 public:
  Selecting(Session& session, Selection selection, LeftOutVersions& left_out)
      : session_(session), selection_(std::move(selection)), left_out_(left_out) {}

  const Selection& selection() const { return selection_; }

  // Whether there is a selection without these versions of a package; it is taken then.
  Result<bool> leave_out(const Name& name, const std::map<Version, std::string>& versions) {
    LeftOutVersions attempt = left_out_;
    attempt[name].insert(versions.begin(), versions.end());
    auto selection = select(session_, attempt);
    if (selection) {
      for (const auto& [version, reason] : versions) {
        session_.progress.note(NoteLevel::detail,
                               fmt::format("{} {} is left out: {}", name.str(), version.str(), reason));
      }
      selection_ = *std::move(selection);
      left_out_ = std::move(attempt);
      return true;
    }
    const auto kind = selection.error().kind;
    if (kind != ErrorKind::invalid_input && kind != ErrorKind::not_found) {
      return std::unexpected(std::move(selection).error());
    }
    stuck_.insert(name);
    session_.no_other.insert_or_assign(name, selection.error().message);
    session_.progress.note(NoteLevel::info, fmt::format("no other version of {} will do: {}",
                                                        name.str(), selection.error().message));
    return false;
  }

  // Leaves out what advisories refuse, until none is selected or no other version will do.
  Result<> leave_out_vulnerable() {
    for (;;) {
      const auto found = std::ranges::find_if(selection_, [&](const SelectedPackage& package) {
        return !stuck_.contains(package.name) && !why_vulnerable(package.name, package.version).empty();
      });
      if (found == selection_.end()) return {};
      const Name name = found->name;
      ASSAY_TRY(const auto versions, vulnerable_versions(name));
      ASSAY_CHECK(leave_out(name, versions));
    }
  }

 private:
  // The first reason for which policy refuses the version by what is known of it; "" if it does not.
  std::string why_vulnerable(const Name& name, const Version& version) const {
    auto findings = session_.advisories.findings(name, version);
    if (findings.empty()) return "";
    PackageEvidence evidence{.name = name, .version = version.str(), .findings = std::move(findings)};
    // What a patch of the set is planned to end is not known to be so before it was tried.
    evidence.proof_to_come = true;
    if (const auto patches = session_.patches.find(name); patches != session_.patches.end()) {
      for (const auto& patch : patches->second) {
        evidence.patches.push_back(fs::path(patch.file).filename().string());
      }
    }
    const auto reasons = reasons_against(session_.set.policy, session_.dispositions, evidence,
                                         date_of(session_.clock.now()));
    const bool refused = !reasons.empty() && reasons.front().weight == Reason::Weight::refuse;
    return refused ? reasons.front().text : "";
  }

  // All at once: going through them one by one would take a resolution for each.
  Result<std::map<Version, std::string>> vulnerable_versions(const Name& name) const {
    ASSAY_TRY(const auto page, session_.index->page(name, session_.set.uploaded_before));
    std::map<Version, std::string> versions;
    for (const auto& file : *page.files) {
      const auto sdist = SdistName::parse(file.file_name, name);
      if (!sdist || versions.contains(sdist->version)) continue;
      auto why = why_vulnerable(name, sdist->version);
      if (!why.empty()) versions.emplace(sdist->version, std::move(why));
    }
    return versions;
  }

  Session& session_;
  Selection selection_;
  LeftOutVersions& left_out_;
  std::set<Name> stuck_;
};

// Why another version may do where this one does not; "" if a person has to look, or nothing is
// known yet, or the fault is another package's.
std::string why_no_good(const Verdict& verdict, const Policy& policy) {
  for (const auto& reason : verdict.reasons) {
    const bool stands = reason.weight == Reason::Weight::refuse ||
                        (reason.weight == Reason::Weight::hold &&
                         (reason.gate == "build" ||
                          (reason.gate == "tests" && policy.versions.after_tests)));
    if (stands && reason.gate != "dependencies") return reason.text;
  }
  return "";
}

}  // namespace

Result<Selection> select_packages(Session& session, LeftOutVersions& left_out) {
  ASSAY_CHECK(leave_out_banned(session, left_out));
  ASSAY_TRY(auto selection, select(session, left_out));
  if (!session.set.policy.versions.next_best) return selection;
  Selecting selecting(session, std::move(selection), left_out);
  ASSAY_CHECK(selecting.leave_out_vulnerable());
  return selecting.selection();
}

Result<std::optional<Selection>> select_next_best(Session& session, const Selection& selection,
                                                  const DecisionResult& decision,
                                                  LeftOutVersions& left_out) {
  if (!session.set.policy.versions.next_best) return std::nullopt;
  Selecting selecting(session, selection, left_out);
  bool changed = false;
  for (const auto& verdict : decision.verdicts) {
    const auto why = why_no_good(verdict, session.set.policy);
    const auto version = Version::parse(verdict.version);
    if (why.empty() || !version) continue;
    ASSAY_TRY(const bool left, selecting.leave_out(verdict.package, {{*version, why}}));
    changed = changed || left;
  }
  if (!changed) return std::nullopt;
  ASSAY_CHECK(selecting.leave_out_vulnerable());
  return selecting.selection();
}

}  // namespace assay
