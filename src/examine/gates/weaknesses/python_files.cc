#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 15> mode_names{{
    {"S_IRWXU", 0700}, {"S_IRUSR", 0400}, {"S_IWUSR", 0200}, {"S_IXUSR", 0100}, {"S_IRWXG", 070},
    {"S_IRGRP", 040},  {"S_IWGRP", 020},  {"S_IXGRP", 010},  {"S_IRWXO", 07},   {"S_IROTH", 04},
    {"S_IWOTH", 02},   {"S_IXOTH", 01},   {"S_ISUID", 04000}, {"S_ISGID", 02000}, {"S_ISVTX", 01000},
}};

// A file's mode as far as it is known: `st.st_mode | S_IWOTH` adds what it names.
std::int64_t known_bits(const Module& module, NodeId id, int depth = 0) {
  const Syntax& syntax = module.syntax();
  if (id == no_node || depth > 8) return 0;
  if (const auto value = module.integer_of(id)) return *value;
  if (syntax.is(id, NodeKind::bin_op)) {
    const auto left = known_bits(module, syntax.child(id), depth + 1);
    const auto right = known_bits(module, syntax.child(id, 1), depth + 1);
    switch (static_cast<Operator>(syntax[id].detail)) {
      case Operator::bit_or: return left | right;
      case Operator::bit_and: return left & right;
      case Operator::add: return left + right;
      default: return 0;
    }
  }
  if (const NodeId value = module.value_of(id)) return known_bits(module, value, depth + 1);
  const auto name = module.qualified(id);
  const auto found = std::ranges::find(mode_names, last_part(name), &decltype(mode_names)::value_type::first);
  return found == mode_names.end() ? 0 : found->second;
}

NodeId mode_argument(const SyntaxMatch& match, std::string_view callee) {
  const Module& module = match.module();
  if (callee == "os.open") return module.argument(match.node, "mode", 2);
  if (callee.starts_with("os.")) return module.argument(match.node, "mode", 1);
  // Path.chmod(mode), sftp.chmod(path, mode)
  const NodeId second = module.argument(match.node, "mode", 1);
  return second != no_node ? second : module.argument(match.node, "mode", 0);
}

// The call that a node is a direct argument of, maybe in a tuple or by keyword; no_node if it is none.
NodeId call_around(const Module& module, NodeId node) {
  const Syntax& syntax = module.syntax();
  NodeId at = module.parent(node);
  for (int i = 0; i < 4 && at != no_node; ++i, at = module.parent(at)) {
    switch (syntax.kind(at)) {
      case NodeKind::call: return at;
      case NodeKind::arguments:
      case NodeKind::keyword:
      case NodeKind::tuple:
      case NodeKind::fstring:
      case NodeKind::concatenated:
      case NodeKind::bin_op: break;
      default: return no_node;
    }
  }
  return no_node;
}

bool is_compared(const Module& module, NodeId node) {
  const Syntax& syntax = module.syntax();
  for (NodeId at = module.parent(node); at != no_node; at = module.parent(at)) {
    if (syntax.is(at, NodeKind::compare) || syntax.is(at, NodeKind::match_value)) return true;
    const bool inner = syntax.is(at, NodeKind::compare_to) || syntax.is(at, NodeKind::tuple) ||
                       syntax.is(at, NodeKind::list) || syntax.is(at, NodeKind::set);
    if (!inner) return false;
  }
  return false;
}

// Is the node itself what a name, a keyword, a parameter or a key is given?
bool is_value(const Module& module, NodeId node) {
  NodeId at = module.parent(node);
  while (module.syntax().is(at, NodeKind::if_exp) || module.syntax().is(at, NodeKind::bool_op)) at = module.parent(at);
  switch (module.syntax().kind(at)) {
    case NodeKind::assign:
    case NodeKind::ann_assign:
    case NodeKind::keyword:
    case NodeKind::default_:
    case NodeKind::dict_item: return true;
    default: return false;
  }
}

template <std::size_t count>
bool any_word(std::string_view name, const std::array<std::string_view, count>& known) {
  return std::ranges::any_of(words_of(name), [&](const std::string& word) {
    return std::ranges::find(known, word) != known.end();
  });
}

}  // namespace

bool check_file_mode(const SyntaxMatch& match, Judgement& judgement) {
  const auto callee = match.module().callee(match.node);
  const auto mode = known_bits(match.module(), mode_argument(match, callee));
  const bool changes = callee.ends_with("chmod");
  if (mode <= 0 || mode > 07777) return false;
  if (!changes) {
    // The umask takes bits from it, and this is what most are called with.
    judgement.severity = Severity::low;
    judgement.confidence = Confidence::low;
    return (mode & 02) != 0 && callee != "os.open" && mode != 0777 && mode != 0666;
  }
  judgement.message = fmt::format("The mode {:#o} lets others write", mode);
  if ((mode & 02) != 0) {
    if ((mode & 01000) != 0) judgement.severity = Severity::low;
    return true;
  }
  if ((mode & 06000) != 0) {
    judgement.confidence = Confidence::medium;
    judgement.message = fmt::format("The mode {:#o} runs it as its owner or group", mode);
    return true;
  }
  judgement.severity = Severity::low;
  judgement.confidence = Confidence::medium;
  if ((mode & 020) != 0) return true;
  judgement.message = fmt::format("The mode {:#o} lets others run it", mode);
  return (mode & 011) != 0;
}

bool check_umask(const SyntaxMatch& match, Judgement& judgement) {
  const NodeId parent = match.module().parent(match.node);
  // `old = os.umask(0)` is the only way to read it.
  if (!match.syntax().is(parent, NodeKind::expression)) judgement.severity = Severity::low;
  return true;
}

