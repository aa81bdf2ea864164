#include "publish/release.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/files.h"
#include "publish/release_files.h"
#include "publish/release_folder.h"
#include "publish/withdrawal.h"

namespace assay {

namespace {

Result<Release> read_release(const ReleasesFolder& releases, std::uint64_t number) {
  const auto folder = releases.release(number);
  ASSAY_TRY(const auto manifest, read_file(folder / "manifest.json"));
  return Release{number, folder, sha256(manifest), false};
}

// What the pages of a release say of when its wheels were first published. It only dates them: a
// page that can't be read dates nothing.
UploadTimes upload_times(const fs::path& release, const std::vector<ReleasedWheel>& wheels) {
  UploadTimes times;
  for (const auto& wheel : wheels) {
    const auto page = read_file(release / "simple" / wheel.metadata.name.str() / "index.json");
    const auto json = page ? parse_json(*page) : fail(ErrorKind::not_found, "");
    if (!json || !json->is_object() || !json->contains("files")) continue;
    for (const auto& file : json->at("files")) {
      const auto uploaded = string_member(file, "upload-time");
      const auto time = uploaded ? parse_time(*uploaded) : fail(ErrorKind::not_found, "");
      if (!time || !file.contains("hashes")) continue;
      if (const auto hash = string_member(file["hashes"], "sha256")) times.emplace(*hash, *time);
    }
  }
  return times;
}

// Has the release this content, with no file lost or cut short since?
bool is_same(const fs::path& release, const ReleaseFiles& files) {
  const auto text = read_file(release / "manifest.json");
  if (!text || *text != files.manifest.text()) return false;
  if (read_file(release / "manifest.dsse.json").value_or("") != files.envelope) return false;
  return std::ranges::all_of(files.manifest.files, [&](const auto& file) {
    std::error_code error;
    return fs::file_size(release / file.first, error) == file.second.size && !error;
  });
}

}  // namespace

Result<Release> publish(const Store& store, const fs::path& set_folder,
                        const ReleaseContent& content, Time now) {
  const ReleasesFolder releases(set_folder);
  ASSAY_CHECK(make_directories(releases.path()));
  ASSAY_TRY(const auto lock, FileLock::acquire(releases.path() / ".lock"));
  ASSAY_CHECK(releases.remove_leftovers());

  const auto latest = releases.latest();
  const auto newest = releases.newest();
  const auto known =
      newest ? upload_times(releases.release(*newest), content.wheels) : UploadTimes();
  ASSAY_TRY(const auto files, context(make_files(store, content, known, now), "publish"));
  ASSAY_TRY(const auto withdrawn, withdrawn_releases(set_folder));
  if (newest && is_same(releases.release(*newest), files)) {
    if (const auto found = withdrawn.find(*newest); found != withdrawn.end()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("release {} has just this content and was withdrawn on {} by {}: {}",
                              *newest, format_date(found->second.date),
                              printable(found->second.reviewer), printable(found->second.reason)));
    }
    const bool switched = !latest || *latest != *newest;  // the last run ended just before that
    if (switched) ASSAY_CHECK(releases.switch_latest(*newest));
    ASSAY_TRY(auto release, read_release(releases, *newest));
    release.unchanged = !switched;
    return release;
  }
  const auto number = std::max(newest.value_or(0), latest.value_or(0)) + 1;
  ASSAY_CHECK(context(releases.add(store, files, number), "publish"));
  ASSAY_CHECK(context(releases.switch_latest(number), "publish"));
  return read_release(releases, number);
}

Result<Release> latest_release(const fs::path& set_folder) {
  const ReleasesFolder releases(set_folder);
  ASSAY_TRY(const auto number, releases.latest());
  return read_release(releases, number);
}

}  // namespace assay
