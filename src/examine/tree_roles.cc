#include "examine/tree_roles.h"

#include <string>

namespace assay {

Digest digest_of_roles(const Tree& tree, const std::function<PathRole(std::string_view)>& role_of) {
  std::string roles;
  for (const TreeEntry& entry : tree.entries()) {
    roles += std::string(to_string(role_of(entry.path))) + '\n';
  }
  return sha256(roles);
}

}  // namespace assay
