#include <fmt/format.h>

#include "fetch/source_tree.h"
#include "pipeline/stages.h"

namespace assay {

Result<> fetch_sources(Session& session, Selection& selection) {
  return for_each_package(
      session, "fetch", selection, [&](SelectedPackage& package) -> Result<std::string> {
        ASSAY_TRY(const Blob archive, session.index->fetch(package.source));
        ASSAY_TRY(package.tree,
                  unpack_sdist(*session.actions, archive.digest, package.source.file_name));
        return fmt::format("{} KiB", (archive.size + 1023) / 1024);
      });
}

}  // namespace assay
