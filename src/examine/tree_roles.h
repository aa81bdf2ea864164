#pragma once
#include <functional>
#include <string_view>

#include "base/digest.h"
#include "evidence/path_role.h"
#include "store/tree.h"

namespace assay {

// Of the roles of a tree's files, in the tree's order. Roles are no part of a tree: an action whose
// answer depends on them has this among its parameters.
Digest digest_of_roles(const Tree& tree, const std::function<PathRole(std::string_view)>& role_of);

}  // namespace assay
