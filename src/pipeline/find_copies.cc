#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "fetch/source_tree.h"
#include "pipeline/stages.h"

namespace assay {

namespace {

std::string versions_in_words(const Copy& copy) {
  std::vector<std::string> texts;
  for (const auto& version : copy.versions) texts.push_back(version.str());
  return texts.size() == 1 ? texts.front() : "one of " + join(texts, ", ");
}

std::string place_of(const Copy& copy) {
  if (!copy.folder.empty()) return copy.folder;
  return copy.paths.size() > 3 ? copy.paths.front() + " and elsewhere" : join(copy.paths, ", ");
}

Finding finding_for(const Copy& copy, const std::string& own_licence) {
  Finding finding;
  finding.gate = "copies";
  finding.rule = "copies/" + copy.origin.str();
  finding.severity = Severity::low;
  finding.path = copy.paths.front();
  finding.role = PathRole::vendored;
  finding.message = fmt::format(
      "{} in {} {} those of {} {}, of its {}; its licence is {}, this package's is {}",
      counted(copy.paths.size(), "file"), place_of(copy),
      copy.paths.size() == 1 ? "is one of" : "are", copy.origin.str(), versions_in_words(copy), copy.of,
      copy.licence.empty() ? "not stated" : copy.licence, own_licence.empty() ? "not stated" : own_licence);
  finding.excerpt = copy.origin.str();
  return finding;
}

}  // namespace

Result<> find_copied_code(Session& session, SelectedPackage& package) {
  if (session.origins.empty()) return {};
  ASSAY_TRY(const auto files, normal_files(*session.actions, *package.tree, role_of, session.stop));
  const auto own_licence = licence_of(*session.store, *package.tree);
  for (const auto& copy : find_copies(package.name, files, session.origins)) {
    package.findings.push_back(finding_for(copy, own_licence));
    // What is known of the newest version that it may be; it is judged as the package's own.
    for (auto& known : session.advisories.findings(copy.origin, copy.versions.back())) {
      known.message = fmt::format("a copy in {}: {}", place_of(copy), known.message);
      package.findings.push_back(std::move(known));
    }
  }
  package.gates_run.push_back("copied-code");
  return {};
}

}  // namespace assay
