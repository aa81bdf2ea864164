#include "store/tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "io/files.h"
#include "io/link_check.h"

namespace assay {

namespace {

constexpr std::string_view first_line = "assay tree 1";

// UTF-8 without control characters, for which the text form has no place.
bool is_plain(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](const char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

// Neither absolute nor with a part that is empty, "." or "..".
bool is_safe(std::string_view path) {
  return is_plain(path) && std::ranges::all_of(split(path, '/'), [](std::string_view part) {
           return !part.empty() && part != "." && part != "..";
         });
}

bool is_link(const TreeEntry& entry) { return !entry.link_target.empty(); }

std::unexpected<Error> bad_tree(std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("not a tree: {}", printable(why)));
}

std::unexpected<Error> bad_entry(std::string_view path, std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("{} {}", printable(path), why));
}

// A file can't be the folder of another one, nor a link: who writes there writes elsewhere.
Result<> check_parents(const Tree& tree, const TreeEntry& entry) {
  const std::string_view path = entry.path;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const auto* parent = tree.find(path.substr(0, slash));
    if (parent != nullptr) return bad_entry(path, "lies below what is no folder");
  }
  return {};
}

// What a Tree made of anybody's entries must be before it is written anywhere.
Result<> check(const Tree& tree) {
  Links links;
  const TreeEntry* before = nullptr;
  for (const auto& entry : tree.entries()) {
    if (!is_safe(entry.path)) return bad_entry(entry.path, "is no path for a tree");
    if (before != nullptr && before->path == entry.path) {
      return bad_entry(entry.path, "is there twice");
    }
    before = &entry;
    ASSAY_CHECK(check_parents(tree, entry));
    if (!is_link(entry)) continue;
    if (!is_plain(entry.link_target) || entry.digest != sha256(entry.link_target) ||
        entry.size != entry.link_target.size()) {
      return bad_entry(entry.path, "is no link for a tree");
    }
    links.emplace(entry.path, entry.link_target);
  }
  if (const auto leaving = link_that_leaves(links)) {
    return bad_entry(*leaving, "is a link out of the tree");
  }
  return {};
}

// <f|x|l> <digest> <size> <path>[\t<link target>]
Result<TreeEntry> parse_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == line.npos ? line.npos : line.find(' ', first + 1);
  const auto third = second == line.npos ? line.npos : line.find(' ', second + 1);
  if (third == line.npos) return bad_tree(line);
  const auto kind = line.substr(0, first);
  const auto size = line.substr(second + 1, third - second - 1);
  auto path = line.substr(third + 1);
  TreeEntry entry;
  ASSAY_TRY(entry.digest, Digest::parse(line.substr(first + 1, second - first - 1)));
  if (std::from_chars(size.data(), size.data() + size.size(), entry.size).ec != std::errc()) {
    return bad_tree(line);
  }
  if (kind == "l") {
    const auto tab = path.find('\t');
    if (tab == path.npos || tab + 1 == path.size()) return bad_tree(line);
    entry.link_target = path.substr(tab + 1);
    path = path.substr(0, tab);
  } else if (kind != "f" && kind != "x") {
    return bad_tree(line);
  }
  entry.executable = kind == "x";
  entry.path = path;
  return entry;
}

Result<TreeEntry> import_entry(BlobStore& store, const fs::path& file, const fs::path& folder) {
  TreeEntry entry;
  entry.path = file.lexically_relative(folder).generic_string();
  struct stat status{};
  if (lstat(file.c_str(), &status) != 0) return path_error("could not read", file);
  if (S_ISLNK(status.st_mode)) {
    std::error_code error;
    entry.link_target = fs::read_symlink(file, error).string();
    if (error) return path_error("could not read", file, error.value());
    entry.digest = sha256(entry.link_target);
    entry.size = entry.link_target.size();
    return entry;
  }
  if (!S_ISREG(status.st_mode)) return bad_entry(entry.path, "is neither a file nor a link");
  ASSAY_TRY(const auto blob, store.put_file(file, false));
  entry.digest = blob.digest;
  entry.size = blob.size;
  entry.executable = (status.st_mode & S_IXUSR) != 0;
  return entry;
}

