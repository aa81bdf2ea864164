#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "examine/reach/file_reach.h"
#include "package/record.h"

namespace assay {

// Which code of a package leads to which, from one file to another, and how it is reached from
// outside: by its commands, when it is imported or built, by what it offers to others. Calls are
// followed by name: through imports of its own modules and what these hand on, methods of self and
// of base classes, and methods of unknown values that one class alone defines. What is reached "may
// run"; no branch is judged.
class PackageGraph {
 public:
  // `paths` are all files of the package: which folders are packages decides what modules are called.
  PackageGraph(std::vector<FileReach> files, const std::vector<std::string>& paths,
               const std::vector<EntryPoint>& entry_points);

  const std::vector<FileReach>& files() const { return files_; }
  // Outermost first; empty if no way is known.
  std::vector<std::string> chain(std::size_t file, const Unit& unit) const;
  // How it is reached when the file or another is imported or built; empty if it is not.
  std::vector<std::string> chain_at_import(std::size_t file, const Unit& unit) const;

 private:
  using NodeIndex = std::uint32_t;
  static constexpr NodeIndex none = ~NodeIndex{0};
  struct Node {
    std::uint32_t file = 0;
    const Unit* unit = nullptr;
  };
  struct Way {  // of one search: where each node was reached from
    std::vector<NodeIndex> from;
    std::vector<std::string> root;  // of those where it began
  };

  void name_modules(const std::vector<std::string>& paths);
  void add_nodes();
  void add_edges();
  NodeIndex find(std::uint32_t file, std::string_view unit) const;
  void resolve(std::uint32_t file, const Unit& from, std::string_view to, std::vector<NodeIndex>& found) const;
  void resolve_dotted(std::string_view dotted, int depth, std::vector<NodeIndex>& found) const;
  void resolve_local(std::uint32_t file, std::string_view name, int depth, std::vector<NodeIndex>& found) const;
  bool resolve_method(std::uint32_t file, std::string_view owner, std::string_view method, int depth,
                      std::vector<NodeIndex>& found) const;
  const FileReach::Class* class_named(std::uint32_t file, std::string_view name) const;
  std::string absolute(std::uint32_t file, std::string_view relative) const;
  using Edges = std::vector<std::vector<NodeIndex>>;
  void search(const std::vector<std::pair<NodeIndex, std::string>>& roots, const Edges& edges, Way& way) const;
  bool is_public(NodeIndex node) const;
  std::string root_of_import(std::uint32_t file) const;
  std::vector<std::string> chain_by(const Way& way, std::size_t file, const Unit& unit) const;

  std::vector<FileReach> files_;
  std::vector<std::string> modules_;  // each file's, dotted
  std::unordered_map<std::string, std::uint32_t> by_module_;
  std::vector<Node> nodes_;
  std::vector<std::unordered_map<std::string_view, NodeIndex>> by_unit_;  // of each file
  std::vector<std::unordered_map<std::string_view, const FileReach::Class*>> classes_;  // the same
  std::unordered_map<std::string_view, NodeIndex> by_method_;  // `none` where several classes have it
  Edges calls_;  // what is called for certain, if it is reached
  Edges edges_;  // also what is handed over, and what is defined within
  Way any_;
  Way import_;
};

}  // namespace assay
