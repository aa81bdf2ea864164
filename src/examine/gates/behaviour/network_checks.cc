#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/bounded_findings.h"
#include "examine/gates/behaviour/subject.h"
#include "examine/gates/behaviour/telling_texts.h"

// Who is asked, and what is told.
namespace assay::behaviour {

namespace {

using python::NodeId;
using python::no_node;
using python::NodeKind;

constexpr Acts network = {Act::fetch, Act::fetch_file, Act::send, Act::connect};

bool is_network(Act act) { return network.has_any_of({act}); }

bool names_this_machine(std::span<const std::string> texts) {
  return std::ranges::any_of(texts, [](const std::string& text) {
    return text.contains("localhost") || text.contains("127.0.0.1") || text.contains("[::1]") ||
           text == "::1" || text.starts_with("file:") || text.contains("0.0.0.0");
  });
}

std::string shown(const CalledName& name) { return name.full.empty() ? "a call" : name.full + "()"; }

// "credentials", "the environment": what of it flows.
std::string secrets_in_words(Origins bits) {
  std::vector<std::string> words;
  if ((bits & Origin::stores) != 0) words.emplace_back("what browsers, messengers or wallets store");
  if ((bits & Origin::credentials) != 0) words.emplace_back("files of credentials");
  if ((bits & Origin::environment) != 0) words.emplace_back("all environment variables");
  if ((bits & Origin::captured) != 0) words.emplace_back("what was captured of clipboard, screen or keys");
  if ((bits & Origin::host) != 0) words.emplace_back("the machine's or user's name");
  return join(words, " and ");
}

// A name that is asked for with something put into it: what DNS carries out.
bool asks_for_made_name(const PythonBehaviour& python, NodeId call) {
  const NodeId name = python.module.argument(call, "", 0);
  if (name == no_node) return false;
  const auto texts = texts_in(python.module, name);
  return std::ranges::any_of(texts, [](const std::string& text) {
    const auto dot = text.rfind('.');
    return dot != std::string::npos && dot + 2 < text.size() && !text.contains(' ') && !text.contains('/');
  });
}

constexpr Origins secret_bits =
    Origin::credentials | Origin::stores | Origin::environment | Origin::captured;

// What is run by its path and imported by nobody: also what lies in a hidden folder (".github").
bool is_script(const Subject& subject) {
  const auto& file = subject.file;
  return file.bytes.starts_with("#!") || file.path.starts_with('.') || file.path.contains("/.");
}

}  // namespace

void check_early_network(const Rule& rule, const Subject& subject, std::span<const Hit>,
                         std::vector<Finding>& findings) {
  const auto& python = subject.python();
  if (!python.may(network)) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.calls()) {
    if (!is_network(call.act) || !subject.early(call.node)) continue;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} reaches the network {}", shown(call.name), subject.when_in_words(call.node)));
    const auto texts = texts_in(python.module, python.module.syntax().child_of(call.node, NodeKind::arguments));
    const bool script = is_script(subject) && subject.when(call.node) == When::import;
    if (names_this_machine(texts) || script) finding.severity = Severity::low;
    told.add(std::move(finding));
  }
}

void check_exfiltration(const Rule& rule, const Subject& subject, std::span<const Hit> hits,
                        std::vector<Finding>& findings) {
  if (!all_hit(rule, hits)) return;
  const auto& python = subject.python();
  if (!python.may({Act::fetch, Act::fetch_file, Act::send, Act::resolve})) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.calls()) {
    const bool asks = call.act == Act::resolve;
    if (!asks && (!is_network(call.act) || call.act == Act::connect)) continue;
    const Origins given = python.flow().given(call.node);
    const Origins sent = given & (secret_bits | Origin::host);
    if (sent == 0 || (asks && !asks_for_made_name(python, call.node))) continue;
    const bool early = subject.early(call.node);
    const bool drop = (given & (Origin::drop | Origin::raw_address)) != 0;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} sends {} {}{}", asks ? "a name that is looked up" : shown(call.name),
                    secrets_in_words(sent), drop ? "to an address that anybody may own, " : "",
                    subject.when_in_words(call.node)));
    const bool secret = (sent & secret_bits) != 0;
    if (!secret && !early && !drop) {
      finding.severity = Severity::low;
      finding.confidence = Confidence::low;
    } else if (!secret || ((sent & secret_bits) == Origin::captured && !early && !drop)) {
      finding.severity = Severity::high;
    }
    if (!early && !drop && finding.confidence == Confidence::high) finding.confidence = Confidence::medium;
    told.add(std::move(finding));
  }
}

void check_credential_access(const Rule& rule, const Subject& subject, std::span<const Hit>,
                             std::vector<Finding>& findings) {
  const auto& python = subject.python();
  if (!python.may({Act::open}) || (python.named_in_texts() & (Origin::credentials | Origin::stores)) == 0) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.named_calls()) {
    if (call.act != Act::open) continue;
    NodeId path = python.module.argument(call.node, "", 0);
    Origins bits = path == no_node ? 0 : python.flow().of(path);
    if (path == no_node || call.name.full.starts_with("pathlib.")) bits |= python.flow().given(call.node);
    bits &= Origin::credentials | Origin::stores;
    if (bits == 0) continue;
    const bool early = subject.early(call.node);
    auto finding = subject.finding(rule, call.node,
                                   fmt::format("{} looks into {} {}", shown(call.name), secrets_in_words(bits),
                                               subject.when_in_words(call.node)));
    if ((bits & Origin::stores) != 0) {
      finding.confidence = early ? Confidence::high : Confidence::medium;
    } else if (!early) {
      finding.severity = Severity::low;
    }
    told.add(std::move(finding));
  }
}

void check_drop_address(const Rule& rule, const Subject& subject, std::span<const Hit>,
                        std::vector<Finding>& findings) {
  const auto& python = subject.python();
  if (!python.may(network)) return;
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : python.calls()) {
    if (!is_network(call.act)) continue;
    Origins given = python.flow().given(call.node) & (Origin::drop | Origin::raw_address);
    const auto arguments = python.module.syntax().child_of(call.node, NodeKind::arguments);
    if (call.act == Act::connect && arguments != no_node &&
        std::ranges::any_of(texts_in(python.module, arguments),
                            [](const std::string& text) { return is_public_address(text); })) {
      given |= Origin::raw_address;
    }
    if (given == 0) continue;
    const bool early = subject.early(call.node);
    const bool drop = (given & Origin::drop) != 0;
    auto finding = subject.finding(
        rule, call.node,
        fmt::format("{} asks {} {}", shown(call.name),
                    drop ? "a webhook, paste site, tunnel or the like" : "a host by its address",
                    subject.when_in_words(call.node)));
    if (early) finding.severity = Severity::high;
    told.add(std::move(finding));
  }
}

void check_capture(const Rule& rule, const Subject& subject, std::span<const Hit>,
                   std::vector<Finding>& findings) {
  BoundedFindings told(rule.about, subject.file, findings);
  for (const auto& call : subject.python().named_calls()) {
    if (call.act != Act::capture) continue;
    auto finding = subject.finding(rule, call.node,
                                   fmt::format("{} captures what a user types, copies or sees {}",
                                               shown(call.name), subject.when_in_words(call.node)));
    if (!subject.early(call.node)) finding.severity = Severity::low;
    told.add(std::move(finding));
  }
}

}  // namespace assay::behaviour
