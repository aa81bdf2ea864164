#include "store/file_view.h"

#include <algorithm>
#include <utility>

#include "io/files.h"

namespace assay {

namespace {

// `below` is the begin of the path, with its last "/".
FileView::Name name_below(std::string_view path, std::string_view below) {
  const auto rest = path.substr(below.size());
  const auto slash = rest.find('/');
  return {std::string(rest.substr(0, slash)), slash != std::string_view::npos};
}

// The first path, in their order, that can't lie in the folder.
std::string past(const std::string& below, const FileView::Name& folder) {
  constexpr char after_slash = '/' + 1;
  return below + folder.name + after_slash;
}

std::string begin_of_text(std::string text) {
  text.resize(std::min(text.size(), FileView::largest_text));
  return text;
}

class DiskView final : public FileView {
 public:
  explicit DiskView(fs::path folder) : folder_(std::move(folder)) {}

  std::vector<Name> names_in(std::string_view folder) const override {
    std::vector<Name> names;
    std::error_code failed;
    for (fs::directory_iterator at(folder_ / folder, failed), end; !failed && at != end; at.increment(failed)) {
      std::error_code none;
      if (at->is_symlink(none)) continue;  // the kind is known from the listing: nothing is asked for it
      const bool below = at->is_directory(none);
      if (below || at->is_regular_file(none)) names.push_back({at->path().filename().string(), below});
    }
    std::ranges::sort(names, {}, &Name::name);
    return names;
  }

  bool has_file(std::string_view path) const override { return is(path, fs::file_type::regular); }
  bool has_folder(std::string_view path) const override { return is(path, fs::file_type::directory); }

  std::optional<std::string> text_of(std::string_view path) const override {
    std::error_code failed;
    if (!has_file(path) || fs::file_size(folder_ / path, failed) > largest_text || failed) return std::nullopt;
    auto text = read_file(folder_ / path);
    return text ? std::optional(*std::move(text)) : std::nullopt;
  }

  std::optional<std::string> begin_of(std::string_view path) const override {
    if (!has_file(path)) return std::nullopt;
    auto text = read_file(folder_ / path);
    return text ? std::optional(begin_of_text(*std::move(text))) : std::nullopt;
  }

 private:
  bool is(std::string_view path, fs::file_type type) const {
    std::error_code none;
    return fs::symlink_status(folder_ / path, none).type() == type;
  }

  fs::path folder_;
};

class TreeView final : public FileView {
 public:
  TreeView(const BlobStore& blobs, Tree tree) : blobs_(blobs), tree_(std::move(tree)) {}

  std::vector<Name> names_in(std::string_view folder) const override {
    const std::string below = folder.empty() ? "" : std::string(folder) + "/";
    std::vector<Name> names;
    for (auto at = first_from(below); at != tree_.entries().end() && at->path.starts_with(below);) {
      const auto name = name_below(at->path, below);
      if (name.folder || at->link_target.empty()) names.push_back(name);
      at = name.folder ? first_from(past(below, name)) : at + 1;
    }
    std::ranges::sort(names, {}, &Name::name);
    return names;
  }

  bool has_file(std::string_view path) const override {
    const TreeEntry* entry = tree_.find(path);
    return entry != nullptr && entry->link_target.empty();
  }

  bool has_folder(std::string_view path) const override {
    const auto below = std::string(path) + "/";
    const auto at = first_from(below);
    return at != tree_.entries().end() && at->path.starts_with(below);
  }

  std::optional<std::string> text_of(std::string_view path) const override {
    const TreeEntry* entry = tree_.find(path);
    if (entry == nullptr || !entry->link_target.empty() || entry->size > largest_text) return std::nullopt;
    auto text = blobs_.get(entry->digest);
    return text ? std::optional(*std::move(text)) : std::nullopt;
  }

  std::optional<std::string> begin_of(std::string_view path) const override {
    const TreeEntry* entry = tree_.find(path);
    if (entry == nullptr || !entry->link_target.empty()) return std::nullopt;
    auto text = blobs_.get(entry->digest);
    return text ? std::optional(begin_of_text(*std::move(text))) : std::nullopt;
  }

 private:
  std::vector<TreeEntry>::const_iterator first_from(const std::string& path) const {
    return std::ranges::lower_bound(tree_.entries(), path, {}, &TreeEntry::path);
  }

  const BlobStore& blobs_;
  Tree tree_;
};

class MemoryView final : public FileView {
 public:
  explicit MemoryView(FilesByPath files) : files_(std::move(files)) {}

  std::vector<Name> names_in(std::string_view folder) const override {
    const std::string below = folder.empty() ? "" : std::string(folder) + "/";
    std::vector<Name> names;
    for (auto at = files_.lower_bound(below); at != files_.end() && at->first.starts_with(below);) {
      names.push_back(name_below(at->first, below));
      at = names.back().folder ? files_.lower_bound(past(below, names.back())) : std::next(at);
    }
    std::ranges::sort(names, {}, &Name::name);
    return names;
  }

  bool has_file(std::string_view path) const override { return files_.contains(path); }

  bool has_folder(std::string_view path) const override {
    const auto below = std::string(path) + "/";
    const auto at = files_.lower_bound(below);
    return at != files_.end() && at->first.starts_with(below);
  }

  std::optional<std::string> text_of(std::string_view path) const override {
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : found->second;
  }

  std::optional<std::string> begin_of(std::string_view path) const override {
    auto text = text_of(path);
    return text ? std::optional(begin_of_text(*std::move(text))) : std::nullopt;
  }

 private:
  FilesByPath files_;
};

}  // namespace

std::shared_ptr<const FileView> view_of_folder(fs::path folder) {
  return std::make_shared<DiskView>(std::move(folder));
}

std::shared_ptr<const FileView> view_of_tree(const BlobStore& blobs, Tree tree) {
  return std::make_shared<TreeView>(blobs, std::move(tree));
}

std::shared_ptr<const FileView> view_of_files(FilesByPath files) {
  return std::make_shared<MemoryView>(std::move(files));
}

}  // namespace assay
