#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/code_origin.h"
#include "examine/gates/weaknesses/data_sources.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;

bool is_sequence(const SyntaxMatch& match, NodeId id) {
  return id != no_node && (match.syntax().is(id, NodeKind::list) || match.syntax().is(id, NodeKind::tuple));
}

// The command or program that a call is given; a name bound once is followed.
NodeId command_of(const SyntaxMatch& match) {
  const auto& module = match.module();
  const bool has_mode = module.callee(match.node).starts_with("os.spawn");
  for (const std::string_view keyword : {"args", "cmd", "command", "path", "file"}) {
    NodeId command = module.argument(match.node, keyword, has_mode ? 1 : 0);
    if (command == no_node) continue;
    if (const NodeId value = module.value_of(command); is_sequence(match, value)) command = value;
    return command;
  }
  return no_node;
}

constexpr std::array command_words = std::to_array<std::string_view>(
    {"cmd", "cmds", "command", "commands", "cmdline", "commandline", "argv", "editor", "pager", "hook", "script"});

// A function that runs the command that it is told to: `def run(cmd): Popen(native(cmd), shell=True)`.
bool is_named_command(const SyntaxMatch& match, NodeId command) {
  const auto& syntax = match.syntax();
  for (int i = 0; i < 3 && syntax.is(command, NodeKind::call); ++i) {
    const NodeId arguments = syntax.child(command, 1);
    if (arguments == no_node || syntax.child(arguments) == no_node) break;
    const NodeId only = syntax.last_child(arguments);
    command = only;
  }
  if (syntax.is(command, NodeKind::attribute)) command = syntax.child(command, 1);
  const bool name = syntax.is(command, NodeKind::name) || syntax.is(command, NodeKind::identifier);
  if (!name) return false;
  const auto words = words_of(syntax.text(command));
  return std::ranges::find_first_of(words, command_words) != words.end();
}

// Only the program's name is filled in, and it comes first: `"%s -l" % settings.ifconfig`.
bool only_names_program(const BuiltText& built) {
  const auto text = trim(built.text);
  const auto first = text.find(BuiltText::hole);
  return built.holes == 1 && (first == 0 || (first == 1 && text[0] == '"'));
}

// `" ".join(arguments)`: not a program alone, and a space or a `;` in one of them is the shell's to read.
bool is_joined(const SyntaxMatch& match, NodeId command) {
  const auto& syntax = match.syntax();
  if (const NodeId value = match.module().value_of(command)) command = value;
  if (!syntax.is(command, NodeKind::call)) return false;
  const NodeId callee = syntax.child(command);
  return syntax.is(callee, NodeKind::attribute) && syntax.text(syntax.child(callee, 1)) == "join" &&
         match.module().text_of(syntax.child(callee)) == " ";
}

// A build script's command, of the builder's own settings; what it fetches comes from elsewhere.
bool is_builders_own(const SyntaxMatch& match, const DataSources& sources) {
  if (match.file.role != PathRole::build || sources.has(DataSource::network)) return false;
  constexpr std::array fetching{"curl", "wget", "http:", "https:", "ftp:", "git ", "svn ", "hg ", "urlopen", "pip "};
  return std::ranges::none_of(fetching, [&](const char* word) { return match.text().contains(word); });
}

// Lowers the confidence where nobody but the program or who runs it shapes the command.
void doubt_command(const SyntaxMatch& match, NodeId command, const BuiltText& built, Judgement& judgement) {
  const auto sources = data_sources(match.module(), command);
  const bool reached = sources.from_outside();
  std::string_view doubt;
  if (!built.formatted() && !sources.has(DataSource::network) && is_named_command(match, command)) {
    doubt = "A shell runs the command that its caller names";
  } else if (!reached && sources.has(DataSource::temporary)) {
    doubt = "A shell runs a command with a fresh name of the system's";
  } else if (!reached && only_names_program(built) && !is_joined(match, command)) {
    doubt = "A shell runs a program that a setting names";
  } else if (is_builders_own(match, sources)) {
    doubt = "A shell runs a command of a build script, which only the builder's own settings shape";
  }
  if (doubt.empty()) return;
  judgement.confidence = Confidence::low;
  judgement.message = doubt;
}

}  // namespace

