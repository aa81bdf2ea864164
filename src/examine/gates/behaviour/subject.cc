#include "examine/gates/behaviour/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace assay::behaviour {

namespace {

using python::NodeId;
using python::Root;

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::optional<Root> root_of(const python::Reach& reach, NodeId node, When when) {
  if (when == When::later) return std::nullopt;
  if (when == When::import) return Root::import;
  if (when == When::main) return Root::main;
  for (const Root root : {Root::command, Root::build_hook, Root::import, Root::main}) {
    if (reach.runs(node, root)) return root;
  }
  return std::nullopt;
}

}  // namespace

bool Subject::runs_at_setup() const {
  const auto name = name_of(file.path);
  const bool part_of_another = file.role == PathRole::vendored;  // whose set-up nobody runs
  return (name == "setup.py" && !part_of_another) || name == "hatch_build.py" ||
         (file.role == PathRole::build && name.ends_with(".py") && !file.path.starts_with('.'));
}

const python::Reach& PythonBehaviour::reach() const {
  if (!reach_) reach_.emplace(module);
  return *reach_;
}

const Flow& PythonBehaviour::flow() const {
  if (!flow_) flow_.emplace(module, reach(), named_);
  return *flow_;
}

Origins PythonBehaviour::named_in_texts() const {
  if (named_in_texts_) return *named_in_texts_;
  Origins all = 0;
  const auto& syntax = module.syntax();
  for (NodeId id = 1; id < syntax.nodes().size(); ++id) all |= origins_of_literal(syntax, id);
  named_in_texts_ = all;
  return all;
}

const PythonBehaviour& Subject::python() const {
  if (python_ == nullptr) python_ = std::make_unique<PythonBehaviour>(file.python());
  return *python_;
}

When Subject::when(NodeId node) const {
  const auto& reach = python().reach();
  const bool import = reach.runs(node, Root::import);
  const bool main = reach.runs(node, Root::main);
  if (reach.runs(node, Root::command) || reach.runs(node, Root::build_hook)) return When::setup;
  if (runs_at_setup() && (import || main)) return When::setup;
  if (import) return When::import;
  return main ? When::main : When::later;
}

std::string Subject::when_in_words(NodeId node) const {
  const When moment = when(node);
  std::string words = moment == When::setup    ? "when the package is built or installed"
                      : moment == When::import ? "when the module is imported"
                      : moment == When::main   ? "when it is run as a program"
                                               : "when it is called";
  const auto root = root_of(python().reach(), node, moment);
  if (!root) return words;
  auto way = python().reach().way(node, *root);
  if (way.empty()) return words;
  constexpr std::size_t most = 4;
  if (way.size() > most) {
    way.erase(way.begin() + 2, way.end() - 1);
    way.insert(way.begin() + 2, "…");
  }
  return words + fmt::format(" (through {})", join(way, " > "));
}

Finding Subject::finding(const Rule& rule, NodeId node, std::string message) const {
  const auto& syntax = python().module.syntax();
  const auto [begin, end] = std::pair(syntax[node].begin, syntax[node].end);
  return finding_at(rule.about, file, begin, end, std::move(message));
}

bool all_hit(const Rule& rule, std::span<const Hit> hits) {
  for (std::size_t i = 0; i < rule.patterns.size(); ++i) {
    if (std::ranges::find(hits, i, &Hit::pattern) == hits.end()) return false;
  }
  return true;
}

}  // namespace assay::behaviour
