#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/bounded_findings.h"
#include "examine/gates/behaviour/constant_decoder.h"
#include "examine/gates/behaviour/payload.h"
#include "examine/gates/behaviour/subject.h"
#include "examine/gates/behaviour/telling_texts.h"

// What is run, and where it came from.
namespace assay::behaviour {

namespace {

using python::NodeId;
using python::no_node;
using python::NodeKind;

std::string shown(const CalledName& name) { return name.full.empty() ? "a call" : name.full + "()"; }

// The list or text that a command is, behind its name.
NodeId command_of(const PythonBehaviour& python, NodeId call) {
  NodeId command = python.module.argument(call, "args", 0);
  for (int depth = 0; depth < 4 && command != no_node; ++depth) {
    const NodeId value = python.module.value_of(command);
    if (value == no_node) break;
    command = value;
  }
  return command;
}

// Origins of what a command runs: of the program, and of the arguments of one that runs these.
Origins run_by(const PythonBehaviour& python, NodeId call) {
  const NodeId command = command_of(python, call);
  if (command == no_node) return 0;
  const auto& syntax = python.module.syntax();
  const NodeId given = python.module.argument(call, "args", 0);
  if (!syntax.is(command, NodeKind::list) && !syntax.is(command, NodeKind::tuple)) {
    const auto text = python.module.partial_text_of(command).text;
    const auto program = text.substr(0, text.find(' '));
    // "tar xf " + path runs tar; path alone, or behind an interpreter, is run.
    const bool other = text.contains(' ') && !program.empty() && !is_interpreter(program) &&
                       !text.contains("&&") && !text.contains(';') && !program.starts_with("./") &&
                       !program.starts_with("chmod");
    return other ? 0 : python.flow().of(given) | python.flow().of(command);
  }
  const NodeId first = syntax.child(command);
  if (first == no_node) return 0;
  const auto program = python.module.text_of(first);
  const bool all = python.module.qualified(first) == "sys.executable" || (program && is_interpreter(*program));
  return all ? python.flow().of(command) : python.flow().of(first);
}

std::string steps_in_words(std::vector<std::string> steps) {
  if (steps.size() > 5) {
    steps.erase(steps.begin() + 4, steps.end());
    steps.emplace_back("…");
  }
  return join(steps, ", ");
}

// "it is base64, zlib of “import os…”, which calls os.system()"
std::string payload_in_words(const PythonBehaviour& python, NodeId expression, bool& decoded) {
  ConstantDecoder decoder(python.module);
  const auto text = decoder.decode(expression);
  decoded = text && !decoder.steps().empty();
  if (!decoded) return "";
  std::string words = fmt::format("; undone ({}) it begins \"{}\"", steps_in_words(decoder.steps()),
                                  beginning(*text));
  const auto acts = acts_in_words(*text);
  return acts.empty() ? words : words + " and " + acts;
}

// dup2(…, 1), and in a loop over several such.
bool is_standard_stream(const PythonBehaviour& python, NodeId call) {
  const NodeId to = python.module.argument(call, "fd2", 1);
  if (to == no_node) return false;
  if (const auto number = python.module.integer_of(to)) return *number >= 0 && *number <= 2;
  const auto& syntax = python.module.syntax();
  for (NodeId at = python.module.parent(to); at != no_node; at = python.module.parent(at)) {
    NodeId loop = syntax.is(at, NodeKind::for_) ? at : no_node;
    if (loop == no_node) loop = syntax.child_of(at, NodeKind::comprehension);
    if (loop == no_node) continue;
    const auto numbers = syntax.text(syntax.child(loop, 1));
    return numbers.contains("range(3") || (numbers.contains('1') && numbers.contains('2'));
  }
  return syntax.text(to).contains("std");  // sys.stdin.fileno()
}

// exec("\x69\x6d…"): letters that need no escape.
bool is_escaped_text(const PythonBehaviour& python, NodeId expression) {
  const auto& syntax = python.module.syntax();
  if (!syntax.is(expression, NodeKind::string)) return false;
  const auto source = syntax.text(expression);
  const auto value = python.module.text_of(expression);
  if (!value || value->size() < 8) return false;
  const bool plain = std::ranges::all_of(*value, [](char c) { return (c >= ' ' && c < 127) || c == '\n'; });
  return plain && source.size() > 3 * value->size();
}

}  // namespace

void check_download_and_run(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                            std::vector<Finding>& findings) {
  if (!all_hit(rule, hits)) return;
  const auto& python = subject.python();
  if (!python.may({Act::evaluate, Act::spawn, Act::load}) || !python.may({Act::fetch, Act::fetch_file})) return;
  constexpr Origins far = Origin::remote | Origin::remote_file;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    Origins run = 0;
    if (call.act == Act::evaluate) run = python.flow().argument(call.node, "", 0);
    if (call.act == Act::spawn) run = run_by(python, call.node);
    if (call.act == Act::load && subject.early(call.node)) run = python.flow().argument(call.node, "", 0);
    if ((run & far) == 0) continue;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} runs what came from the network {}", shown(call.name), subject.when_in_words(call.node)));
    if (!subject.early(call.node)) {
      finding.severity = Severity::high;
      finding.confidence = Confidence::medium;
    }
    told.add(std::move(finding));
  }
}

