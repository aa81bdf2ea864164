#include "base/text.h"
#include "fetch/project_layout.h"
#include "pipeline/stages.h"

namespace assay {

Result<> examine_sources(Session& session, Selection& selection) {
  return for_each_package(
      session, "examine", selection, [&](SelectedPackage& package) -> Result<std::string> {
        package.findings = session.advisories.findings(package.name, package.version);
        if (session.advisories.not_known().empty()) package.gates_run.push_back("advisories");
        ASSAY_TRY(const auto role_of, roles_in(session.actions->store().blobs, *package.tree));
        ASSAY_TRY(auto found, session.examiner.examine(*session.actions, *package.tree, role_of,
                                                       session.stop));
        package.findings.insert(package.findings.end(), std::make_move_iterator(found.begin()),
                                std::make_move_iterator(found.end()));
        for (const auto& gate : session.examiner.gates()) package.gates_run.push_back(gate);
        ASSAY_CHECK(find_copied_code(session, package));
        return counted(package.findings.size(), "finding");
      });
}

}  // namespace assay
