#include "examine/reach/outside_paths.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;

constexpr int deepest = 8;  // expressions and names followed to where a path begins

struct FileCall {
  std::string_view name;
  enum class Does { reads, writes, as_its_mode_says } does;
  int path = 0;  // the argument's place; -1: what the method is called on
};
using enum FileCall::Does;

constexpr std::array file_calls = std::to_array<FileCall>({
    {"open", as_its_mode_says},          {"io.open", as_its_mode_says},
    {"codecs.open", as_its_mode_says},   {"gzip.open", as_its_mode_says},
    {"os.open", as_its_mode_says},       {"os.listdir", reads},
    {"os.scandir", reads},               {"os.walk", reads},
    {"glob.glob", reads},                {"glob.iglob", reads},
    {"os.remove", writes},               {"os.unlink", writes},
    {"os.rmdir", writes},                {"os.removedirs", writes},
    {"os.mkdir", writes},                {"os.makedirs", writes},
    {"os.chmod", writes},                {"os.chown", writes},
    {"os.symlink", writes, 1},           {"os.rename", writes, 1},
    {"os.replace", writes, 1},           {"shutil.rmtree", writes},
    {"shutil.copy", writes, 1},          {"shutil.copy2", writes, 1},
    {"shutil.copyfile", writes, 1},      {"shutil.copytree", writes, 1},
    {"shutil.move", writes, 1},          {"shutil.chown", writes},
    {"open", as_its_mode_says, -1},      {"read_text", reads, -1},
    {"read_bytes", reads, -1},           {"iterdir", reads, -1},
    {"write_text", writes, -1},          {"write_bytes", writes, -1},
    {"unlink", writes, -1},              {"mkdir", writes, -1},
    {"touch", writes, -1},               {"rmdir", writes, -1},
});

// Functions whose result lies outside, and those that hand their first argument's place on.
constexpr std::array places = std::to_array<std::string_view>(
    {"os.path.expanduser", "os.path.expandvars", "pathlib.Path.home", "pathlib.Path().expanduser",
     "tempfile.gettempdir", "tempfile.mkdtemp", "os.getenv", "os.environ.get", "os.environ.pop",
     "site.getusersitepackages", "site.getuserbase"});
constexpr std::array passing = std::to_array<std::string_view>(
    {"os.path.join", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath", "str",
     "os.path.dirname", "pathlib.Path", "pathlib.PurePath", "posixpath.join", "os.path.expanduser"});
// The machine's own sinks and sources, which keep nothing and tell nothing.
constexpr std::array harmless = std::to_array<std::string_view>(
    {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/dev/tty", "/"});

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// Where a path begins, if that is outside: "/etc/passwd", "os.path.expanduser()". "" if not, or if
// nothing tells.
std::string outside_beginning(const Module& module, NodeId id, int depth = 0) {
  const auto& syntax = module.syntax();
  if (id == no_node || depth > deepest) return "";
  switch (syntax.kind(id)) {
    case NodeKind::string:
    case NodeKind::concatenated: {
      const auto text = module.partial_text_of(id).text;
      const bool outside = text.starts_with('/') || text.starts_with("~") ||
                           (text.size() > 2 && text[1] == ':' && text[2] == '\\');
      return outside && !among(harmless, std::string_view(text)) ? shortened(printable(text), 60) : "";
    }
    case NodeKind::fstring: {
      const NodeId first = syntax.child(id);
      if (first == no_node) return "";
      if (syntax.is(first, NodeKind::replacement)) {
        return outside_beginning(module, syntax.child(first), depth + 1);
      }
      const auto text = python::literal_value(syntax, first);
      return text.starts_with('/') || text.starts_with('~') ? shortened(printable(text), 60) : "";
    }
    case NodeKind::bin_op:
    case NodeKind::bool_op: return outside_beginning(module, syntax.child(id), depth + 1);
    case NodeKind::subscript:
      return module.qualified(syntax.child(id)) == "os.environ" ? "os.environ[]" : "";
    case NodeKind::name:
    case NodeKind::attribute: return outside_beginning(module, module.value_of(id), depth + 1);
    case NodeKind::call: {
      const auto callee = module.callee(id);
      if (among(places, callee)) return callee + "()";
      if (among(passing, callee)) {
        return outside_beginning(module, module.argument(id, "", 0), depth + 1);
      }
      const NodeId method = syntax.child(id);
      const bool of_path = callee.starts_with("pathlib.Path") && syntax.is(method, NodeKind::attribute);
      return of_path ? outside_beginning(module, syntax.child(method), depth + 1) : "";
    }
    default: return "";
  }
}

bool writes_by_mode(const Module& module, NodeId call, int place) {
  const NodeId mode = module.argument(call, "mode", place);
  const auto text = mode == no_node ? std::nullopt : module.text_of(mode);
  return text && text->find_first_of("wax+") != std::string::npos;
}

}  // namespace

std::optional<OutsideAccess> outside_access(const Module& module, NodeId call,
                                            const std::string& callee) {
  const auto& syntax = module.syntax();
  const NodeId function = syntax.child(call);
  const bool is_method = syntax.is(function, NodeKind::attribute);
  const auto last = is_method ? syntax.text(syntax.child(function, 1)) : std::string_view();
  for (const auto& known : file_calls) {
    const bool of_value = known.path < 0;
    if (of_value ? !is_method || last != known.name : callee != known.name) continue;
    const NodeId path = of_value ? syntax.child(function) : module.argument(call, "", known.path);
    const auto beginning = outside_beginning(module, path);
    if (beginning.empty()) continue;
    const bool writes = known.does == FileCall::Does::writes ||
                        (known.does == FileCall::Does::as_its_mode_says &&
                         writes_by_mode(module, call, of_value ? 0 : 1));
    return OutsideAccess{writes ? Capability::writes_outside : Capability::reads_outside,
                         std::string(known.name) + "(" + beginning + ")"};
  }
  return std::nullopt;
}

}  // namespace assay
