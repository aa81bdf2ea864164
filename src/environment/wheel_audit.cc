#include "environment/wheel_audit.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/digest.h"
#include "base/text.h"

namespace assay {

namespace {

// RECORD can't hold its own digest, and signatures are made after it.
bool needs_no_record(std::string_view path, std::string_view dist_info) {
  if (!path.starts_with(dist_info)) return false;
  const auto name = path.substr(dist_info.size());
  return name == "/RECORD" || name == "/RECORD.jws" || name == "/RECORD.p7s";
}

bool is_read_as_text(std::string_view name) {
  return name == "METADATA" || name == "WHEEL" || name == "RECORD" || name == "entry_points.txt";
}

}  // namespace

std::string record_digest(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  const auto raw = digest.bytes();
  std::string text = base64({reinterpret_cast<const char*>(raw.data()), raw.size()});
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(text.find_last_not_of('=') + 1);
  return "sha256=" + text;
}

std::string WheelAudit::see(const ArchiveEntry& entry, std::string_view bytes) {
  if (!entry.link_target.empty()) {
    links_.push_back(entry.path);
    return "";
  }
  std::string digest = record_digest(bytes);
  members_[entry.path] = {digest, bytes.size()};
  const auto slash = entry.path.find('/');
  const std::string folder = entry.path.substr(0, slash);
  if (slash == std::string::npos || !folder.ends_with(".dist-info")) return digest;
  if (dist_info_.empty()) dist_info_ = folder;
  if (folder != dist_info_ &&
      std::ranges::find(other_dist_infos_, folder) == other_dist_infos_.end()) {
    other_dist_infos_.push_back(folder);
  }
  if (is_read_as_text(std::string_view(entry.path).substr(slash + 1))) texts_[entry.path] = bytes;
  return digest;
}

std::string_view WheelAudit::text(std::string_view name) const {
  const auto found = texts_.find(dist_info_ + "/" + std::string(name));
  return found == texts_.end() ? std::string_view() : std::string_view(found->second);
}

void WheelAudit::compare(const RecordEntry& entry, std::vector<std::string>& wrong) const {
  const std::string path = printable(entry.path);
  const auto found = members_.find(entry.path);
  if (found == members_.end()) {
    wrong.push_back("RECORD names " + path + ", which is not there");
    return;
  }
  if (needs_no_record(entry.path, dist_info_)) return;
  const Member& member = found->second;
  if (!entry.digest.starts_with("sha256=")) {
    wrong.push_back("RECORD has no SHA-256 of " + path);
  } else if (entry.digest != member.digest) {
    wrong.push_back("RECORD has another digest for " + path);
  }
  if (entry.size && *entry.size != member.size)
    wrong.push_back("RECORD has another size for " + path);
}

// "<name>-<version>.dist-info", both in any spelling that normalizes to the file name's.
void WheelAudit::check_folder_name(const WheelName& name, std::vector<std::string>& wrong) const {
  const auto stem = std::string_view(dist_info_).substr(0, dist_info_.rfind(".dist-info"));
  const auto hyphen = stem.find('-');
  const auto version = Version::parse(hyphen == stem.npos ? "" : stem.substr(hyphen + 1));
  if (Name::normalize(stem.substr(0, hyphen)) != name.name || !version ||
      *version != name.version) {
    wrong.push_back("its .dist-info folder is called " + printable(dist_info_));
  }
}

void WheelAudit::check_record(std::vector<std::string>& wrong) const {
  if (!texts_.contains(dist_info_ + "/RECORD")) {
    wrong.push_back("no RECORD");
    return;
  }
  const auto record = parse_record(text("RECORD"));
  if (!record) {
    wrong.push_back("RECORD: " + record.error().message);
    return;
  }
  std::set<std::string_view> recorded;
  for (const auto& entry : *record) {
    if (!recorded.insert(entry.path).second) {
      wrong.push_back("RECORD names " + printable(entry.path) + " twice");
    }
    compare(entry, wrong);
  }
  for (const auto& [path, member] : members_) {
    if (!recorded.contains(path) && !needs_no_record(path, dist_info_)) {
      wrong.push_back(printable(path) + " is not in RECORD");
    }
  }
}

std::vector<std::string> WheelAudit::problems(const WheelName& name) const {
  std::vector<std::string> wrong;
  for (const auto& link : links_) wrong.push_back("a link: " + printable(link));
  for (const auto& other : other_dist_infos_) {
    wrong.push_back("a second .dist-info folder: " + printable(other));
  }
  if (dist_info_.empty()) {
    wrong.push_back("no .dist-info folder");
    return wrong;
  }
  check_folder_name(name, wrong);
  check_record(wrong);
  return wrong;
}

std::string all_that_is_wrong(const std::vector<std::string>& problems) {
  constexpr std::size_t at_most = 20;
  const auto shown = std::span(problems).first(std::min(problems.size(), at_most));
  std::string text = join(shown, "; ");
  if (problems.size() > at_most) {
    text += "; and " + std::to_string(problems.size() - at_most) + " more";
  }
  return text;
}

}  // namespace assay
