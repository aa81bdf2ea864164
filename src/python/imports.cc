#include "python/imports.h"

#include <algorithm>

#include "python/syntax.h"

namespace assay {

namespace {

using python::NodeId;
using python::NodeKind;
using python::Syntax;

// "a.b" of `a . b`.
std::string dotted(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\\' && c != '\r' && c != '\n') name += c;
  }
  return name;
}

class ImportReader {
 public:
  explicit ImportReader(const Syntax& syntax) : syntax_(syntax) {}

  std::vector<Import> all() {
    for (NodeId id = 0; id < syntax_.nodes().size(); ++id) {  // statements lie in order
      if (syntax_.is(id, NodeKind::import)) read_import(id);
      if (syntax_.is(id, NodeKind::import_from)) read_from(id);
    }
    return std::move(imports_);
  }

 private:
  void read_import(NodeId id) {
    for (const NodeId alias : syntax_.children(id)) {
      imports_.push_back({name_of(alias), 0, {}, line_of(syntax_[alias].begin)});
    }
  }

  void read_from(NodeId id) {
    Import import;
    import.level = syntax_[id].detail;
    import.line = line_of(syntax_[id].begin);
    for (const NodeId child : syntax_.children(id)) {
      if (syntax_.is(child, NodeKind::dotted_name)) {
        import.module = dotted(syntax_.text(child));
      } else {
        import.names.push_back(name_of(child));
      }
    }
    imports_.push_back(std::move(import));
  }

  std::string name_of(NodeId alias) const { return dotted(syntax_.text(syntax_.child(alias))); }

  std::uint32_t line_of(std::uint32_t offset) {
    const auto source = syntax_.source();
    line_ += static_cast<std::uint32_t>(
        std::count(source.begin() + counted_, source.begin() + offset, '\n'));
    counted_ = offset;
    return line_;
  }

  const Syntax& syntax_;
  std::uint32_t line_ = 1;
  std::uint32_t counted_ = 0;
  std::vector<Import> imports_;
};

}  // namespace

std::vector<Import> imports_of(std::string_view source) {
  const Syntax syntax = python::parse(source);
  return ImportReader(syntax).all();
}

std::vector<std::string> modules_of(const Import& import, std::string_view importer,
                                    bool is_package) {
  std::string base = import.module;
  if (import.level > 0) {
    std::string_view package = importer;
    for (unsigned i = is_package ? 1 : 0; i < import.level; ++i) {
      const auto dot = package.rfind('.');
      package = dot == package.npos ? std::string_view() : package.substr(0, dot);
    }
    base = std::string(package);
    if (!base.empty() && !import.module.empty()) base += '.';
    base += import.module;
  }
  std::vector<std::string> modules;
  constexpr std::size_t longest = 1024;  // of a module's name, which is a path's
  if (base.size() > longest) return modules;
  if (!base.empty()) modules.push_back(base);
  for (const auto& name : import.names) {
    modules.push_back(base.empty() ? name : base + "." + name);
  }
  return modules;
}

}  // namespace assay
