#include "examine/surfaces.h"
#include "base/text.h"
#include "fetch/project_layout.h"
#include "pipeline/stages.h"

namespace assay {

Result<> find_surfaces(Session& session, Selection& selection) {
  return for_each_package(
      session, "surfaces", selection, [&](SelectedPackage& package) -> Result<std::string> {
        ASSAY_TRY(const auto role_of, roles_in(session.actions->store().blobs, *package.tree));
        ASSAY_TRY(auto found,
                  source_surfaces(*session.actions, *package.tree, role_of, session.stop));
        for (const auto& [python, built] : package.wheels) {
          if (!built.failure.empty() || built.reused) continue;
          ASSAY_TRY(const auto of_wheel,
                    wheel_surfaces(*session.actions, {built.wheel.digest, *package.tree}, role_of));
          found = merged(std::move(found), of_wheel);
        }
        package.surfaces = std::move(found.surfaces);
        package.capabilities = std::move(found.capabilities);
        package.surfaces_found = true;
        return counted(package.surfaces.size(), "surface");
      });
}

}  // namespace assay