bool check_temp_path(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  if (syntax.is(module.parent(match.node), NodeKind::concatenated) &&
      syntax.child(module.parent(match.node)) != match.node) {
    return false;
  }
  const auto text = built_text(module, match.node).text;
  const bool below = std::ranges::any_of(std::to_array<std::string_view>({"/tmp", "/var/tmp", "/dev/shm"}),
                                         [&](std::string_view folder) {
                                           return text == folder || text.starts_with(std::string(folder) + "/");
                                         });
  if (!below || syntax.is(module.parent(match.node), NodeKind::expression)) return false;
  judgement.severity = Severity::low;
  const NodeId call = call_around(module, match.node);
  if (call == no_node || text.find('/', 1) == std::string::npos || text.size() < 6) return true;
  constexpr std::array writers = std::to_array<std::string_view>(
      {"open", "os.open", "os.mkdir", "os.makedirs", "io.open", "codecs.open", "os.mkfifo", "shutil.copy",
       "shutil.copyfile", "shutil.move", "shutil.copytree", "os.rename", "os.symlink", "gzip.open", "shelve.open",
       "sqlite3.connect", "logging.FileHandler", "tarfile.open", "zipfile.ZipFile"});
  const auto callee = module.callee(call);
  if (std::ranges::find(writers, callee) == writers.end()) return true;
  judgement.severity = match.rule.about.severity;
  judgement.message = "A known name in a folder that everyone writes to is opened";
  if (match.file.role == PathRole::build) judgement.confidence = Confidence::low;
  return true;
}

bool check_mktemp(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const NodeId folder = module.argument(match.node, "dir", 2);
  if (folder != no_node && !syntax.text(folder).contains("tmp") && !syntax.text(folder).contains("temp")) {
    judgement.confidence = Confidence::low;
    judgement.message = "Name of a temporary file in a folder of its own, which not everybody writes to";
  }
  for (NodeId at = module.parent(match.node); at != no_node; at = module.parent(at)) {
    if (!syntax.is(at, NodeKind::except_handler)) continue;
    const auto error = module.qualified(syntax.child(at));
    const bool missing = error == "ImportError" || error == "ModuleNotFoundError" || error == "AttributeError";
    if (missing && syntax.text(syntax.child(module.parent(at))).contains("mkstemp")) {
      judgement.severity = Severity::low;
      judgement.message = "Taken only where there is no mkstemp, which every supported Python has";
    }
  }
  return true;
}

// Bound and closed again, without listening: only to learn a free port.
static bool only_asks_for_port(const SyntaxMatch& match) {
  const Syntax& syntax = match.syntax();
  const NodeId function = match.module().scope_of(match.node);
  if (!syntax.is(function, NodeKind::function_def)) return false;
  const auto text = syntax.text(function);
  for (const std::string_view use : {"listen", "serve", "accept", "recv", "return sock", "self."}) {
    if (text.contains(use)) return false;
  }
  return match.file.bytes.substr(0, syntax[function].end).substr(syntax[match.node].end).contains(".close()");
}

bool check_bind_all(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  if (only_asks_for_port(match)) judgement.severity = Severity::low;
  if (match.entry.kind == SyntaxEntry::Kind::call) {
    const NodeId given = module.argument(match.node, "", 0);
    NodeId address = given == no_node ? no_node : module.value_of(given);
    if (address == no_node) address = given;
    if (address == no_node || !syntax.is(address, NodeKind::tuple)) return false;
    const auto host = module.text_of(syntax.child(address));
    // Port 0 asks for any that is free: most often only to learn its number.
    if (module.integer_of(syntax.child(address, 1)) == 0) judgement.severity = Severity::low;
    return host && host->empty() && syntax.child_count(address) == 2;
  }
  const auto text = python::literal_value(syntax, match.node);
  const bool four = text == "0.0.0.0" || (text.starts_with("0.0.0.0:") && text.size() < 14);
  if (!four && text != "::") return false;
  constexpr std::array names =
      std::to_array<std::string_view>({"host", "hostname", "bind", "listen", "interface", "iface", "addr"});
  constexpr std::array listeners = std::to_array<std::string_view>(
      {"bind", "run", "listen", "serve", "runserver", "start", "server"});
  const NodeId call = call_around(module, match.node);
  const bool listens =
      call != no_node && any_word(last_part(syntax.text(syntax.child(call))), listeners);
  const bool named = is_value(module, match.node) && any_word(last_part(receiver_of(module, match.node)), names);
  if (!listens && (is_compared(module, match.node) || !named)) {
    judgement.severity = Severity::low;
    judgement.confidence = Confidence::low;
    judgement.message = "The address of all interfaces is named";
    return four;
  }
  return true;
}

bool check_dropped_exception(const SyntaxMatch& match, Judgement& /*judgement*/) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const NodeId first = syntax.child(match.node);
  if (!syntax.is(first, NodeKind::suite) && !syntax.is(first, NodeKind::identifier)) {
    const auto is_wide = [&](NodeId type) {
      const auto name = module.qualified(type);
      return name == "Exception" || name == "BaseException" || name == "builtins.Exception";
    };
    bool wide = is_wide(first);
    if (syntax.is(first, NodeKind::tuple)) {
      for (const NodeId type : syntax.children(first)) wide = wide || is_wide(type);
    }
    if (!wide) return false;
  }
  const NodeId suite = syntax.child_of(match.node, NodeKind::suite);
  if (suite == no_node || syntax.child_count(suite) != 1) return false;
  const NodeId only = syntax.child(suite);
  const bool passes = syntax.is(only, NodeKind::pass) || (syntax.is(only, NodeKind::expression) && syntax.text(only) == "...");
  return match.rule.about.id.ends_with("continue") ? syntax.is(only, NodeKind::continue_) : passes;
}

}  // namespace assay
