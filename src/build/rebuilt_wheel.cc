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

constexpr std::string_view version_of_this = "3";

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
  // `file_name` is a wheel's.
  Renaming(const std::string& file_name, std::string version) : version_(std::move(version)) {
    const auto name_end = file_name.find('-');
    file_name_ = file_name.substr(0, name_end) + "-" + version_ +
                 file_name.substr(file_name.find('-', name_end + 1));
  }

  std::string operator()(const std::string& path) const {
    for (const std::string_view folder : {".dist-info/", ".data/"}) {
      const auto at = path.find(folder);
      if (at == path.npos || path.find('/') != at + folder.size() - 1) continue;
      return path.substr(0, path.rfind('-', at) + 1) + version_ + path.substr(at);
    }
    return path;
  }
  const std::string& file_name() const { return file_name_; }

 private:
  std::string version_;
  std::string file_name_;
};

Result<std::string> rewritten(const Store& store, const WheelFile& wheel, const std::string& version,
                              const Renaming& renamed) {
  ZipWriter zip;
  std::string record_path;
  std::string record_text;
  std::string metadata;
  const auto take = [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    if (dist_info_member(entry.path) == "RECORD") {
      record_path = renamed(entry.path);
      record_text = bytes;
    } else if (dist_info_member(entry.path) == "METADATA") {
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
    if (dist_info_member(entry.path) == "METADATA") {
      entry.digest = record_digest(metadata);
      entry.size = metadata.size();
    }
    entry.path = renamed(entry.path);
  }
  zip.add(record_path, write_record(record), false);
  return zip.finish();
}

}  // namespace

Result<WheelFile> as_rebuilt(ActionRunner& actions, const WheelFile& wheel, const Version& version) {
  ASSAY_CHECK(WheelName::parse(wheel.file_name));
  const Renaming renamed(wheel.file_name, version.str());
  const ActionKey key{.kind = "rebuilt-wheel",
                      .version = std::string(version_of_this),
                      .inputs = {wheel.digest.hex()},
                      .parameters = {wheel.file_name, version.str()}};
  auto& store = actions.store();
  ASSAY_TRY(const auto hex, actions.run(key, [&]() -> Result<std::string> {
    ASSAY_TRY(const auto bytes, rewritten(store, wheel, version.str(), renamed));
    ASSAY_TRY(const Blob blob, store.blobs.put(bytes));
    return blob.digest.hex();
  }));
  ASSAY_TRY(const auto digest, Digest::parse(hex));
  WheelFile rebuilt{renamed.file_name(), digest};
  ASSAY_CHECK(check_wheel(store, rebuilt));
  return rebuilt;
}

}  // namespace assay
