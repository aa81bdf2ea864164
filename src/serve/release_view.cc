#include "serve/release_view.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "io/files.h"

namespace assay {

namespace {

Result<ServedFile> served_file(const Json& entry) {
  ASSAY_TRY(const auto hex, string_member(entry, "sha256"));
  ASSAY_TRY(const auto digest, Digest::parse(hex));
  const auto size = entry.find("size");
  if (size == entry.end() || !size->is_number_unsigned()) {
    return fail(ErrorKind::invalid_input, "no \"size\"");
  }
  return ServedFile{'"' + digest.hex() + '"', size->get<std::uint64_t>()};
}

bool stays_inside(const std::string& path) {
  const auto normal = fs::path(path).lexically_normal();
  return !normal.empty() && normal.is_relative() && *normal.begin() != "..";
}

Result<ReleaseView> read_view(const fs::path& folder) {
  ReleaseView view{folder, {}};
  ASSAY_TRY(const auto text, read_file(folder / "manifest.json"));
  ASSAY_TRY(const auto manifest, parse_json(text));
  const auto files = manifest.is_object() ? manifest.find("files") : manifest.end();
  if (files == manifest.end() || !files->is_object()) {
    return fail(ErrorKind::invalid_input, "manifest.json has no \"files\"");
  }
  for (const auto& [path, entry] : files->items()) {
    if (!stays_inside(path)) {
      return fail(ErrorKind::invalid_input, "manifest.json names a path outside the release");
    }
    ASSAY_TRY(view.files[path], context(served_file(entry), path));
  }
  // The two that the manifest can't name: itself, and what signs it.
  view.files["manifest.json"] = {'"' + sha256(text).hex() + '"', text.size()};
  if (const auto signature = read_file(folder / "manifest.dsse.json")) {
    view.files["manifest.dsse.json"] = {'"' + sha256(*signature).hex() + '"', signature->size()};
  }
  return view;
}

}  // namespace

const ServedFile* ReleaseView::find(std::string_view path) const {
  const auto found = files.find(path);
  return found == files.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const ReleaseView>> LatestRelease::view() {
  std::error_code error;
  const auto target = fs::read_symlink(releases_ / "latest", error);
  if (error) {
    return fail(ErrorKind::not_found, fmt::format("{}: there is no release", releases_.string()));
  }
  const std::lock_guard lock(mutex_);
  if (view_ && target == target_) return view_;
  ASSAY_TRY(auto view, context(read_view(releases_ / target), (releases_ / target).string()));
  view_ = std::make_shared<const ReleaseView>(std::move(view));
  target_ = target;
  return view_;
}

}  // namespace assay
