#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"
#include "store/tree.h"

namespace assay {

// How a source tree and an installed wheel are laid out so that tests see the wheel and nothing
// else. What the wheel installs is taken out of the tree wherever an import could find it: at the
// root, in src/, lib/ or the like. Tests that lie inside the package are run where they would be
// installed; of those that the wheel leaves out, copies are put there.
struct TrialLayout {
  Tree source;                          // what is left of the tree
  std::vector<std::string> folders;     // of the tree, that must be there even if nothing is left
  std::vector<TreeEntry> beside;        // test files for site-packages, by their path in it
  std::vector<std::string> in_source;   // paths for pytest, below the tree
  std::vector<std::string> in_package;  // paths for pytest, below site-packages
};

// `installed` are the files of the wheel below site-packages; `paths` the plan's.
TrialLayout lay_out(const Tree& tree, const std::vector<std::string>& installed,
                    const std::vector<std::string>& paths);

// Writes it: the tree to `source`, which is empty, the test files into `site_packages`.
// invalid_input if a file has no place there.
Result<> write_layout(const Store& store, const TrialLayout& layout,
                      const std::filesystem::path& source,
                      const std::filesystem::path& site_packages);

}  // namespace assay
