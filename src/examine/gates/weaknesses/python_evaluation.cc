#include <algorithm>
#include <array>

#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/code_origin.h"
#include "examine/gates/weaknesses/data_sources.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;

// The text behind compile(), a parsed tree, a name that is bound once.
NodeId text_behind(const SyntaxMatch& match, NodeId code, bool& built_tree) {
  const auto& module = match.module();
  for (int i = 0; i < 6 && code != no_node; ++i) {
    const auto name = module.qualified(code);
    if (const NodeId value = module.value_of(code)) {
      code = value;
    } else if (name == "compile()" || name == "ast.parse()" || name == "ast.fix_missing_locations()") {
      code = module.argument(code, name == "ast.fix_missing_locations()" ? "node" : "source", 0);
    } else {
      built_tree = name == "ast.Module()" || name == "ast.Expression()" || name == "ast.Interactive()";
      break;
    }
  }
  return code;
}

// Words of classes that are there to run what is typed.
constexpr std::array console_words = std::to_array<std::string_view>(
    {"console", "debugger", "interpreter", "kernel", "magics", "pdb", "repl", "shell"});
constexpr std::array console_classes = std::to_array<std::string_view>(
    {"cmd.Cmd", "code.InteractiveConsole", "code.InteractiveInterpreter", "pdb.Pdb", "bdb.Bdb"});

bool is_console(const SyntaxMatch& match, NodeId definition) {
  const auto& syntax = match.syntax();
  const auto words = words_of(syntax.text(syntax.child_of(definition, NodeKind::identifier)));
  if (std::ranges::find_first_of(words, console_words) != words.end()) return true;
  const NodeId bases = syntax.child_of(definition, NodeKind::arguments);
  if (bases == no_node) return false;
  return std::ranges::any_of(syntax.children(bases), [&](NodeId base) {
    return std::ranges::find(console_classes, match.module().qualified(base)) != console_classes.end();
  });
}

// Is it what an import system or an interactive interpreter is for? Its definitions' names tell.
std::string_view purpose_of(const SyntaxMatch& match) {
  const auto& module = match.module();
  const auto& syntax = match.syntax();
  for (NodeId at = module.scope_of(match.node); at != no_node; at = module.scope_of(at)) {
    if (syntax.is(at, NodeKind::function_def)) {
      const auto name = syntax.text(syntax.child_of(at, NodeKind::identifier));
      if (name == "exec_module" || name == "load_module") return "A loader runs the module that it loads";
      if (name == "runsource" || name == "runcode") return "An interactive interpreter runs what is typed";
      if (syntax.text(at).contains("PYTHONSTARTUP")) return "A shell runs the start-up file of who opens it";
    } else if (syntax.is(at, NodeKind::class_def) && is_console(match, at)) {
      return "An interactive interpreter runs what is typed";
    }
  }
  return "";
}

// compile(text, path, "exec") of a path that is no constant, and exec(stream.read()): a script is run.
// One that is compiled under a made-up name is data.
bool runs_script(const SyntaxMatch& match, NodeId given) {
  const auto& module = match.module();
  const NodeId value = given == no_node ? no_node : module.value_of(given);
  const NodeId code = value == no_node ? given : value;
  if (module.qualified(code) != "compile()") return module.callee(match.node) != "eval";
  const NodeId path = module.argument(code, "filename", 1);
  return path == no_node || !module.text_of(path);
}

// Where the text comes from, in words; "" where nothing in the module tells that others can shape it.
std::string_view reached_by(const SyntaxMatch& match, NodeId code, const DataSources& sources) {
  using enum DataSource;
  if (sources.has(network)) return "What comes from the network is run as code";
  if (sources.has(typed)) return "What is typed is run as code";
  if (sources.has(environment)) return "A variable of the environment is run as code";
  if (sources.has(stored)) return "What was stored is run as code";
  if (sources.has(file) && !runs_script(match, code)) return "A text from a file is run as code";
  if (sources.has(program)) return "What another program printed is run as code";
  // `def main(args=None): args = args or sys.argv[1:]` is given the command line.
  return sources.has(given) && !sources.has(command_line) ? std::string_view(match.rule.about.title) : "";
}

bool is_setup(std::string_view path) { return path == "setup.py" || path.ends_with("/setup.py"); }

}  // namespace

bool check_exec(const SyntaxMatch& match, Judgement& judgement) {
  if (is_handed_on(match)) return check_handed_on(match, judgement);
  const auto& module = match.module();
  const auto callee = module.callee(match.node);
  if (callee != "exec" && callee != "eval" && judgement.severity <= Severity::low) return true;
  bool built_tree = false;
  const NodeId given = module.argument(match.node, "", 0);
  const NodeId code = text_behind(match, given, built_tree);
  if (is_made_here(module, code, is_setup(match.file.path)) || is_one_of_constants(module, given, match.node)) {
    judgement.severity = Severity::low;
    judgement.message = "What is run as code is put together from what the module itself says";
    return true;
  }
  judgement.severity = match.rule.about.severity;  // a list of constants may have been added to
  // Is anything known of who shapes it? If not, it is most often what the program itself makes: a
  // template, a declaration, a signature.
  const auto doubt = [&](std::string_view message) {
    judgement.confidence = Confidence::low;
    judgement.message = message;
    return true;
  };
  if (built_tree) return doubt("A tree that the module builds is run as code");
  if (const auto purpose = purpose_of(match); !purpose.empty()) return doubt(purpose);
  if (!match.follows_data) return true;
  const auto sources = data_sources(module, given);
  if (match.file.role == PathRole::build && !sources.has(DataSource::network)) {
    return doubt("A build script runs code that its own tree or its builder gives it");
  }
  if (const auto reached = reached_by(match, given, sources); !reached.empty()) {
    judgement.message = reached;
    return true;
  }
  if (sources.has(DataSource::file)) return doubt("A file is run as code");
  if (sources.has(DataSource::command_line)) return doubt("What the command line names is run as code");
  return doubt("A text is run as code, and nothing tells here that others can shape it");
}

}  // namespace assay
