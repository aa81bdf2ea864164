#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/blob_store.h"

namespace assay {

// A file of a tree. Paths are relative, with "/", sorted, unique, safe to unpack.
struct TreeEntry {
  std::string path;
  Digest digest;  // of a link: of its target text
  std::uint64_t size = 0;
  bool executable = false;
  std::string link_target;  // a link within the tree; "" for a file
  auto operator<=>(const TreeEntry&) const = default;
};

// A folder's content, by digest. Its own digest is that of its text form, which is a blob.
class Tree {
 public:
  Tree() = default;
  explicit Tree(std::vector<TreeEntry> entries);  // sorts them, and trusts them for the rest

  const std::vector<TreeEntry>& entries() const { return entries_; }
  const TreeEntry* find(std::string_view path) const;
  std::string text() const;  // one line an entry; what the digest is taken of
  // invalid_input unless every entry is as it should be, and the text the only one of this tree.
  static Result<Tree> parse(std::string_view text);

 private:
  std::vector<TreeEntry> entries_;
};

// invalid_input for entries that parse() would refuse.
Result<Digest> put_tree(BlobStore& store, const Tree& tree);
Result<Tree> get_tree(const BlobStore& store, const Digest& digest);
// Every file below `folder` becomes a blob. Links that leave the folder, devices and the like are
// invalid_input.
Result<Tree> import_tree(BlobStore& store, const std::filesystem::path& folder);
// Writes the tree into an empty folder as copies that may be changed without harm to the store.
Result<> export_tree(const BlobStore& store, const Tree& tree, const std::filesystem::path& folder);

}  // namespace assay
