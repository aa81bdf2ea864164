#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "build/rebuilt_wheel.h"
#include "io/files.h"
#include "package/file_name.h"
#include "pipeline/stages.h"
#include "publish/release_folder.h"
#include "store/tree.h"

namespace assay {

namespace {

struct PatchedTree {
  Digest digest;
  std::size_t moved = 0;  // hunks that stood elsewhere than the patch says
};

// The tree with the patch applied.
Result<PatchedTree> patched(Store& store, const Digest& digest, const Patch& patch) {
  ASSAY_TRY(const Tree tree, get_tree(store.blobs, digest));
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const TreeEntry* entry = tree.find(path);
    if (entry == nullptr || !entry->link_target.empty()) return fail(ErrorKind::not_found, path);
    return store.blobs.get(entry->digest);
  };
  ASSAY_TRY(const auto changed, apply_patch(patch, read));
  auto entries = tree.entries();
  for (auto& entry : entries) {
    const auto found = changed.files.find(entry.path);
    if (found == changed.files.end()) continue;
    ASSAY_TRY(const Blob blob, store.blobs.put(found->second));
    entry.digest = blob.digest;
    entry.size = found->second.size();
  }
  ASSAY_TRY(const auto tree_after, put_tree(store.blobs, Tree(std::move(entries))));
  return PatchedTree{tree_after, changed.moved};
}

bool has_these_patches(const Json& evidence, const SelectedPackage& package) {
  const auto known = evidence.find("patches");
  if (known == evidence.end() || known->size() != package.patches.size()) return false;
  return std::ranges::equal(*known, package.patches, [](const Json& told, const AppliedPatch& patch) {
    return told.value("sha256", "") == patch.digest.hex();
  });
}

// The number that a release's wheels of `upstream` carry behind ".post"; 0 if there is none.
unsigned long number_in(const Json& evidence, const std::string& upstream) {
  unsigned long number = 0;
  const std::string beginning = upstream + ".post";
  for (const auto& build : evidence.value("builds", Json::object())) {
    const auto wheel = WheelName::parse(build.value("wheel", ""));
    if (!wheel || !wheel->version.str().starts_with(beginning)) continue;
    number = std::strtoul(wheel->version.str().c_str() + beginning.size(), nullptr, 10);
  }
  return number;
}

// The number of these patches' rebuild: that of the release which has them, else the next one.
unsigned long rebuild_number(const Session& session, const SelectedPackage& package,
                             const std::string& upstream) {
  const ReleasesFolder releases(session.set.folder);
  unsigned long highest = 0;
  for (auto release = releases.newest().value_or(0); release > 0; --release) {
    const auto text = read_file(releases.release(release) / "evidence" /
                                fmt::format("{}-{}.json", package.name.str(), package.version.str()));
    if (!text) continue;
    const auto evidence = parse_json(*text);
    if (!evidence || !evidence->is_object()) continue;
    const auto number = number_in(*evidence, upstream);
    if (number > 0 && has_these_patches(*evidence, package)) return number;
    highest = std::max(highest, number);
  }
  return highest + 1;
}

// As the policy says. A post-release of upstream's own leaves no room for one of ours, and one of a
// development release would come before it (PEP 440, "Post-releases").
Result<Version> rebuilt_version(const Session& session, const SelectedPackage& package,
                                const Version& upstream) {
  const bool post = session.set.policy.rebuilt.version == "post" && !upstream.is_postrelease() &&
                    !upstream.is_devrelease() && upstream.local().empty();
  if (post) {
    return Version::parse(
        fmt::format("{}.post{}", upstream.str(), rebuild_number(session, package, upstream.str())));
  }
  std::string all;
  for (const auto& patch : package.patches) all += patch.digest.hex();
  return Version::parse(fmt::format("{}{}patched.{}", upstream.str(),
                                    upstream.local().empty() ? "+" : ".",
                                    sha256(all).hex().substr(0, 8)));
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
          ASSAY_TRY(const auto after, patched(*session.store, *package.tree, patch));
          package.tree = after.digest;
          package.patches.push_back(
              {fs::path(patch.file).filename().string(), sha256(patch.text), after.moved});
        }
        std::size_t moved = 0;
        for (const auto& patch : package.patches) moved += patch.moved;
        return counted(package.patches.size(), "patch") + " applied" +
               (moved == 0 ? "" : fmt::format(", {} carried to where its lines stand now", counted(moved, "hunk")));
      });
}

Result<> mark_rebuilt(Session& session, Selection& selection) {
  for (auto& package : selection) {
    if (package.patches.empty() || package.stopped()) continue;
    for (auto& [python, built] : package.wheels) {
      if (!built.failure.empty()) continue;
      ASSAY_TRY(const auto name, WheelName::parse(built.wheel.file_name));
      ASSAY_TRY(const auto version, rebuilt_version(session, package, name.version));
      ASSAY_TRY(built.wheel,
                context(as_rebuilt(*session.actions, built.wheel, version), package.title()));
    }
  }
  return {};
}

}  // namespace assay
