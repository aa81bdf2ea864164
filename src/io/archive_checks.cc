#include "io/archive_checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t max_name_bytes = 255;  // NAME_MAX: no file system takes a longer one

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool has_drive_letter(std::string_view path) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return path.size() >= 2 && path[1] == ':' && is_letter(path[0]);
}

std::unexpected<Error> refuse_archive(std::string why) {
  return fail(ErrorKind::invalid_input, "the archive " + std::move(why));
}

}  // namespace

std::unexpected<Error> refuse_member(std::string_view member, std::string_view why) {
  return fail(ErrorKind::invalid_input,
              fmt::format("the archive's member \"{}\" {}", printable(member.substr(0, 200)), why));
}

Result<std::string> member_path(std::string_view path, const ArchiveLimits& limits) {
  if (path.size() > limits.path_bytes) return refuse_member(path, "has too long a path");
  if (path.starts_with('/')) return refuse_member(path, "has an absolute path");
  if (has_drive_letter(path)) return refuse_member(path, "has a drive letter");
  if (has_control_character(path))
    return refuse_member(path, "has a control character in its path");
  if (!is_utf8(path)) return refuse_member(path, "has a path that is not UTF-8");
  std::string normal;
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return refuse_member(path, "has \"..\" in its path");
    if (part.size() > max_name_bytes) return refuse_member(path, "has too long a name");
    if (!normal.empty()) normal += '/';
    normal += part;
  }
  return normal;
}

Result<std::string> ArchiveChecks::count_member(std::string_view path) {
  if (++members_ > limits_.files) {
    return refuse_archive(fmt::format("has more than {} members", limits_.files));
  }
  return member_path(path, limits_);
}

Result<> ArchiveChecks::add_folder(const std::string& path) {
  if (path.empty()) return {};
  if (leaves_.contains(path)) return refuse_member(path, "is both a file and a folder");
  ASSAY_CHECK(add_parents(path));
  folders_.insert(path);
  return {};
}

Result<> ArchiveChecks::add_file(const std::string& path) { return add_leaf(path); }

Result<> ArchiveChecks::add_link(const std::string& path, const std::string& target) {
  if (target.empty()) return refuse_member(path, "is a link to nothing");
  if (target.size() > limits_.path_bytes)
    return refuse_member(path, "is a link with too long a target");
  if (has_control_character(target) || !is_utf8(target)) {
    return refuse_member(path, "is a link whose target is no plain text");
  }
  ASSAY_CHECK(add_leaf(path));
  if (link_that_leaves({{path, target}}))
    return refuse_member(path, "is a link out of the archive");
  links_.emplace(path, target);
  return {};
}

bool ArchiveChecks::has_file(const std::string& path) const {
  return leaves_.contains(path) && !links_.contains(path);
}

Result<> ArchiveChecks::count_bytes(std::string_view path, std::uint64_t before,
                                    std::uint64_t more) {
  constexpr std::uint64_t always_allowed = 64ULL << 20;
  if (before > limits_.file_bytes || more > limits_.file_bytes - before) {
    return refuse_member(path, fmt::format("is larger than {} bytes", limits_.file_bytes));
  }
  unpacked_size_ += more;
  if (unpacked_size_ > limits_.bytes) {
    return refuse_archive(fmt::format("unpacks to more than {} bytes", limits_.bytes));
  }
  if (unpacked_size_ > always_allowed && unpacked_size_ / limits_.ratio > packed_size_) {
    return refuse_archive(fmt::format("unpacks to more than {} times its size", limits_.ratio));
  }
  return {};
}

Result<> ArchiveChecks::finish() const {
  if (members_ == 0) return refuse_archive("is empty");
  if (const auto link = link_that_leaves(links_)) {
    return refuse_member(*link, "is a link out of the archive");
  }
  return {};
}

Result<> ArchiveChecks::add_leaf(const std::string& path) {
  if (path.empty()) return refuse_member(path, "has no name");
  if (folders_.contains(path)) return refuse_member(path, "is both a file and a folder");
  ASSAY_CHECK(add_parents(path));
  if (!leaves_.insert(path).second) return refuse_member(path, "is there twice");
  return {};
}

Result<> ArchiveChecks::add_parents(const std::string& path) {
  for (auto slash = path.rfind('/'); slash != path.npos; slash = path.rfind('/', slash - 1)) {
    std::string parent = path.substr(0, slash);
    if (leaves_.contains(parent)) return refuse_member(path, "lies below a file or a link");
    // What holds for a known folder's parents was seen when it came.
    if (!folders_.insert(std::move(parent)).second) break;
  }
  return {};
}

}  // namespace assay
