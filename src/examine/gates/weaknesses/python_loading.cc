#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/code_origin.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;

NodeId followed(const SyntaxMatch& match, NodeId id) {
  const NodeId value = id == no_node ? no_node : match.module().value_of(id);
  return value == no_node ? id : value;
}

// Does a statement that always runs before the node, in its function, write a pickle to what `name`
// names? One in another branch does not count.
bool is_dumped_before(const SyntaxMatch& match, std::string_view name) {
  const auto& module = match.module();
  const auto& syntax = match.syntax();
  if (name.empty()) return false;
  NodeId below = match.node;
  for (NodeId above = module.parent(below); above != no_node; below = above, above = module.parent(above)) {
    if (syntax.is(above, NodeKind::function_def)) return false;
    if (!syntax.is(above, NodeKind::suite)) continue;
    for (const NodeId statement : syntax.children(above)) {
      if (statement == below) break;
      if (!syntax.is(statement, NodeKind::expression) && !syntax.is(statement, NodeKind::with)) continue;
      const auto text = syntax.text(statement);
      if (!text.contains("dump(")) continue;
      const auto at = text.find(name);
      const bool alone = at != std::string_view::npos && at > 0 && std::string_view("( ,").contains(text[at - 1]);
      if (alone) return true;
    }
  }
  return false;
}

// Is an attribute only ever given what was pickled, or None: `self.kept = dumps(x)`?
bool is_dumped_only(const SyntaxMatch& match, NodeId data) {
  if (!match.follows_data || !match.syntax().is(data, NodeKind::attribute)) return false;
  const std::string target = std::string(match.syntax().text(data)) + " = ";
  if (!target.starts_with("self.")) return false;
  const auto text = match.file.bytes;
  bool any = false;
  for (auto at = text.find(target); at != std::string_view::npos; at = text.find(target, at + 1)) {
    const auto value = text.substr(at + target.size(), text.find('\n', at) - at - target.size());
    if (!value.contains("dumps(") && trim(value) != "None") return false;
    any = any || value.contains("dumps(");
  }
  return any;
}

// Where its own program had it from, as far as the module tells: "" where it may be anyone's.
std::string_view own_source(const SyntaxMatch& match, NodeId given, NodeId data) {
  const auto& module = match.module();
  const auto& syntax = match.syntax();
  const auto from = module.qualified(data);
  if (from.ends_with(".dumps()") || is_dumped_only(match, given)) return "What was pickled here is unpickled";
  if (from.starts_with("os.fdopen()") || from.ends_with(".recv_bytes()")) {
    return "What another process of the same program sent is unpickled";
  }
  const NodeId function = module.scope_of(match.node);
  if (syntax.is(function, NodeKind::function_def) && syntax.text(function).contains("os.pipe()")) {
    return "What another process of the same program sent is unpickled";
  }
  const bool taken = from.ends_with(".get()") || from.ends_with(".get_nowait()");
  if (taken && from.starts_with("multiprocessing.")) {
    return "What another process of the same program sent is unpickled";
  }
  const bool opened = from == "open()" || from == "io.open()";
  if (from.starts_with("importlib.resources.") || from.starts_with("pkgutil.get_data") ||
      (opened && is_made_here(module, data))) {
    return "A pickle that the package brings along is loaded";
  }
  const NodeId path = opened ? module.argument(data, "file", 0) : given;
  if (path == no_node) return "";
  if (is_dumped_before(match, syntax.text(path))) return "What was written a moment before is loaded";
  if (module.qualified(path).starts_with("tempfile.")) return "A temporary file of its own is loaded";
  return "";
}

// Functions that look at a function and do not call it, and what only wraps it for a use that is seen.
constexpr std::array lookers = std::to_array<std::string_view>(
    {"getsource", "hasattr", "id", "isinstance", "print", "repr", "signature", "update_wrapper", "wraps"});

}  // namespace

bool is_handed_on(const SyntaxMatch& match) { return !match.syntax().is(match.node, NodeKind::call); }

