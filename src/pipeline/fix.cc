#include "pipeline/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "curation/patch.h"
#include "examine/examiner.h"
#include "fetch/source_tree.h"
#include "pipeline/last_run.h"
#include "store/store.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view rule = "weaknesses/insecure-url";
constexpr std::string_view insecure = "http://";

Result<Digest> tree_of(const FixRequest& request) {
  ASSAY_TRY(const Json last, read_last_run(request.set_folder));
  const auto name = Name::normalize(request.package).str();
  for (const auto& package : last.at("packages")) {
    if (package.value("name", "") == name && !package.value("tree", "").empty()) {
      return Digest::parse(package.value("tree", ""));
    }
  }
  return fail(ErrorKind::not_found, fmt::format("the last run of {} has no source of a package {}",
                                                request.set_folder.string(), printable(request.package)));
}

// The text with the finding's reference secured, wherever the same text stands.
std::string secured(std::string text, const std::string& url) {
  if (!url.starts_with(insecure)) return text;
  return replace_all(std::move(text), url, "https://" + url.substr(insecure.size()));
}

std::string heading(const FixRequest& request, const std::vector<std::string>& fingerprints) {
  return fmt::format("References over http:// become https://.\n\nReason: {}\nReviewer: {}\nFindings: {}\n\n",
                     printable(request.reason), printable(request.reviewer), join(fingerprints, ", "));
}

}  // namespace

Result<Fix> fix_references(const FixRequest& request) {
  ASSAY_TRY(const auto digest, tree_of(request));
  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  ASSAY_TRY(const auto examiner, Examiner::create());
  ASSAY_TRY(const auto findings, examiner.examine(actions, digest, role_of));
  ASSAY_TRY(const Tree tree, get_tree(store.blobs, digest));

  std::map<std::string, std::string> after;  // by path
  std::vector<std::string> mended;
  for (const auto& finding : findings) {
    const auto fingerprint = finding.fingerprint();
    const bool named = std::ranges::find(request.fingerprints, fingerprint) != request.fingerprints.end();
    const bool wanted = request.fingerprints.empty()
                            ? ships(finding.role) && finding.severity >= Severity::medium
                            : named;
    const TreeEntry* entry = tree.find(finding.path);
    if (finding.rule != rule || !wanted || entry == nullptr || !entry->link_target.empty()) continue;
    auto known = after.find(finding.path);
    if (known == after.end()) {
      ASSAY_TRY(auto bytes, store.blobs.get(entry->digest));
      known = after.emplace(finding.path, std::move(bytes)).first;
    }
    const auto before = known->second;
    known->second = secured(std::move(known->second), finding.excerpt);
    if (known->second != before) mended.push_back(fingerprint);
  }
  std::string diff;
  for (const auto& [path, text] : after) {
    ASSAY_TRY(const auto before, store.blobs.get(tree.find(path)->digest));
    diff += unified_diff(path, before, text);
  }
  if (diff.empty()) {
    return fail(ErrorKind::not_found,
                fmt::format("{} has no http:// reference that this could mend", printable(request.package)));
  }
  Fix fix{.file = {}, .text = heading(request, mended) + diff, .references = mended.size()};
  ASSAY_TRY(fix.file, add_patch(request.set_folder, Name::normalize(request.package), "use-https", fix.text));
  return fix;
}

}  // namespace assay
