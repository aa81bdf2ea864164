#include <algorithm>
#include <array>

#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/code_origin.h"
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
    } else if (syntax.is(at, NodeKind::class_def)) {
      const NodeId bases = syntax.child_of(at, NodeKind::arguments);
      if (bases == no_node) continue;
      for (const NodeId base : syntax.children(bases)) {
        constexpr std::array consoles = std::to_array<std::string_view>(
            {"cmd.Cmd", "code.InteractiveConsole", "code.InteractiveInterpreter", "pdb.Pdb", "bdb.Bdb"});
        if (std::ranges::find(consoles, module.qualified(base)) != consoles.end()) {
          return "An interactive interpreter runs what is typed";
        }
      }
    }
  }
  return "";
}

bool is_setup(std::string_view path) { return path == "setup.py" || path.ends_with("/setup.py"); }

}  // namespace

bool check_exec(const SyntaxMatch& match, Judgement& judgement) {
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
  if (built_tree) {
    judgement.confidence = Confidence::low;
    judgement.message = "A tree that the module builds is run as code";
  } else if (const auto purpose = purpose_of(match); !purpose.empty()) {
    judgement.confidence = Confidence::low;
    judgement.message = purpose;
  } else if (code != no_node && module.qualified(code) == "open().read()") {
    judgement.confidence = Confidence::low;
    judgement.message = "A file is run as code";
  }
  return true;
}

}  // namespace assay
