#pragma once
#include <vector>

#include "store/tree.h"

namespace assay {

// The files of a tree in groups that are examined together: one action for each file would cost
// more than the work. A group ends where a path's own digest says so, about every 128 files, so
// that a file that is added, changed or removed alters its own group only. A file of 4 MiB or more
// is a group by itself. Links are in none: what they point to is a file of the same tree.
std::vector<std::vector<const TreeEntry*>> examination_batches(const Tree& tree);

}  // namespace assay
