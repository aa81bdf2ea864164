#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/bounded_findings.h"
#include "examine/gates/behaviour/subject.h"
#include "examine/gates/behaviour/telling_texts.h"

// Programs that are started early, and what stays behind or looks out for onlookers.
namespace assay::behaviour {

namespace {

using python::NodeId;
using python::no_node;
using python::NodeKind;

std::string shown(const CalledName& name) { return name.full.empty() ? "a call" : name.full + "()"; }

std::vector<std::string> texts_given(const PythonBehaviour& python, NodeId call) {
  return texts_in(python.module, python.module.syntax().child_of(call, NodeKind::arguments));
}

bool any_word(std::span<const std::string> texts, std::span<const std::string> words) {
  return std::ranges::any_of(texts, [&](const std::string& text) {
    return std::ranges::any_of(words, [&](const std::string& word) {
      return text == word || text.starts_with(word + " ") || text.contains(" " + word + " ") ||
             text.ends_with(" " + word);
    });
  });
}

bool any(std::span<const std::string> texts, bool (*names)(std::string_view)) {
  return std::ranges::any_of(texts, names);
}

// Starts a program that no user shall see (the Windows API's CREATE_NO_WINDOW).
bool is_windowless(const PythonBehaviour& python, NodeId call) {
  const NodeId flags = python.module.argument(call, "creationflags", -1);
  if (flags == no_node) return false;
  return python.module.integer_of(flags) == 0x08000000 ||
         python.module.syntax().text(flags).contains("CREATE_NO_WINDOW");
}

bool writes(const PythonBehaviour& python, const Call& call) {
  const auto mode = python.module.text_of(python.module.argument(call.node, "mode", 1));
  return mode && mode->find_first_of("wax+") != std::string::npos && mode->size() <= 4;
}

}  // namespace

void check_early_process(const Rule& rule, const Subject& subject, std::span<const Hit>,
                         std::vector<Finding>& findings) {
  const auto& python = subject.python();
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    if (call.act != Act::spawn || !subject.early(call.node)) continue;
    auto finding = subject.finding(
        rule, call.node, fmt::format("{} starts a program {}", shown(call.name), subject.when_in_words(call.node)));
    const auto texts = texts_given(python, call.node);
    const bool installs = any_word(texts, rule.list("installers")) && any_word(texts, rule.list("installing"));
    if (installs || any_word(texts, rule.list("fetching-programs"))) {
      finding.severity = Severity::medium;
      finding.message += ", one that fetches or installs";
    } else if (is_windowless(python, call.node)) {
      finding.severity = Severity::medium;
      finding.message += ", without a window";
    }
    told.add(std::move(finding));
  }
}

void check_persistence(const Rule& rule, const Subject& subject, std::span<const Hit>,
                       std::vector<Finding>& findings) {
  const auto& python = subject.python();
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    const bool spawns = call.act == Act::spawn;
    const bool registers = call.act == Act::registry;
    const bool copies = call.name.full.starts_with("shutil.copy") || call.name.full == "shutil.move" ||
                        call.name.full == "os.symlink";
    const bool opens = call.act == Act::open && !copies && writes(python, call);
    const bool writes_path = call.name.full.ends_with(".write_text") || call.name.full.ends_with(".write_bytes");
    if (!spawns && !registers && !copies && !opens && !writes_path) continue;
    auto texts = texts_given(python, call.node);
    if (registers) {
      // The key was opened elsewhere; which one, the module's texts tell.
      const NodeId key = python.module.argument(call.node, "", 0);
      const NodeId opened = key == no_node ? no_node : python.module.value_of(key);
      if (opened != no_node) std::ranges::move(texts_in(python.module, opened), std::back_inserter(texts));
    }
    if (writes_path) {
      std::ranges::move(texts_in(python.module, python.module.syntax().child(call.node)),
                        std::back_inserter(texts));
    }
    if (!any(texts, names_persistence)) continue;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} changes what runs at every start or log-in {}", shown(call.name),
                    subject.when_in_words(call.node)));
    if (subject.early(call.node)) finding.severity = Severity::high;
    told.add(std::move(finding));
  }
}

void check_evasion(const Rule& rule, const Subject& subject, std::span<const Hit>,
                   std::vector<Finding>& findings) {
  const auto& python = subject.python();
  BoundedFindings told(rule.about, subject.file, findings);
  const auto& syntax = python.module.syntax();
  // Names of what watches: several of them make a list to look for.
  std::vector<NodeId> watched;
  for (NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (syntax.is(id, NodeKind::string) && syntax[id].end - syntax[id].begin < 60 &&
        names_analysis(syntax.text(id))) {
      watched.push_back(id);
    }
  }
  if (watched.size() >= 3) {
    auto finding = subject.finding(
        rule, watched.front(),
        fmt::format("{} programs and drivers of virtual machines and debuggers are looked for", watched.size()));
    told.add(std::move(finding));
  }
  for (const auto& call : python.named_calls()) {
    const bool asks = call.name.full.ends_with(".IsDebuggerPresent") ||
                      call.name.full.ends_with(".CheckRemoteDebuggerPresent");
    const NodeId seconds = call.act == Act::sleep ? python.module.argument(call.node, "", 0) : no_node;
    const bool waits = seconds != no_node && subject.early(call.node) &&
                       python.module.integer_of(seconds).value_or(0) >= 30;
    if (!asks && !waits) continue;
    told.add(subject.finding(
        rule, call.node,
        fmt::format("{} {} {}", shown(call.name),
                    asks ? "asks whether a debugger looks on" : "waits longer than a sandbox watches",
                    subject.when_in_words(call.node))));
  }
}

}  // namespace assay::behaviour
