#include "publish/release.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/files.h"
#include "publish/release_files.h"
#include "publish/release_folder.h"

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
bool is_same(const fs::path& release, const Manifest& manifest) {
  const auto text = read_file(release / "manifest.json");
  if (!text || *text != manifest.text()) return false;
  return std::ranges::all_of(manifest.files, [&](const auto& file) {
    std::error_code error;
    return fs::file_size(release / file.first, error) == file.second.size && !error;
  });
}

Result<Digest> digest_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::io, path.string() + ": can't be read");
  Sha256 hash;
  std::string buffer(1 << 20, '\0');
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  return hash.finish();
}

// What is wrong with one thing that lies in a release, "" for a file as the manifest has it.
std::string fault_of(const fs::directory_entry& entry, const std::string& path,
                     const Manifest& manifest) {
  std::error_code error;
  if (entry.is_symlink(error) || !entry.is_regular_file(error)) return path + " is no file";
  const auto expected = manifest.files.find(path);
  if (expected == manifest.files.end()) return path + " does not belong there";
  const auto digest = digest_of_file(entry.path());
  if (!digest) return path + " can't be read";
  return *digest == expected->second.digest ? "" : path + " was changed";
}

Error as_faults(const fs::path& folder, const std::vector<std::string>& faults) {
  constexpr std::size_t most = 20;
  const std::span shown(faults.data(), std::min(most, faults.size()));
  auto text = fmt::format("the release {} is not whole: {}", folder.string(), join(shown, "; "));
  if (faults.size() > most) text += fmt::format("; and {} more", faults.size() - most);
  return {ErrorKind::io, printable(text)};
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
  if (newest && is_same(releases.release(*newest), files.manifest)) {
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

Result<> check_release(const fs::path& release_folder) {
  ASSAY_TRY(const auto text, read_file(release_folder / "manifest.json"));
  ASSAY_TRY(const auto manifest, context(Manifest::parse(text), release_folder.string()));
  std::vector<std::string> faults;
  std::set<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(release_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory() && !entry->is_symlink()) continue;
    const auto path = entry->path().lexically_relative(release_folder).generic_string();
    if (path == "manifest.json") continue;
    found.insert(path);
    auto fault = fault_of(*entry, path, manifest);
    if (!fault.empty()) faults.push_back(std::move(fault));
  }
  if (error) return fail(ErrorKind::io, release_folder.string() + ": " + error.message());
  for (const auto& [path, expected] : manifest.files) {
    if (!found.contains(path)) faults.push_back(path + " is missing");
  }
  std::ranges::sort(faults);
  if (!faults.empty()) return std::unexpected(as_faults(release_folder, faults));
  return {};
}

}  // namespace assay