Result<> export_entry(const BlobStore& store, const TreeEntry& entry, const fs::path& folder) {
  const fs::path path = folder / entry.path;
  ASSAY_CHECK(make_directories(path.parent_path()));
  if (is_link(entry)) {
    if (symlink(entry.link_target.c_str(), path.c_str()) == 0) return {};
    return path_error("could not make the link", path);
  }
  ASSAY_TRY(const auto bytes, store.get(entry.digest));
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return path_error("could not write", path);
  ASSAY_CHECK(write_all(file, bytes, path));
  if (fchmod(file.get(), entry.executable ? 0755 : 0644) != 0) {
    return path_error("could not write", path);
  }
  return {};
}

}  // namespace

Tree::Tree(std::vector<TreeEntry> entries) : entries_(std::move(entries)) {
  std::ranges::sort(entries_, {}, &TreeEntry::path);
}

const TreeEntry* Tree::find(std::string_view path) const {
  const auto found = std::ranges::lower_bound(
      entries_, path, {}, [](const TreeEntry& entry) { return std::string_view(entry.path); });
  return found != entries_.end() && found->path == path ? &*found : nullptr;
}

std::string Tree::text() const {
  std::string text = fmt::format("{}\n", first_line);
  for (const auto& entry : entries_) {
    const char kind = is_link(entry) ? 'l' : entry.executable ? 'x' : 'f';
    text += fmt::format("{} {} {} {}", kind, entry.digest.hex(), entry.size, entry.path);
    if (is_link(entry)) text += "\t" + entry.link_target;
    text += '\n';
  }
  return text;
}

Result<Tree> Tree::parse(std::string_view text) {
  const auto all = lines(text);
  if (all.empty() || all.front() != first_line) return bad_tree("its first line");
  std::vector<TreeEntry> entries;
  for (std::size_t i = 1; i < all.size(); ++i) {
    ASSAY_TRY(auto entry, parse_line(all[i]));
    entries.push_back(std::move(entry));
  }
  Tree tree(std::move(entries));
  ASSAY_CHECK(context(check(tree), "not a tree"));
  // One tree has one text, or it would have two digests.
  if (tree.text() != text) return bad_tree("its order or its spelling");
  return tree;
}

Result<Digest> put_tree(BlobStore& store, const Tree& tree) {
  ASSAY_CHECK(check(tree));
  ASSAY_TRY(const auto blob, store.put(tree.text()));
  return blob.digest;
}

Result<Tree> get_tree(const BlobStore& store, const Digest& digest) {
  ASSAY_TRY(const auto text, store.get(digest));
  return Tree::parse(text);
}

Result<Tree> import_tree(BlobStore& store, const fs::path& folder) {
  std::vector<TreeEntry> entries;
  std::error_code error;
  for (fs::recursive_directory_iterator found(folder, error), end; !error && found != end;
       found.increment(error)) {
    const auto type = found->symlink_status(error).type();
    if (error) break;
    if (type == fs::file_type::directory) continue;
    ASSAY_TRY(auto entry, import_entry(store, found->path(), folder));
    entries.push_back(std::move(entry));
  }
  if (error) return path_error("could not read", folder, error.value());
  Tree tree(std::move(entries));
  ASSAY_CHECK(check(tree));
  return tree;
}

Result<> export_tree(const BlobStore& store, const Tree& tree, const fs::path& folder) {
  ASSAY_CHECK(check(tree));
  ASSAY_CHECK(make_directories(folder));
  std::error_code error;
  if (!fs::is_empty(folder, error)) {
    if (error) return path_error("could not read", folder, error.value());
    return fail(ErrorKind::invalid_input, folder.string() + " is not empty");
  }
  for (const auto& entry : tree.entries()) ASSAY_CHECK(export_entry(store, entry, folder));
  return {};
}

}  // namespace assay
