#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/store.h"
#include "store/tree.h"

namespace assay {

// The files of a source tree, for whoever reads its settings. Everything in it is the package's:
// a file that can't be read as settings is told, and never an error.
class SourceFiles {
 public:
  static Result<SourceFiles> open(const Store& store, const Digest& tree);

  const Tree& tree() const { return tree_; }
  bool has_file(std::string_view path) const { return tree_.find(path) != nullptr; }
  bool has_folder(std::string_view path) const;  // something lies below it; "" is the root
  // Nothing if it is missing, a broken link, or larger than 4 MiB. Links are followed in the tree.
  std::optional<std::string> read(std::string_view path) const;
  // The first error of the store that a read met: what was read until then is not the whole.
  Result<> fault() const { return *fault_; }

 private:
  SourceFiles(const Store& store, Tree tree) : store_(&store), tree_(std::move(tree)) {}
  const Store* store_;
  Tree tree_;
  std::shared_ptr<Result<>> fault_ = std::make_shared<Result<>>();
};

// `reference` as written in a file of `folder`, as a path of the tree ("" is its root); nothing if
// it is absolute or leaves the tree.
std::optional<std::string> path_within(std::string_view folder, std::string_view reference);
std::string folder_of(std::string_view path);          // "a/b" of "a/b/c", "" of "c"
std::string_view file_name_of(std::string_view path);  // "c" of "a/b/c"
std::vector<std::string_view> path_parts(std::string_view path);
bool is_below(std::string_view path, std::string_view folder);  // or the folder itself; "" is all
bool is_test_module(std::string_view path);       // test_*.py or *_test.py, pytest's own default
bool is_test_folder_name(std::string_view name);  // tests, test, testing

}  // namespace assay