bool check_shell(const SyntaxMatch& match, Judgement& judgement) {
  if (is_handed_on(match)) return check_handed_on(match, judgement);
  NodeId command = command_of(match);
  if (command == no_node) {
    judgement.confidence = Confidence::low;
    return true;
  }
  if (is_sequence(match, command)) command = match.syntax().child(command);
  const auto built = built_text(match.module(), command);
  if (built.holes == 0 || is_made_here(match.module(), command)) {
    judgement.severity = Severity::low;
    judgement.message = built.safe_holes == 0 ? "A shell runs a constant command"
                                              : "A shell runs a command whose parts are quoted";
  } else if (built.formatted()) {
    judgement.severity = Severity::high;
    judgement.message = "A shell runs a command that is put together from data";
  } else {
    judgement.message = is_joined(match, command) ? "A shell runs arguments that are joined without quotes"
                                                  : "A shell runs a command that comes from elsewhere";
  }
  if (match.follows_data && judgement.severity > Severity::low) doubt_command(match, command, built, judgement);
  return true;
}

bool check_not_subprocess(const SyntaxMatch& match, Judgement& /*judgement*/) {
  const NodeId call = match.module().parent(match.module().parent(match.node));
  return match.syntax().is(call, NodeKind::call) && !match.module().callee(call).starts_with("subprocess.");
}

bool check_partial_path(const SyntaxMatch& match, Judgement& judgement) {
  NodeId command = command_of(match);
  if (command == no_node) return false;
  if (is_sequence(match, command)) command = match.syntax().child(command);
  if (command == no_node) return false;
  const auto text = match.module().partial_text_of(command);
  const auto word = trim(text.text).substr(0, trim(text.text).find_first_of(" \t\n"));
  const bool starts_known = text.whole || trim(text.text).size() > word.size();
  const bool drive = word.size() > 1 && word[1] == ':';
  if (word.empty() || drive || word.find_first_of("/\\.$~=") == 0 || word.contains('/')) return false;
  // Only a literal beginning tells what is run.
  const auto built = built_text(match.module(), command);
  if (built.text.empty() || built.text.front() <= BuiltText::safe_hole || !starts_known) return false;
  judgement.message = "Which \"" + std::string(shortened(printable(word), 40)) + "\" is run depends on the PATH";
  return true;
}

bool check_shell_wildcard(const SyntaxMatch& match, Judgement& judgement) {
  NodeId command = command_of(match);
  if (command == no_node) return false;
  std::string text;
  if (is_sequence(match, command)) {
    for (const NodeId part : match.syntax().children(command)) {
      text += match.module().partial_text_of(part).text + " ";
    }
  } else {
    text = match.module().partial_text_of(command).text;
  }
  if (!text.contains('*')) return false;
  constexpr std::array programs = std::to_array<std::string_view>({"chown", "chmod", "tar", "rsync"});
  bool runs_one = false;
  bool bare = false;
  text = one_spaced(text);
  for (const std::string_view word : split(text, ' ')) {
    const auto name = word.substr(word.rfind('/') + 1);
    if (std::ranges::find(programs, name) != programs.end()) {
      runs_one = true;
    } else if (runs_one && word.starts_with('*')) {
      bare = true;
    }
  }
  if (!runs_one) return false;
  if (!bare) judgement.severity = Severity::low;
  return bare;
}

bool check_remote_command(const SyntaxMatch& match, Judgement& judgement) {
  if (!match.file.bytes.contains("paramiko")) return false;
  const auto built = built_text(match.module(), match.module().argument(match.node, "command", 0));
  if (built.formatted()) {
    judgement.severity = Severity::medium;
    judgement.message = "A command that is put together from data is run on another machine";
  }
  return true;
}

}  // namespace assay