void check_hidden_payload(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                          std::vector<Finding>& findings) {
  // The rule's first two patterns are of what runs, the others of what hides.
  const bool runs_any = std::ranges::any_of(hits, [](const Hit& hit) { return hit.pattern < 2; });
  const bool hides_any = std::ranges::any_of(hits, [](const Hit& hit) { return hit.pattern >= 2; });
  if (!runs_any || !hides_any) return;
  const auto& python = subject.python();
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    const bool runs = call.act == Act::evaluate;
    const bool spawns = call.act == Act::spawn;
    const bool loads = call.act == Act::load;
    if (!runs && !spawns && !loads) continue;
    const NodeId first = python.module.argument(call.node, "", 0);
    if (first == no_node) continue;
    const Origins given = spawns ? run_by(python, call.node) : python.flow().of(first);
    const bool escaped = runs && is_escaped_text(python, first);
    const bool dropped = (given & Origin::dropped_file) != 0;
    if ((given & Origin::decoded) == 0 && !escaped && !dropped) continue;
    bool decoded = false;
    const std::string undone = payload_in_words(python, first, decoded);
    const bool literal = decoded || escaped || dropped || (given & Origin::literal) != 0;
    // Data that somebody else stored: what weaknesses/… tells of.
    if (loads && !literal) continue;
    if (spawns && !literal) continue;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} runs what was decoded from {} {}{}", shown(call.name),
                    literal ? "text in this file" : "data", subject.when_in_words(call.node), undone));
    if (!literal) {
      finding.severity = Severity::medium;
      finding.confidence = Confidence::medium;
    } else if (loads) {
      finding.severity = Severity::medium;
      // What this file holds could not be shown to be what is loaded: weaknesses/pickle-load tells of it.
      if (!decoded && !dropped && !subject.early(call.node)) finding.confidence = Confidence::low;
    } else if (!decoded && !subject.early(call.node)) {
      finding.severity = Severity::high;
    }
    told.add(std::move(finding));
  }
}

void check_hidden_call(const Rule& rule, const Subject& subject, std::span<const Hit>,
                       std::vector<Finding>& findings) {
  const auto& python = subject.python();
  const auto is_indirect = [](const Call& call) { return call.name.indirect; };
  if (std::ranges::none_of(python.named_calls(), is_indirect)) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.calls()) {
    if (!call.name.indirect) continue;
    const bool acts = call.act == Act::spawn || call.act == Act::evaluate || call.act == Act::fetch ||
                      call.act == Act::fetch_file || call.act == Act::send || call.act == Act::memory;
    if (!acts) continue;
    auto finding =
        subject.finding(rule, call.node,
                        fmt::format("{} is called through a name that is {} {}", shown(call.name),
                                    call.name.assembled ? "put together so that no search finds it"
                                                        : "asked for by a text",
                                    subject.when_in_words(call.node)));
    if (!call.name.assembled) {
      finding.severity = subject.early(call.node) ? Severity::medium : Severity::low;
      finding.confidence = Confidence::medium;
    }
    told.add(std::move(finding));
  }
}

void check_reverse_shell(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  if (!all_hit(rule, hits)) return;
  const auto& python = subject.python();
  if (!python.may({Act::socket, Act::connect})) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    Origins given = 0;
    if (call.act == Act::dup && is_standard_stream(python, call.node)) given = python.flow().given(call.node);
    if (call.act == Act::spawn) {
      for (const char* stream : {"stdin", "stdout"}) given |= python.flow().argument(call.node, stream, -1);
    }
    if ((given & Origin::socket) == 0) continue;
    told.add(subject.finding(
        rule, call.node,
        fmt::format("{} gives a program's input and output to a socket {}", shown(call.name),
                    subject.when_in_words(call.node))));
  }
}

void check_native_code(const Rule& rule, const Subject& subject, std::span<const Hit>,
                       std::vector<Finding>& findings) {
  const auto& calls = subject.python().named_calls();
  const auto last = [](const CalledName& name) {
    return std::string_view(name.full).substr(name.full.rfind('.') + 1);
  };
  const auto allocates = [&](const Call& call) {
    return is_any_of(last(call.name), {"VirtualAlloc", "VirtualAllocEx", "VirtualProtect", "NtAllocateVirtualMemory"});
  };
  const auto starts = [&](const Call& call) {
    return is_any_of(last(call.name), {"CreateThread", "CreateRemoteThread", "NtCreateThreadEx", "QueueUserAPC",
                                       "WriteProcessMemory", "RtlCreateUserThread", "EnumSystemLocalesA"});
  };
  const auto allocated = std::ranges::find_if(calls, allocates);
  const auto started = std::ranges::find_if(calls, starts);
  if (allocated == calls.end() || started == calls.end()) return;
  findings.push_back(subject.finding(
      rule, started->node,
      fmt::format("{} runs machine code that {} put into memory {}", shown(started->name),
                  shown(allocated->name), subject.when_in_words(started->node))));
}

}  // namespace assay::behaviour
