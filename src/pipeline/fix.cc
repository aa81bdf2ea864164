#include "pipeline/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "curation/patch.h"
#include "examine/examiner.h"
#include "examine/remedy.h"
#include "fetch/project_layout.h"
#include "fetch/source_tree.h"
#include "pipeline/last_run.h"
#include "store/store.h"
#include "store/tree.h"

namespace assay {

namespace {

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

// What one rule's patch is put together from.
struct RulePatch {
  std::string diff;
  std::vector<std::string> fingerprints;
};

// Mends a package rule by rule: each patch begins where the one before it ended.
class PackageMender {
 public:
  PackageMender(const FixRequest& request, const Store& store, const Examiner& examiner,
                const Remedies& remedies)
      : request_(request), store_(store), examiner_(examiner), remedies_(remedies) {}

  Result<Fixes> mend(const Tree& tree, const std::vector<Finding>& findings) {
    std::map<std::string, std::vector<Finding>> by_rule;
    for (const Finding& finding : findings) {
      if (wanted(finding)) by_rule[finding.rule].push_back(finding);
    }
    Fixes fixes;
    for (const auto& [rule, own] : by_rule) {
      ASSAY_TRY(const auto patch, patch_of(tree, own));
      note_left(own, patch.fingerprints);
      if (patch.diff.empty()) continue;
      Fix fix{.file = {},
              .rule = rule,
              .text = heading(rule, patch.fingerprints) + patch.diff,
              .findings = patch.fingerprints.size()};
      if (!request_.dry_run) {
        ASSAY_TRY(fix.file, add_patch(request_.set_folder, Name::normalize(request_.package),
                                      rule.substr(rule.find('/') + 1), fix.text));
      }
      fixes.patches.push_back(std::move(fix));
    }
    fixes.left = std::move(left_);
    return fixes;
  }

 private:
  bool wanted(const Finding& finding) const {
    if (!remedies_.has(finding.rule)) return false;
    if (request_.fingerprints.empty()) {
      return ships(finding.role) && finding.severity >= request_.severity &&
             finding.confidence >= request_.confidence;
    }
    return std::ranges::find(request_.fingerprints, finding.fingerprint()) != request_.fingerprints.end();
  }

  Result<std::string*> text_of(const Tree& tree, const std::string& path) {
    const auto known = texts_.find(path);
    if (known != texts_.end()) return &known->second;
    const TreeEntry* entry = tree.find(path);
    if (entry == nullptr || !entry->link_target.empty()) return nullptr;
    ASSAY_TRY(auto bytes, store_.blobs.get(entry->digest));
    return &texts_.emplace(path, std::move(bytes)).first->second;
  }

  Result<RulePatch> patch_of(const Tree& tree, const std::vector<Finding>& findings) {
    std::map<std::string, std::vector<Finding>> by_path;
    for (const Finding& finding : findings) by_path[finding.path].push_back(finding);
    // Who names findings has decided for them.
    const bool any_host = request_.any_host || !request_.fingerprints.empty();
    RulePatch patch;
    for (const auto& [path, own] : by_path) {
      ASSAY_TRY(std::string * text, text_of(tree, path));
      if (text == nullptr) continue;
      const ExaminedFile file{.path = path, .bytes = *text, .role = own.front().role};
      const auto mended = remedies_.mend(examiner_, file, own, any_host);
      if (mended.empty()) continue;
      for (const auto& one : mended) patch.fingerprints.push_back(one.finding.fingerprint());
      patch.diff += unified_diff(path, *text, mended.back().text);
      *text = mended.back().text;
    }
    return patch;
  }

  void note_left(const std::vector<Finding>& findings, const std::vector<std::string>& mended) {
    for (const Finding& finding : findings) {
      if (std::ranges::find(mended, finding.fingerprint()) != mended.end()) continue;
      left_.push_back(fmt::format("{}:{}: {}: {}", finding.path, finding.line, finding.rule, finding.message));
    }
  }

  std::string heading(const std::string& rule, const std::vector<std::string>& fingerprints) const {
    const auto& about = remedies_.rule(rule).about;
    return fmt::format("{}: {}\n\nReason: {}\nRule: {}\nReviewer: {}\nFindings: {}\n\n", about.title,
                       about.remedy, printable(request_.reason.empty() ? about.why : request_.reason), rule,
                       printable(request_.reviewer), join(fingerprints, ", "));
  }

  const FixRequest& request_;
  const Store& store_;
  const Examiner& examiner_;
  const Remedies& remedies_;
  std::map<std::string, std::string> texts_;  // by path, as the patches so far leave them
  std::vector<std::string> left_;
};

}  // namespace

Result<Fixes> fix_package(const FixRequest& request) {
  ASSAY_TRY(const auto digest, tree_of(request));
  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  ASSAY_TRY(const auto examiner, Examiner::create());
  ASSAY_TRY(const auto remedies, Remedies::create());
  ASSAY_TRY(const auto role_of, roles_in(store.blobs, digest));
  ASSAY_TRY(const auto findings, examiner.examine(actions, digest, role_of));
  ASSAY_TRY(const Tree tree, get_tree(store.blobs, digest));
  ASSAY_TRY(auto fixes, PackageMender(request, store, examiner, remedies).mend(tree, findings));
  if (fixes.patches.empty()) {
    auto why = fmt::format("{} has nothing that can be mended without a person", printable(request.package));
    for (const auto& left : fixes.left) why += "\n  left: " + printable(left);
    return fail(ErrorKind::not_found, why);
  }
  return fixes;
}

}  // namespace assay
