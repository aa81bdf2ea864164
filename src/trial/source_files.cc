#include "trial/source_files.h"

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::uint64_t most_bytes = 4ULL << 20;
constexpr int most_links = 8;

}  // namespace

Result<SourceFiles> SourceFiles::open(const Store& store, const Digest& tree) {
  ASSAY_TRY(Tree files, get_tree(store.blobs, tree));
  return SourceFiles(store, std::move(files));
}

bool SourceFiles::has_folder(std::string_view path) const {
  const auto& entries = tree_.entries();
  if (path.empty()) return !entries.empty();
  const std::string prefix = std::string(path) + "/";
  const auto first = std::ranges::lower_bound(entries, prefix, {}, &TreeEntry::path);
  return first != entries.end() && first->path.starts_with(prefix);
}

std::optional<std::string> SourceFiles::read(std::string_view path) const {
  std::string at(path);
  for (int i = 0; i < most_links; ++i) {
    const TreeEntry* entry = tree_.find(at);
    if (entry == nullptr) return std::nullopt;
    if (entry->link_target.empty()) {
      if (entry->size > most_bytes) return std::nullopt;
      auto bytes = store_->blobs.get(entry->digest);
      if (bytes) return *std::move(bytes);
      if (*fault_) *fault_ = std::unexpected(bytes.error());
      return std::nullopt;
    }
    auto target = path_within(folder_of(at), entry->link_target);
    if (!target) return std::nullopt;
    at = *std::move(target);
  }
  return std::nullopt;
}

std::optional<std::string> path_within(std::string_view folder, std::string_view reference) {
  if (reference.starts_with('/')) return std::nullopt;
  std::vector<std::string> parts;
  for (const auto whole : {folder, reference}) {
    for (const auto part : split(whole, '/')) {
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.emplace_back(part);
      } else if (parts.empty()) {
        return std::nullopt;
      } else {
        parts.pop_back();
      }
    }
  }
  return join(parts, "/");
}

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : path.substr(0, slash));
}

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string_view> path_parts(std::string_view path) {
  return path.empty() ? std::vector<std::string_view>() : split(path, '/');
}

bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty()) return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_test_module(std::string_view path) {
  const auto name = file_name_of(path);
  return name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"));
}

bool is_test_folder_name(std::string_view name) {
  return name == "tests" || name == "test" || name == "testing";
}

}  // namespace assay
