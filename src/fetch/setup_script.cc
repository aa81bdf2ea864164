#include <algorithm>

#include "base/text.h"
#include "fetch/declared_packages.h"
#include "python/module.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using Search = DeclaredPackages::Search;

constexpr std::size_t longest_word = 200;

bool is_list(NodeKind kind) {
  return kind == NodeKind::list || kind == NodeKind::tuple || kind == NodeKind::set;
}

// Reads what a call of setup() is given; what is no constant makes the whole "computed".
class SetupReader {
 public:
  explicit SetupReader(std::string_view source) : source_(source), module_(source) {}

  SetupScript read() {
    script_.imports = imports_of(source_);
    const auto& nodes = module_.syntax().nodes();
    for (NodeId id = 0; id < nodes.size(); ++id) {
      if (nodes[id].kind == NodeKind::call) see_call(id);
    }
    for (NodeId id = 0; id < nodes.size(); ++id) {
      if (nodes[id].kind == NodeKind::string && !is_in_search(nodes[id].begin)) see_word(id);
    }
    return std::move(script_);
  }

 private:
  static bool is_named(std::string_view callee, std::string_view name) {
    return callee == name || (callee.ends_with(name) && callee[callee.size() - name.size() - 1] == '.');
  }

  void see_call(NodeId call) {
    const auto callee = module_.callee(call);
    if (is_named(callee, "find_packages") || is_named(callee, "find_namespace_packages")) {
      const auto& node = module_.syntax()[call];
      searches_.emplace_back(node.begin, node.end);
    }
    if (is_named(callee, "setup") || is_named(callee, "?setup")) read_setup(call);
  }

  void read_setup(NodeId call) {
    auto& packages = script_.packages;
    read_folders(module_.argument(call, "package_dir", -1));
    read_packages(module_.argument(call, "packages", -1));
    if (const auto modules = module_.argument(call, "py_modules", -1); modules != no_node) {
      add_names(modules);
    }
    for (const char* key : {"scripts", "data_files"}) {
      for (const auto& word : words_below(module_.argument(call, key, -1))) {
        if (auto path = folder_of_pattern(word); !path.empty()) packages.beside.push_back(std::move(path));
      }
    }
  }

  NodeId value_of(NodeId node) const {
    if (node == no_node || !module_.syntax().is(node, NodeKind::name)) return node;
    const auto value = module_.value_of(node);
    return value == no_node ? node : value;
  }

  void read_folders(NodeId given) {
    if (given == no_node) return;
    const auto& syntax = module_.syntax();
    const auto node = value_of(given);
    if (!syntax.is(node, NodeKind::dict)) {
      script_.packages.computed = true;
      return;
    }
    for (const auto item : syntax.children(node)) {
      const auto name = syntax.is(item, NodeKind::dict_item) ? module_.text_of(syntax.child(item)) : std::nullopt;
      const auto folder = name ? module_.text_of(syntax.child(item, 1)) : std::nullopt;
      if (folder) {
        script_.packages.folders[*name] = folder_of_pattern(*folder);
      } else {
        script_.packages.computed = true;
      }
    }
  }

  void read_packages(NodeId given) {
    if (given == no_node) return;
    const auto node = value_of(given);
    auto& packages = script_.packages;
    if (!module_.syntax().is(node, NodeKind::call)) return add_names(node);
    const auto callee = module_.callee(node);
    if (is_named(callee, "find_packages")) {
      packages.search = Search::packages;
    } else if (is_named(callee, "find_namespace_packages")) {
      packages.search = Search::namespaces;
    } else {
      packages.computed = true;
      return;
    }
    if (const auto where = module_.argument(node, "where", 0); where != no_node) {
      add_texts(where, packages.where);
    }
    if (const auto exclude = module_.argument(node, "exclude", 1); exclude != no_node) {
      add_texts(exclude, packages.exclude);
    }
    if (const auto include = module_.argument(node, "include", 2); include != no_node) {
      add_texts(include, packages.include);
    }
  }

  void add_names(NodeId given) { add_texts(given, script_.packages.names); }

  void add_texts(NodeId given, std::vector<std::string>& texts) {
    const auto& syntax = module_.syntax();
    const auto node = value_of(given);
    if (!is_list(syntax.kind(node))) return add_text(node, texts);
    for (const auto item : syntax.children(node)) add_text(item, texts);
  }

  void add_text(NodeId node, std::vector<std::string>& texts) {
    auto text = module_.text_of(node);
    if (text) {
      texts.push_back(*std::move(text));
    } else {
      script_.packages.computed = true;
    }
  }

  std::vector<std::string> words_below(NodeId given) const {
    std::vector<std::string> words;
    if (given == no_node) return words;
    const auto& syntax = module_.syntax();
    const auto& around = syntax[value_of(given)];
    for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
      const auto& node = syntax[id];
      if (node.kind == NodeKind::string && node.begin >= around.begin && node.end <= around.end) {
        words.push_back(literal_value(syntax, id));
      }
    }
    return words;
  }

  bool is_in_search(std::uint32_t at) const {
    return std::ranges::any_of(searches_, [&](const auto& one) { return at >= one.first && at < one.second; });
  }

  void see_word(NodeId id) {
    const auto& node = module_.syntax()[id];
    if (node.end - node.begin > longest_word) return;
    auto word = literal_value(module_.syntax(), id);
    if (!word.empty() && word.find_first_of(" \t\r\n") == std::string::npos) script_.words.push_back(std::move(word));
  }

  std::string_view source_;
  Module module_;
  SetupScript script_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> searches_;
};

}  // namespace

SetupScript read_setup_script(std::string_view source) { return SetupReader(source).read(); }

}  // namespace assay
