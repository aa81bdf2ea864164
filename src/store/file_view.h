#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/blob_store.h"
#include "store/tree.h"

namespace assay {

// A project's files looked at by name, wherever they lie: for whoever needs a few small ones of many.
// Paths are relative, with "/"; "" is the folder itself. What can't be read is as if it were not
// there; links are not followed. For any thread.
class FileView {
 public:
  virtual ~FileView() = default;

  struct Name {
    std::string name;  // without its folders
    bool folder = false;
  };
  virtual std::vector<Name> names_in(std::string_view folder) const = 0;  // sorted
  virtual bool has_file(std::string_view path) const = 0;
  virtual bool has_folder(std::string_view path) const = 0;
  // Nothing for what is larger than largest_text.
  virtual std::optional<std::string> text_of(std::string_view path) const = 0;
  // The file's first largest_text bytes.
  virtual std::optional<std::string> begin_of(std::string_view path) const = 0;

  static constexpr std::size_t largest_text = std::size_t{1} << 20;  // bytes
};

std::shared_ptr<const FileView> view_of_folder(std::filesystem::path folder);
// The blobs must outlive it.
std::shared_ptr<const FileView> view_of_tree(const BlobStore& blobs, Tree tree);
// Files and their texts, as far as they are known.
using FilesByPath = std::map<std::string, std::optional<std::string>, std::less<>>;
std::shared_ptr<const FileView> view_of_files(FilesByPath files);

}  // namespace assay
