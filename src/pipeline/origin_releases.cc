#include "pipeline/origin_releases.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "copies/source_prints.h"
#include "fetch/index.h"
#include "fetch/index_location.h"
#include "fetch/source_tree.h"
#include "io/files.h"
#include "package/file_name.h"
#include "package/metadata.h"
#include "package/requirement.h"
#include "store/tree.h"

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

struct Pin {
  Name name;
  Version version;
};

Result<Pin> parse_pin(const std::string& text) {
  ASSAY_TRY(const auto requirement, Requirement::parse(text));
  ASSAY_TRY(auto version, pinned_version(requirement));
  return Pin{requirement.name, std::move(version)};
}

struct Release {
  Pin pin;
  Digest tree;
};

bool is_path(const std::string& text) { return text.contains('/') || fs::exists(text); }

// Name and version of an unpacked source distribution.
Result<Pin> pin_in(const Store& store, const Digest& tree) {
  ASSAY_TRY(const Tree entries, get_tree(store.blobs, tree));
  const TreeEntry* info = entries.find("PKG-INFO");
  if (info == nullptr) return fail(ErrorKind::invalid_input, "it has no PKG-INFO");
  ASSAY_TRY(const auto text, store.blobs.get(info->digest));
  ASSAY_TRY(auto metadata, Metadata::parse(text));
  return Pin{std::move(metadata.name), std::move(metadata.version)};
}

Result<Release> read_release(ActionRunner& actions, const fs::path& file) {
  ASSAY_TRY(const Blob archive, actions.store().blobs.put_file(file, false));
  ASSAY_TRY(const auto tree, unpack_sdist(actions, archive.digest, file.filename().string()));
  ASSAY_TRY(auto pin, pin_in(actions.store(), tree));
  return Release{std::move(pin), tree};
}

Result<Release> fetch_release(ActionRunner& actions, const std::string& index_url, Pin pin,
                              std::stop_token stop) {
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto location, find_index(index_url, "", actions));
  Index index(Index::Options{.url = location.url}, http, actions.store(), stop);
  ASSAY_TRY(const auto page, index.page(pin.name));
  for (const auto& file : *page.files) {
    const auto sdist = SdistName::parse(file.file_name, pin.name);
    if (!sdist || sdist->version != pin.version) continue;
    ASSAY_TRY(const Blob archive, index.fetch(file));
    ASSAY_TRY(const auto tree, unpack_sdist(actions, archive.digest, file.file_name));
    return Release{std::move(pin), tree};
  }
  return fail(ErrorKind::not_found, fmt::format("the index has no source distribution of {} {}",
                                                pin.name.str(), pin.version.str()));
}

Result<Release> open_release(ActionRunner& actions, const OriginRequest& request,
                             const std::string& text, std::stop_token stop) {
  if (is_path(text)) return context(read_release(actions, text), text);
  ASSAY_TRY(auto pin, parse_pin(text));
  return fetch_release(actions, request.index_url, std::move(pin), std::move(stop));
}

}  // namespace

Result<Origin> add_origin(const OriginRequest& request, const std::string& release,
                          std::stop_token stop) {
  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  ASSAY_TRY(auto opened, open_release(actions, request, release, stop));
  // Made now, so that the first run need not.
  ASSAY_CHECK(source_prints(actions, opened.tree, role_of, stop));
  Origin origin{std::move(opened.pin.name), std::move(opened.pin.version),
                licence_of(store, opened.tree), opened.tree};
  ASSAY_CHECK(save_origin(store, origin));
  return origin;
}

Result<CopyReport> copies_in_release(const OriginRequest& request, const std::string& release,
                                     std::stop_token stop) {
  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  ASSAY_TRY(const auto origins, KnownOrigins::load(store, role_of));
  if (origins.empty()) {
    return fail(ErrorKind::not_found, "no origin is known: see `assay origins add`");
  }
  ASSAY_TRY(const auto opened, open_release(actions, request, release, stop));
  return origins.copies_in(actions, opened.tree, opened.pin.name, stop);
}

Result<> forget_origin(const OriginRequest& request, const std::string& pin) {
  ASSAY_TRY(const auto release, parse_pin(pin));
  ASSAY_TRY(const auto store, open_store(request.store));
  return remove_origin(store, release.name, release.version);
}

Result<std::vector<Origin>> known_origins(const OriginRequest& request) {
  ASSAY_TRY(const auto store, open_store(request.store));
  return load_origins(store);
}

Json to_json(const Origin& origin) {
  return {{"name", origin.name.str()},
          {"version", origin.version.str()},
          {"licence", origin.licence},
          {"tree", origin.tree.hex()}};
}

}  // namespace assay