bool check_handed_on(const SyntaxMatch& match, Judgement& judgement) {
  const auto& module = match.module();
  const auto& syntax = match.syntax();
  NodeId place = module.parent(match.node);
  if (syntax.is(place, NodeKind::keyword)) place = module.parent(place);
  if (syntax.text(place).contains("dumps(")) judgement.severity = Severity::low;  // __reduce__
  switch (syntax.kind(place)) {
    case NodeKind::arguments: {
      const NodeId call = module.parent(place);
      if (!syntax.is(call, NodeKind::call)) return false;
      const auto called = module.callee(call);
      if (std::ranges::find(lookers, last_part(called)) != lookers.end()) return false;
      const NodeId given = syntax[match.node].next_sibling;
      if (given == no_node) return true;
      if (const auto source = own_source(match, given, followed(match, given)); !source.empty()) {
        judgement.severity = Severity::low;
        judgement.message = source;
      }
      return true;
    }
    case NodeKind::assign:  // calls of a name are followed
      if (syntax.is(syntax.child(place), NodeKind::name)) return false;
      [[fallthrough]];
    case NodeKind::tuple:
    case NodeKind::list:
    case NodeKind::dict_item:
    case NodeKind::parameter:
    case NodeKind::return_: judgement.confidence = Confidence::low; return true;
    default: return false;
  }
}

bool check_pickle_load(const SyntaxMatch& match, Judgement& judgement) {
  if (is_handed_on(match)) return check_handed_on(match, judgement);
  const NodeId given = match.module().argument(match.node, "", 0);
  if (given == no_node) return true;
  if (const auto source = own_source(match, given, followed(match, given)); !source.empty()) {
    judgement.severity = Severity::low;
    judgement.message = source;
  }
  return true;
}

bool check_marshal_load(const SyntaxMatch& match, Judgement& judgement) {
  if (is_handed_on(match)) return check_handed_on(match, judgement);
  check_pickle_load(match, judgement);
  if (judgement.severity <= Severity::low) return true;
  const auto& syntax = match.syntax();
  const NodeId given = match.module().argument(match.node, "", 0);
  const NodeId function = match.module().scope_of(match.node);
  const auto from = given == no_node ? std::string() : match.module().qualified(followed(match, given));
  if (from.ends_with("popen()") || from.starts_with("subprocess.")) {
    judgement.confidence = Confidence::low;
    judgement.message = "What another program printed is unmarshalled";
  } else if (syntax.is(function, NodeKind::function_def) && lower(syntax.text(function).substr(0, 8 << 10)).contains("pyc")) {
    judgement.confidence = Confidence::low;
    judgement.message = "Bytecode is read, as an import does";
  }
  return true;
}

bool check_urlopen(const SyntaxMatch& match, Judgement& judgement) {
  const auto& module = match.module();
  NodeId url = followed(match, module.argument(match.node, "url", 0));
  if (url == no_node) {
    judgement.severity = Severity::low;
    return true;
  }
  if (match.syntax().is(url, NodeKind::call) && module.qualified(url).ends_with(".Request()")) {
    if (module.callee(match.node).starts_with("urllib.request.")) {
      url = followed(match, module.argument(url, "url", 0));
    }
    if (url == no_node) return true;
  }
  const auto built = built_text(module, url);
  const std::string text = lower(std::string_view(built.text).substr(0, 16));
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    // The host must be known too, or it is the data that choose it.
    return text.size() > scheme.size() && text[scheme.size()] == BuiltText::hole;
  }
  if (built.constant()) judgement.message = "A local or unusual URL is opened";
  return true;
}

namespace {

// What stands in the function before the node, as far back as is looked.
std::string_view before_in_function(const SyntaxMatch& match) {
  const auto& syntax = match.syntax();
  const NodeId function = match.module().scope_of(match.node);
  if (!syntax.is(function, NodeKind::function_def)) return "";
  constexpr std::size_t window = 8 << 10;
  const auto text = syntax.text(function).substr(0, syntax[match.node].begin - syntax[function].begin);
  return text.substr(text.size() < window ? 0 : text.size() - window);
}

// Were the members' places compared with the folder before: each of them looked at, and a way out?
bool members_are_checked(std::string_view before) {
  const bool each = before.contains(".getmembers(") || before.contains(".getnames(") || before.contains(".namelist(");
  const bool compared = before.contains("commonpath") || before.contains("commonprefix") ||
                        before.contains("startswith") || before.contains("is_relative_to") ||
                        before.contains("\"..\"") || before.contains("'..'");
  return each && compared && before.contains("raise ");
}

bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Is a SHA-256 written in the module, as where what is fetched is fixed?
bool has_fixed_hash(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_hexadecimal(c)) {
      ++digits;
    } else if (digits == 64 && (c == '"' || c == '\'')) {
      return true;
    } else {
      digits = 0;
    }
  }
  return false;
}

}  // namespace

