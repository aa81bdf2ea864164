#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "check/role_witness.h"
#include "evidence/path_role.h"
#include "store/file_view.h"

namespace assay {

using RoleOf = std::function<PathRole(std::string_view)>;

// Who knows what files are for: by a path alone, or in a project whose files can be looked at.
struct RoleTeller {
  RoleOf by_path;
  std::function<RoleOf(std::shared_ptr<const FileView>)> of_project;
};

// Roles of the paths below a folder: as its project tells them, or the projects that lie at most two
// folders deep in it, as an unpacked collection of source distributions has them.
RoleOf roles_below(const std::filesystem::path& folder, const RoleTeller& teller);
// The same of the witness's folder; the witness notes what they are told by.
RoleOf roles_below(std::shared_ptr<RoleWitness> witness, const RoleTeller& teller);

// Of an archive's members, by their paths without the one top folder. What is no source distribution
// or can't be read is told by paths.
RoleOf roles_in_archive(const std::filesystem::path& archive, const RoleTeller& teller);

}  // namespace assay
