#include "examine/surfaces.h"
#include "base/text.h"
#include "fetch/source_tree.h"
#include "package/record.h"
#include "pipeline/stages.h"

namespace assay {

namespace {

Result<std::vector<Surface>> surfaces_of(const Session& session, const WheelFile& wheel) {
  ASSAY_TRY(const auto text, wheel_member(*session.store, wheel, "RECORD"));
  ASSAY_TRY(const auto record, parse_record(text));
  std::vector<std::string> paths;
  for (const auto& entry : record) paths.push_back(entry.path);
  ASSAY_TRY(const auto entry_points, wheel_member(*session.store, wheel, "entry_points.txt"));
  return wheel_surfaces(paths, entry_points);
}

}  // namespace

Result<> find_surfaces(Session& session, Selection& selection) {
  return for_each_package(
      session, "surfaces", selection, [&](SelectedPackage& package) -> Result<std::string> {
        ASSAY_TRY(package.surfaces,
                  source_surfaces(*session.actions, *package.tree, role_of, session.stop));
        for (const auto& [python, built] : package.wheels) {
          if (!built.failure.empty() || built.reused) continue;
          ASSAY_TRY(const auto of_wheel, surfaces_of(session, built.wheel));
          package.surfaces = merged(std::move(package.surfaces), of_wheel);
        }
        return counted(package.surfaces.size(), "surface");
      });
}

}  // namespace assay
