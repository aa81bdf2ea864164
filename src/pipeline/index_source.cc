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

// What building says is an action's result, so it is done once. Whatever keeps it from that is the
// package's fault, or this machine's lack: the version is left out, with the reason.
Result<Metadata> IndexSource::metadata_by_building(const Name& name, const Version& version,
                                                   const std::vector<IndexFile>& files, const Error& untold) {
  const auto is_source = [&](const IndexFile& one) { return SdistName::parse(one.file_name, name).has_value(); };
  const auto file = std::ranges::find_if(files, is_source);
  const bool has_wheel = std::ranges::any_of(files, [](const auto& one) { return one.file_name.ends_with(".whl"); });
  if (file == files.end() || has_wheel) return std::unexpected(untold);
  const auto left_out = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("{}; {}", untold.message, why));
  };
  const auto builder = options_.builder();
  if (!builder) return left_out(builder.error().message);
  workspace_.progress.note(NoteLevel::detail, fmt::format("{} {} is built to learn what it needs", name.str(),
                                                          version.str()));
  ASSAY_TRY(const Blob archive, workspace_.index->fetch(*file));
  ASSAY_TRY(const auto tree, unpack_sdist(*workspace_.actions, archive.digest, file->file_name));
  const auto built = built_metadata(workspace_, **builder, {name, version, *file, tree});
  if (!built && built.error().kind == ErrorKind::not_found) return left_out(built.error().message);
  if (!built) return std::unexpected(built.error());
  if (!built->failure.empty()) return left_out("and " + built->failure);
  ASSAY_TRY(auto metadata, Metadata::parse(built->metadata));
  if (metadata.name != name || metadata.version != version) {
    return left_out(fmt::format("and what it builds is {} {}", metadata.name.str(), metadata.version.str()));
  }
  return metadata;
}

const OwnWheel* IndexSource::find_own(const Name& name) const {
  const auto found = std::ranges::find(options_.own, name, &OwnWheel::name);
  return found == options_.own.end() ? nullptr : &*found;
}

}  // namespace assay
