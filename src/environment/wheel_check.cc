#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/text.h"
#include "environment/virtual_environment.h"
#include "environment/wheel_audit.h"
#include "io/archive.h"
#include "io/descriptor.h"
#include "io/files.h"
#include "package/metadata.h"
#include "package/record.h"

namespace assay {

namespace {

// "Key: value" lines of WHEEL; a key may come more than once.
std::vector<std::string_view> values_of(std::string_view wheel_text, std::string_view key) {
  std::vector<std::string_view> values;
  for (const auto line : lines(wheel_text)) {
    const auto colon = line.find(':');
    if (colon != line.npos && lower(trim(line.substr(0, colon))) == key) {
      values.push_back(trim(line.substr(colon + 1)));
    }
  }
  return values;
}

void check_metadata(const WheelAudit& audit, const WheelName& name,
                    std::vector<std::string>& wrong) {
  if (audit.text("METADATA").empty()) {
    wrong.push_back("no METADATA");
    return;
  }
  const auto metadata = Metadata::parse(audit.text("METADATA"));
  if (!metadata) {
    wrong.push_back("METADATA: " + metadata.error().message);
    return;
  }
  if (metadata->name != name.name) wrong.push_back("METADATA is of " + metadata->name.str());
  if (metadata->version != name.version) {
    wrong.push_back("METADATA is of version " + metadata->version.str());
  }
}

void check_tags(std::string_view wheel_text, const WheelName& name,
                std::vector<std::string>& wrong) {
  std::set<Tag> tags;
  for (const auto value : values_of(wheel_text, "tag")) {
    const auto parsed = parse_tags(value);
    if (!parsed) {
      wrong.push_back("WHEEL: " + parsed.error().message);
      return;
    }
    tags.insert(parsed->begin(), parsed->end());
  }
  if (tags != std::set<Tag>(name.tags.begin(), name.tags.end())) {
    wrong.push_back("WHEEL has other tags than the file name");
  }
}

void check_wheel_text(const WheelAudit& audit, const WheelName& name,
                      std::vector<std::string>& wrong) {
  const std::string_view text = audit.text("WHEEL");
  if (text.empty()) {
    wrong.push_back("no WHEEL");
    return;
  }
  const auto version = values_of(text, "wheel-version");
  if (version.size() != 1 || !version.front().starts_with("1.")) {
    wrong.push_back("WHEEL is not of version 1");
  }
  check_tags(text, name, wrong);
}

Result<> check_is_there(const Store& store, const WheelFile& wheel) {
  if (store.blobs.has(wheel.digest)) return {};
  return fail(ErrorKind::not_found, wheel.file_name + " is not in the store");
}

}  // namespace

Result<> check_wheel(const Store& store, const WheelFile& wheel) {
  ASSAY_CHECK(check_is_there(store, wheel));
  ASSAY_TRY(const WheelName name, WheelName::parse(wheel.file_name));
  WheelAudit audit;
  ASSAY_CHECK(context(read_archive(store.blobs.path_of(wheel.digest), {},
                                   [&](const ArchiveEntry& entry, std::string_view bytes) {
                                     audit.see(entry, bytes);
                                     return Result<>();
                                   }),
                      wheel.file_name));
  std::vector<std::string> wrong = audit.problems(name);
  if (!audit.dist_info().empty()) {
    check_metadata(audit, name, wrong);
    check_wheel_text(audit, name, wrong);
  }
  if (wrong.empty()) return {};
  return fail(ErrorKind::invalid_input, wheel.file_name + ": " + all_that_is_wrong(wrong));
}

Result<std::string> wheel_member(const Store& store, const WheelFile& wheel,
                                 std::string_view member) {
  ASSAY_CHECK(check_is_there(store, wheel));
  const fs::path path = store.blobs.path_of(wheel.digest);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!file) return path_error("could not open", path);
  const auto read = [&](std::uint64_t offset, std::uint64_t count) -> Result<std::string> {
    std::string bytes(count, '\0');
    const ssize_t got = pread(file.get(), bytes.data(), count, static_cast<off_t>(offset));
    if (got < 0) return path_error("could not read", path);
    if (static_cast<std::uint64_t>(got) != count) {
      return fail(ErrorKind::invalid_input, "it ends too early");
    }
    return bytes;
  };
  const auto wanted = [&](std::string_view entry) { return dist_info_member(entry) == member; };
  auto found = read_zip_member(size, read, wanted);
  if (!found && found.error().kind == ErrorKind::not_found) return std::string();
  return context(std::move(found), wheel.file_name);
}

}  // namespace assay
