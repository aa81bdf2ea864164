#include "pipeline/add_origin.h"

#include <fmt/format.h>

#include "base/text.h"
#include "fetch/index.h"
#include "fetch/index_location.h"
#include "fetch/source_tree.h"
#include "package/file_name.h"
#include "package/requirement.h"

namespace assay {

namespace {

Result<Version> pinned_version(const Requirement& requirement) {
  const auto& clauses = requirement.specifier.clauses();
  if (clauses.size() == 1 && (clauses[0].op() == "==" || clauses[0].op() == "===")) {
    if (auto version = Version::parse(clauses[0].version_text())) return version;
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("{} is no pin; write it like urllib3==1.26.17", requirement.str()));
}

}  // namespace

Result<Origin> add_origin(const OriginRequest& request, const std::string& pin, std::stop_token stop) {
  ASSAY_TRY(const auto requirement, Requirement::parse(pin));
  ASSAY_TRY(auto version, pinned_version(requirement));
  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto location, find_index(request.index_url, "", actions));
  Index index(Index::Options{.url = location.url}, http, store, stop);
  ASSAY_TRY(const auto page, index.page(requirement.name));
  for (const auto& file : *page.files) {
    const auto sdist = SdistName::parse(file.file_name, requirement.name);
    if (!sdist || sdist->version != version) continue;
    ASSAY_TRY(const Blob archive, index.fetch(file));
    ASSAY_TRY(const auto tree, unpack_sdist(actions, archive.digest, file.file_name));
    ASSAY_TRY(const auto files, normal_files(actions, tree, role_of, stop));
    Origin origin{requirement.name, version, licence_of(store, tree), tree};
    ASSAY_CHECK(save_origin(store, origin));
    return origin;
  }
  return fail(ErrorKind::not_found,
              fmt::format("the index has no source distribution of {} {}", requirement.name.str(), version.str()));
}

Result<std::vector<Origin>> known_origins(const OriginRequest& request) {
  ASSAY_TRY(const auto store, open_store(request.store));
  return load_origins(store);
}

}  // namespace assay
