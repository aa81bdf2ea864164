#include "examine/batches.h"

#include <utility>

#include "base/digest.h"

namespace assay {

namespace {

constexpr std::uint64_t large_file = 4ULL << 20;  // bytes

bool ends_batch(const TreeEntry& entry) { return sha256(entry.path).bytes()[0] % 128 == 0; }

}  // namespace

std::vector<std::vector<const TreeEntry*>> examination_batches(const Tree& tree) {
  std::vector<std::vector<const TreeEntry*>> batches;
  std::vector<const TreeEntry*> open;
  for (const TreeEntry& entry : tree.entries()) {
    if (!entry.link_target.empty()) continue;
    if (entry.size >= large_file) {
      batches.push_back({&entry});
      continue;
    }
    open.push_back(&entry);
    if (ends_batch(entry)) batches.push_back(std::exchange(open, {}));
  }
  if (!open.empty()) batches.push_back(std::move(open));
  return batches;
}

}  // namespace assay
