#include "pipeline/set_question.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/files.h"
#include "package/file_name.h"
#include "publish/release.h"

namespace assay {

namespace {

// Upstream's versions, by the evidence: a wheel may have one of its own.
Result<std::map<Name, std::set<Version>>> released_versions(const fs::path& release) {
  std::map<Name, std::set<Version>> versions;
  ASSAY_TRY(const auto files, entries_of(release / "evidence", ".json"));
  for (const auto& file : files) {
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(const Json evidence, context(parse_json(text), file.string()));
    if (!evidence.contains("name") || !evidence.contains("version")) continue;  // of the set as a whole
    ASSAY_TRY(const auto name, string_member(evidence, "name"));
    ASSAY_TRY(const auto written, string_member(evidence, "version"));
    ASSAY_TRY(auto version, Version::parse(written));
    versions[Name::normalize(name)].insert(std::move(version));
  }
  return versions;
}

}  // namespace

std::map<Name, std::set<Version>> preferred_versions(const Set& set, Progress& progress) {
  if (set.policy.versions.strategy != "stay") return {};
  const auto release = latest_release(set.folder);
  if (!release && release.error().kind == ErrorKind::not_found) return {};
  auto versions = release ? released_versions(release->folder) : std::unexpected(release.error());
  if (versions) return *std::move(versions);
  progress.note(NoteLevel::warning, "the last release can't be read, so nothing of it is preferred: " +
                                        versions.error().message);
  return {};
}

ResolutionQuestion set_question(const Session& session, const LeftOutVersions& left_out) {
  const Set& set = session.set;
  const bool lowest = set.policy.versions.strategy == "lowest";
  return {.requirements = set.requirements,
          .need = ResolutionRequest::Need::sdist,
          .uploaded_before = set.uploaded_before,
          .own = {},
          .left_out = left_out,
          .strategy = lowest ? ResolutionRequest::Strategy::lowest : ResolutionRequest::Strategy::newest,
          .constraints = set.constraints,
          .preferred = session.preferred};
}

Result<> leave_out_banned(Session& session, LeftOutVersions& left_out) {
  const auto today = date_of(session.clock.now());
  for (const auto& ban : session.dispositions) {
    if (ban.subject != Disposition::Subject::ban || !ban.counts_on(today)) continue;
    ASSAY_TRY(const auto versions, SpecifierSet::parse(ban.versions));
    const auto page = session.index->page(ban.package, session.set.uploaded_before);
    if (!page && page.error().kind == ErrorKind::not_found) continue;
    if (!page) return std::unexpected(page.error());
    for (const auto& file : *page->files) {
      const auto sdist = SdistName::parse(file.file_name, ban.package);
      if (!sdist || !versions.contains(sdist->version, true)) continue;
      left_out[ban.package].emplace(sdist->version,
                                    fmt::format("banned by {}, until {}: {}", printable(ban.reviewer),
                                                format_date(ban.expires), printable(ban.reason)));
    }
  }
  return {};
}

Result<> check_pinned(const Set& set, const Selection& selection) {
  if (set.policy.versions.strategy != "pinned") return {};
  std::vector<std::string> loose;
  for (const auto& package : selection) {
    const auto pins = [&](const Requirement& one) {
      return one.name == package.name && one.specifier.is_pin() && one.specifier.contains(package.version, true);
    };
    const bool pinned = std::ranges::any_of(set.requirements, pins) || std::ranges::any_of(set.constraints, pins) ||
                        std::ranges::any_of(set.also, pins);
    if (!pinned) loose.push_back(fmt::format("{}=={}", package.name.str(), package.version.str()));
  }
  if (loose.empty()) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("policy.versions.strategy is \"pinned\", and neither \"requirements\" nor "
                          "\"constraints\" pins {}",
                          join(loose, ", ")));
}

}  // namespace assay
