#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/files.h"
#include "publish/envelope.h"
#include "publish/release.h"
#include "publish/release_files.h"
#include "publish/statements.h"

namespace assay {

namespace {

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

// Wheels by file name, as one of a release's files tells of them.
using Wheels = std::map<std::string, std::string>;  // -> SHA-256 in hexadecimal digits

// Looks at one release and notes all that is wrong with it, each in a phrase that begins with the
// file's path.
class ReleaseCheck {
 public:
  ReleaseCheck(fs::path folder, Manifest manifest)
      : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

  void check_files();
  void check_signatures(const PublicKey& key, std::string_view manifest_text);
  void check_that_all_say_the_same();
  std::vector<std::string> take_faults();

 private:
  void note(std::string_view path, std::string_view what) {
    faults_.insert(fmt::format("{} {}", path, what));
  }
  void check_file(const fs::directory_entry& entry, const std::string& path);
  // The text of a file that the manifest knows; "" if it can't be had, which check_files tells.
  std::string text_of(const std::string& path) const;
  void compare(std::string_view path, const Wheels& told);
  void check_pages();
  void check_requirements();
  void check_bill_of_materials();
  void check_provenance(const PublicKey& key);

  fs::path folder_;
  Manifest manifest_;
  Wheels wheels_;  // as the manifest has them
  std::set<std::string> faults_;
};

// Not covered by the manifest: it, and what signs it.
bool stands_outside(std::string_view path) {
  return path == "manifest.json" || path == "manifest.dsse.json";
}

void ReleaseCheck::check_file(const fs::directory_entry& entry, const std::string& path) {
  std::error_code error;
  if (entry.is_symlink(error) || !entry.is_regular_file(error)) return note(path, "is no file");
  if (stands_outside(path)) return;
  const auto expected = manifest_.files.find(path);
  if (expected == manifest_.files.end()) return note(path, "does not belong there");
  const auto digest = digest_of_file(entry.path());
  if (!digest) return note(path, "can't be read");
  if (*digest != expected->second.digest) note(path, "was changed");
}

void ReleaseCheck::check_files() {
  std::set<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory() && !entry->is_symlink()) continue;
    const auto path = entry->path().lexically_relative(folder_).generic_string();
    found.insert(path);
    check_file(*entry, path);
  }
  if (error) note(folder_.string(), "can't be read: " + error.message());
  for (const auto& [path, expected] : manifest_.files) {
    if (!found.contains(path)) note(path, "is missing");
  }
}

std::string ReleaseCheck::text_of(const std::string& path) const {
  if (!manifest_.files.contains(path)) return "";
  return read_file(folder_ / path).value_or("");
}

void ReleaseCheck::check_provenance(const PublicKey& key) {
  for (const auto& [file, hash] : wheels_) {
    const auto path = provenance_path(file);
    const auto payload = unseal(text_of(path), key);
    if (!payload) {
      note(path, payload.error().message);
      continue;
    }
    const auto statement = parse_json(*payload);
    const Json subject{{{"name", file}, {"digest", {{"sha256", hash}}}}};
    if (!statement || statement->value("subject", Json()) != subject) {
      note(path, "tells of another wheel than files/" + file);
    }
  }
}

void ReleaseCheck::check_signatures(const PublicKey& key, std::string_view manifest_text) {
  const auto envelope = read_file(folder_ / "manifest.dsse.json");
  if (!envelope) return note("manifest.dsse.json", "is missing: the release is not signed");
  const auto payload = unseal(*envelope, key);
  if (!payload) return note("manifest.dsse.json", payload.error().message);
  if (*payload != release_statement(manifest_.set_name, manifest_text)) {
    return note("manifest.json", "is not the one that was signed");
  }
  check_provenance(key);
}

void ReleaseCheck::compare(std::string_view path, const Wheels& told) {
  if (told != wheels_) note(path, "does not tell of the same wheels as the manifest");
}

void ReleaseCheck::check_pages() {
  Wheels told;
  for (const auto& [path, entry] : manifest_.files) {
    if (!path.starts_with("simple/") || !path.ends_with("/index.json")) continue;
    const auto page = parse_json(text_of(path));
    if (!page || !page->is_object()) continue;
    for (const auto& file : page->value("files", Json::array())) {
      told[file.value("filename", "")] = file.value("hashes", Json::object()).value("sha256", "");
    }
  }
  compare("simple/", told);
}

void ReleaseCheck::check_requirements() {
  std::set<std::string> hashes;
  for (const auto& [file, hash] : wheels_) hashes.insert(hash);
  for (const auto& [path, entry] : manifest_.files) {
    if (!path.starts_with("requirements-")) continue;
    const std::string text = text_of(path);
    constexpr std::string_view mark = "--hash=sha256:";
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
      if (!hashes.contains(text.substr(at + mark.size(), 2 * Digest::size))) {
        note(path, "names a wheel that the release does not have");
      }
    }
  }
}

void ReleaseCheck::check_bill_of_materials() {
  constexpr const char* path = "sbom.cdx.json";
  const auto document = parse_json(text_of(path));
  if (!document || !document->is_object()) return note(path, "can't be read");
  Wheels told;
  for (const auto& package : document->value("components", Json::array())) {
    for (const auto& file : package.value("components", Json::array())) {
      told[file.value("name", "")] = file.at("hashes").at(0).value("content", "");
    }
  }
  compare(path, told);
}

void ReleaseCheck::check_that_all_say_the_same() {
  constexpr std::string_view folder = "files/";
  for (const auto& [path, entry] : manifest_.files) {
    if (!path.starts_with(folder) || !path.ends_with(".whl")) continue;
    wheels_[path.substr(folder.size())] = entry.digest.hex();
  }
  try {
    check_pages();
    check_requirements();
    check_bill_of_materials();
  } catch (const Json::exception&) {
    note("the release", "has a document of another form than assay writes");
  }
}

std::vector<std::string> ReleaseCheck::take_faults() { return {faults_.begin(), faults_.end()}; }

std::unexpected<Error> as_faults(const fs::path& folder, const std::vector<std::string>& faults) {
  constexpr std::size_t most = 20;
  const std::span shown(faults.data(), std::min(most, faults.size()));
  auto text = fmt::format("the release {} is not whole: {}", folder.string(), join(shown, "; "));
  if (faults.size() > most) text += fmt::format("; and {} more", faults.size() - most);
  return fail(ErrorKind::invalid_input, printable(text));
}

}  // namespace

Result<> check_release(const fs::path& release_folder, const PublicKey* key) {
  ASSAY_TRY(const auto text, read_file(release_folder / "manifest.json"));
  auto manifest = Manifest::parse(text);
  if (!manifest) return as_faults(release_folder, {manifest.error().message});
  if (manifest->text() != text) return as_faults(release_folder, {"manifest.json was changed"});
  ReleaseCheck check(release_folder, *std::move(manifest));
  check.check_files();
  check.check_that_all_say_the_same();
  if (key != nullptr) check.check_signatures(*key, text);
  if (const auto faults = check.take_faults(); !faults.empty()) {
    return as_faults(release_folder, faults);
  }
  return {};
}

}  // namespace assay
