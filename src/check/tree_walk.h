#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "check/tree_record.h"
#include "io/descriptor.h"

namespace assay {

// What a walk says of a name in a folder, without having looked at more than the folder.
struct WalkedName {
  std::string path;  // below the root, with "/"
  enum class Kind { file, link, other, unreadable_folder } kind = Kind::file;
  int error = 0;     // an errno, of a folder that could not be listed
  // The folder that it lies in, still open: the kernel then need not go down to it for each name. None
  // where too many are open, and for a folder that could not be listed.
  std::shared_ptr<const Descriptor> folder{};
  // What an earlier check knows of it, and where this one notes what it sees; null where nobody asked.
  const TreeRecord::Name* known = nullptr;
  SeenName* seen = nullptr;
};

// What is known of a tree, and what is seen in it. A folder that is known is not listed again.
struct WalkMemory {
  const TreeRecord* known = nullptr;
  SeenTree seen{};
};

struct WalkTotals {
  std::size_t git_folders = 0;  // passed over
  std::size_t listed = 0;       // folders that were not known
};

// All names below an open folder in batches, folders' names in the order of their bytes. Links are
// not followed, so no walk is endless; folders named ".git" are passed over. `each` is called with
// at most `batch` names. `memory` must outlive what is made of them; null for none.
Result<WalkTotals> walk_tree(const Descriptor& root, std::size_t batch, std::stop_token stop, WalkMemory* memory,
                             const std::function<void(std::vector<WalkedName>)>& each);

}  // namespace assay