bool check_archive_extraction(const SyntaxMatch& match, Judgement& judgement) {
  const auto& module = match.module();
  const auto callee = module.callee(match.node);
  const bool known_tar = callee.starts_with("tarfile.");
  const bool unpack = callee == "shutil.unpack_archive";
  const bool zip = callee.starts_with("zipfile.") ||
                   (!known_tar && !unpack && !match.file.bytes.contains("tarfile"));
  if (const NodeId filter = module.argument(match.node, "filter", unpack ? 3 : -1); filter != no_node) {
    const auto name = module.text_of(filter);
    if (name && (*name == "data" || *name == "tar")) return false;
    if (!name) {
      if (module.qualified(filter).ends_with("data_filter") || module.qualified(filter).ends_with("tar_filter")) return false;
      judgement.severity = Severity::low;
    }
    return true;
  }
  if (zip) {
    judgement.severity = Severity::low;
    judgement.confidence = Confidence::low;
    judgement.message = "Archive unpacked; zipfile keeps its members below the folder";
    return callee.starts_with("zipfile.") || match.file.bytes.contains("zipfile");
  }
  if (unpack) {
    const auto name = built_text(module, module.argument(match.node, "filename", 0)).text;
    if (name.ends_with(".zip")) judgement.severity = Severity::low;
    return true;
  }
  if (const NodeId members = module.argument(match.node, "members", callee.ends_with(".extractall") ? 1 : -1);
      members != no_node) {
    judgement.severity = Severity::low;
    judgement.message = "Chosen members of an archive are unpacked";
  } else if (members_are_checked(before_in_function(match))) {
    judgement.confidence = Confidence::low;
    judgement.message = "An archive is unpacked after a look at its members";
  } else if (has_fixed_hash(match.file.bytes.substr(0, 32 << 10))) {
    judgement.confidence = Confidence::low;
    judgement.message = "An archive is unpacked, in a module that fixes a hash";
  } else if (callee.ends_with(".extract")) {
    judgement.confidence = Confidence::low;
  }
  return true;
}

bool check_model_revision(const SyntaxMatch& match, Judgement& judgement) {
  const auto& module = match.module();
  const auto callee = module.callee(match.node);
  if (callee.ends_with(".from_pretrained")) {
    constexpr std::array makers = std::to_array<std::string_view>(
        {"transformers", "diffusers", "sentence_transformers", "peft", "huggingface_hub", "timm", "optimum"});
    const bool imported = std::ranges::any_of(
        makers, [&](std::string_view maker) { return match.file.bytes.contains(maker); });
    if (!imported) return false;
  }
  NodeId name = module.argument(match.node, "repo_id", 0);
  if (name == no_node) name = module.argument(match.node, "path", 0);
  const auto text = name == no_node ? std::nullopt : module.text_of(name);
  if (text && (text->starts_with('.') || text->starts_with('/') || text->starts_with('~'))) return false;
  if (!text) judgement.confidence = Confidence::low;
  const NodeId revision = module.argument(match.node, "revision", -1);
  if (revision == no_node) return true;
  const auto commit = module.text_of(revision);
  if (!commit) {
    judgement.confidence = Confidence::low;
    return true;
  }
  const bool hash = commit->size() >= 7 && commit->find_first_not_of("0123456789abcdef") == std::string::npos;
  return !hash;
}

bool check_python2_input(const SyntaxMatch& match, Judgement& /*judgement*/) {
  return std::ranges::any_of(match.syntax().problems(), &python::SyntaxProblem::python2);
}

}  // namespace assay
