#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "build/rebuilt_wheel.h"
#include "pipeline/stages.h"
#include "store/tree.h"

namespace assay {

namespace {

// The tree with the patch applied.
Result<Digest> patched(Store& store, const Digest& digest, const Patch& patch) {
  ASSAY_TRY(const Tree tree, get_tree(store.blobs, digest));
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const TreeEntry* entry = tree.find(path);
    if (entry == nullptr || !entry->link_target.empty()) return fail(ErrorKind::not_found, path);
    return store.blobs.get(entry->digest);
  };
  ASSAY_TRY(const auto changed, apply_patch(patch, read));
  auto entries = tree.entries();
  for (auto& entry : entries) {
    const auto found = changed.find(entry.path);
    if (found == changed.end()) continue;
    ASSAY_TRY(const Blob blob, store.blobs.put(found->second));
    entry.digest = blob.digest;
    entry.size = found->second.size();
  }
  return put_tree(store.blobs, Tree(std::move(entries)));
}

}  // namespace

Result<> patch_sources(Session& session, Selection& selection) {
  if (session.patches.empty()) return {};
  return for_each_package(
      session, "patch", selection, [&](SelectedPackage& package) -> Result<std::string> {
        const auto found = session.patches.find(package.name);
        if (found == session.patches.end()) return "no patch";
        package.unpatched = package.tree;
        for (const auto& patch : found->second) {
          ASSAY_TRY(package.tree, patched(*session.store, *package.tree, patch));
          package.patches.push_back({fs::path(patch.file).filename().string(), sha256(patch.text)});
        }
        return counted(package.patches.size(), "patch") + " applied";
      });
}

Result<> mark_rebuilt(Session& session, Selection& selection) {
  for (auto& package : selection) {
    if (package.patches.empty() || package.stopped()) continue;
    std::string all;
    for (const auto& patch : package.patches) all += patch.digest.hex();
    const std::string local = "patched." + sha256(all).hex().substr(0, 8);
    for (auto& [python, built] : package.wheels) {
      if (!built.failure.empty()) continue;
      ASSAY_TRY(built.wheel, context(as_rebuilt(*session.actions, built.wheel, local), package.title()));
    }
  }
  return {};
}

}  // namespace assay
