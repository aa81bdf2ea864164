#include "build/rebuilt_wheel.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "environment/wheel_audit.h"
#include "io/archive.h"
#include "package/file_name.h"
#include "package/record.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "1";

// METADATA with another version; its headers end at the first empty line.
std::string with_version(std::string_view metadata, const std::string& version) {
  std::string text;
  bool in_headers = true;
  while (!metadata.empty()) {
    const auto end = std::min(metadata.find('\n'), metadata.size() - 1) + 1;
    auto line = metadata.substr(0, end);
    in_headers = in_headers && !trim(line).empty();
    if (in_headers && lower(line.substr(0, 8)) == "version:") {
      text += "Version: " + version + "\n";
    } else {
      text += line;
    }
    metadata.remove_prefix(end);
  }
  return text;
}

// How members are called under the other version.
class Renaming {
 public:
  Renaming(std::string stem, std::string local) : stem_(std::move(stem)), local_(std::move(local)) {}

  std::string operator()(const std::string& path) const {
    for (const std::string_view folder : {".dist-info/", ".data/"}) {
      const auto at = path.find(folder);
      if (at != path.npos && path.find('/') == at + folder.size() - 1) {
        return path.substr(0, at) + "+" + local_ + path.substr(at);
      }
    }
    return path;
  }
  std::string file_name(const std::string& name) const {
    return stem_ + "+" + local_ + name.substr(stem_.size());
  }

 private:
  std::string stem_;  // "<name>-<version>" of the file name
  std::string local_;
};

Result<std::string> rewritten(const Store& store, const WheelFile& wheel, const std::string& version,
                              const Renaming& renamed) {
  ZipWriter zip;
  std::string record_path;
  std::string record_text;
  std::string metadata;
  const auto take = [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    if (entry.path.ends_with(".dist-info/RECORD")) {
      record_path = renamed(entry.path);
      record_text = bytes;
    } else if (entry.path.ends_with(".dist-info/METADATA") && std::ranges::count(entry.path, '/') == 1) {
      metadata = with_version(bytes, version);
      zip.add(renamed(entry.path), metadata, entry.executable);
    } else {
      zip.add(renamed(entry.path), bytes, entry.executable);
    }
    return {};
  };
  ASSAY_CHECK(context(read_archive(store.blobs.path_of(wheel.digest), {}, take), wheel.file_name));
  ASSAY_TRY(auto record, parse_record(record_text));
  for (auto& entry : record) {
    if (entry.path.ends_with(".dist-info/METADATA")) {
      entry.digest = record_digest(metadata);
      entry.size = metadata.size();
    }
    entry.path = renamed(entry.path);
  }
  zip.add(record_path, write_record(record), false);
  return zip.finish();
}

}  // namespace

Result<WheelFile> as_rebuilt(ActionRunner& actions, const WheelFile& wheel, const std::string& local) {
  ASSAY_TRY(const auto name, WheelName::parse(wheel.file_name));
  const auto dash = wheel.file_name.find('-');
  const Renaming renamed(wheel.file_name.substr(0, wheel.file_name.find('-', dash + 1)), local);
  const ActionKey key{.kind = "rebuilt-wheel",
                      .version = std::string(version_of_this),
                      .inputs = {wheel.digest.hex()},
                      .parameters = {wheel.file_name, local}};
  auto& store = actions.store();
  ASSAY_TRY(const auto hex, actions.run(key, [&]() -> Result<std::string> {
    ASSAY_TRY(const auto bytes, rewritten(store, wheel, name.version.str() + "+" + local, renamed));
    ASSAY_TRY(const Blob blob, store.blobs.put(bytes));
    return blob.digest.hex();
  }));
  ASSAY_TRY(const auto digest, Digest::parse(hex));
  WheelFile rebuilt{renamed.file_name(wheel.file_name), digest};
  ASSAY_CHECK(check_wheel(store, rebuilt));
  return rebuilt;
}

}  // namespace assay
