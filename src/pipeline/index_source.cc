#include "pipeline/index_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "fetch/source_tree.h"
#include "package/file_name.h"
#include "pipeline/build_source.h"

namespace assay {

Result<FileList> IndexSource::files(const Name& name) {
  if (const OwnWheel* own = find_own(name)) {
    const IndexFile file{.file_name = own->wheel.file_name,
                         .url = "",
                         .sha256 = own->wheel.digest,
                         .upload_time = Time{},  // before any cut
                         .metadata_sha256 = {}};
    return std::make_shared<const std::vector<IndexFile>>(1, file);
  }
  auto page = workspace_.index->page(name, options_.uploaded_before);
  if (!page && page.error().kind == ErrorKind::not_found) pages_[name.str()] = page_absent;
  if (!page) return std::unexpected(std::move(page).error());
  pages_[name.str()] = page->digest.hex();
  return std::move(page->files);
}

Result<Metadata> IndexSource::metadata(const Name& name, const Version& version,
                                       const std::vector<IndexFile>& files) {
  if (const OwnWheel* own = find_own(name)) {
    ASSAY_TRY(const auto text, wheel_member(*workspace_.store, own->wheel, "METADATA"));
    return Metadata::parse(text);
  }
  auto told = workspace_.index->metadata(name, version, files);
  if (told || told.error().kind != ErrorKind::invalid_input || !options_.builder) return told;
  return metadata_by_building(name, version, files, told.error());
}

void IndexSource::prefetch(const std::vector<Name>& names) {
  std::vector<Name> wanted;
  for (const auto& name : names) {
    if (find_own(name) == nullptr) wanted.push_back(name);
  }
  workspace_.index->prefetch(wanted, options_.uploaded_before);
}

// What the back end says is kept by the source distribution's digest, as it is of a wheel: other build tools
// would not make another package of it. Why it says nothing is not kept, and is the package's fault or this
// machine's lack: the version is left out, with the reason.
Result<Metadata> IndexSource::metadata_by_building(const Name& name, const Version& version,
                                                   const std::vector<IndexFile>& files, const Error& untold) {
  const auto is_source = [&](const IndexFile& one) { return SdistName::parse(one.file_name, name).has_value(); };
  const auto file = std::ranges::find_if(files, is_source);
  const bool has_wheel = std::ranges::any_of(files, [](const auto& one) { return one.file_name.ends_with(".whl"); });
  if (file == files.end() || has_wheel) return std::unexpected(untold);
  const auto left_out = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("{}; and {}", untold.message, why));
  };
  if (!options_.never_built.empty()) return left_out(options_.never_built);
  const auto& cut = options_.uploaded_before;
  const ActionKey key{.kind = "told-by-back-end",
                      .version = "1",
                      .inputs = {file->sha256 ? file->sha256->hex() : file->url},
                      .parameters = {name.str(), version.str(), options_.builder_id, cut ? format_time(*cut) : ""}};
  const auto text = workspace_.actions->run(key, [&]() -> Result<std::string> {
    if (builds_) return ask_back_end(name, version, *file);
    return fail(ErrorKind::invalid_input, "it is not built to answer this");
  });
  if (text) return Metadata::parse(*text);
  if (text.error().kind == ErrorKind::invalid_input) return left_out(text.error().message);
  return std::unexpected(text.error());
}

// METADATA, of this version; invalid_input where it can't be had.
Result<std::string> IndexSource::ask_back_end(const Name& name, const Version& version, const IndexFile& file) {
  const auto builder = options_.builder();
  if (!builder) return fail(ErrorKind::invalid_input, builder.error().message);
  workspace_.progress.note(NoteLevel::detail, fmt::format("{} {} is built to learn what it needs", name.str(),
                                                          version.str()));
  ASSAY_TRY(const Blob archive, workspace_.index->fetch(file));
  ASSAY_TRY(const auto tree, unpack_sdist(*workspace_.actions, archive.digest, file.file_name));
  auto built = built_metadata(workspace_, **builder, {name, version, file, tree});
  if (!built && built.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::invalid_input, built.error().message);
  }
  if (!built) return std::unexpected(std::move(built).error());
  if (!built->failure.empty()) return fail(ErrorKind::invalid_input, built->failure);
  ASSAY_TRY(const auto metadata, Metadata::parse(built->metadata));
  if (metadata.name == name && metadata.version == version) return std::move(built->metadata);
  return fail(ErrorKind::invalid_input,
              fmt::format("what it builds is {} {}", metadata.name.str(), metadata.version.str()));
}

const OwnWheel* IndexSource::find_own(const Name& name) const {
  const auto found = std::ranges::find(options_.own, name, &OwnWheel::name);
  return found == options_.own.end() ? nullptr : &*found;
}

}  // namespace assay
