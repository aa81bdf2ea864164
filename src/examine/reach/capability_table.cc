#include "examine/reach/capability_table.h"

#include <algorithm>
#include <array>
#include <set>

namespace assay {

namespace {

using enum Capability;

#define NOTHING(...)
#define ENTRY(capability, name) NamedCapability{name, capability},

std::vector<NamedCapability> sorted(std::vector<NamedCapability> entries) {
  std::ranges::stable_sort(entries, {}, &NamedCapability::name);
  return entries;
}

const std::vector<NamedCapability>& calls() {
#define CALL ENTRY
#define MODULE NOTHING
#define METHOD NOTHING
#define NATIVE NOTHING
#define SOCKET NOTHING
  static const auto entries = sorted({
#include "examine/reach/capabilities.def"
  });
#undef CALL
#undef MODULE
  return entries;
}

const std::vector<NamedCapability>& modules() {
#define CALL NOTHING
#define MODULE ENTRY
  static const auto entries = sorted({
#include "examine/reach/capabilities.def"
  });
#undef MODULE
#undef METHOD
  return entries;
}

const std::vector<MethodHint>& methods() {
#define MODULE NOTHING
#define METHOD(capability, method, module) MethodHint{method, module, capability},
  static const auto entries = [] {
    std::vector<MethodHint> all{
#include "examine/reach/capabilities.def"
    };
    std::ranges::stable_sort(all, {}, &MethodHint::method);
    return all;
  }();
#undef METHOD
#undef NATIVE
#undef SOCKET
  return entries;
}

const std::vector<NativeFunction>& natives() {
#define METHOD NOTHING
#define NATIVE(capability, name) NativeFunction{name, capability, false},
#define SOCKET(capability, name) NativeFunction{name, capability, true},
  static const auto entries = [] {
    std::vector<NativeFunction> all{
#include "examine/reach/capabilities.def"
    };
    std::ranges::stable_sort(all, {}, &NativeFunction::name);
    return all;
  }();
  return entries;
}
#undef CALL
#undef MODULE
#undef METHOD
#undef NATIVE
#undef SOCKET
#undef ENTRY
#undef NOTHING

std::span<const NamedCapability> entries_of(const std::vector<NamedCapability>& all,
                                            std::string_view name) {
  return std::ranges::equal_range(all, name, {}, &NamedCapability::name);
}

std::string_view first_of(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view last_of(std::string_view name) {
  if (name.ends_with(".*")) name.remove_suffix(2);
  return name.substr(name.rfind('.') + 1);
}

// Packages that every other file names, so that a name below them is what tells.
constexpr std::array everywhere = std::to_array<std::string_view>(
    {"os", "logging", "types", "shutil", "site", "distutils", "concurrent",
     "google", "urllib", "http", "six", "twisted", "tornado", "flask", "pandas", "importlib", "gevent"});
// Modules whose names are ordinary words: they count where they are imported.
constexpr std::array words = std::to_array<std::string_view>(
    {"code", "codeop", "imp", "sh", "commands", "ssl", "secrets", "rsa", "jose", "analytics", "raven",
     "scarf", "amplitude", "requests", "invoke", "treq", "socket", "bottle", "websocket", "markdown",
     "dns", "redis", "pickle", "marshal", "datadog", "cryptography", "hypercorn", "waitress", "pty"});
constexpr std::array builtin_calls =
    std::to_array<std::string_view>({"eval", "exec", "execfile", "compile", "__import__"});

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

void add_word(std::set<std::string>& marks, std::string_view name) {
  const auto root = first_of(name);
  if (among(builtin_calls, name)) {
    marks.insert("(?:^|[^.\\w])" + std::string(name) + "[ \\t]*\\(");
  } else if (among(everywhere, root)) {
    marks.insert("\\b" + std::string(last_of(name)) + "\\b");
  } else if (among(words, root)) {
    marks.insert("(?:import|from)[ \\t]+" + std::string(root) + "\\b");
    marks.insert("vendor[a-z]*\\." + std::string(root) + "\\b");
  } else {
    marks.insert("\\b" + std::string(root) + "\\b");
  }
}

}  // namespace

// No entry has more; a name's parts are looked up one by one, and a file may write them by the megabyte.
static constexpr std::size_t longest_name = 256;

std::span<const NamedCapability> of_name(std::string_view full) {
  if (const auto exact = entries_of(calls(), full); !exact.empty()) return exact;
  // ".*" is a name below, not a method of what a call of one gives.
  if (full.find("()") != std::string_view::npos) return {};
  full = full.substr(0, longest_name);
  for (auto end = full.rfind('.'); end != std::string_view::npos && end > 0;
       end = full.rfind('.', end - 1)) {
    const auto below = entries_of(calls(), std::string(full.substr(0, end)) + ".*");
    if (!below.empty()) return below;
  }
  return {};
}

std::span<const NamedCapability> of_module(std::string_view module) {
  for (auto part = module.substr(0, longest_name);;) {
    if (const auto known = entries_of(modules(), part); !known.empty()) return known;
    const auto dot = part.rfind('.');
    if (dot == std::string_view::npos) return {};
    part = part.substr(0, dot);
  }
}

std::span<const MethodHint> of_method(std::string_view method) {
  return std::ranges::equal_range(methods(), method, {}, &MethodHint::method);
}

const NativeFunction* native_function(std::string_view name) {
  const auto found = std::ranges::lower_bound(natives(), name, {}, &NativeFunction::name);
  return found != natives().end() && found->name == name ? &*found : nullptr;
}

std::span<const NativeFunction> native_functions() { return natives(); }

std::vector<Pattern> python_marks() {
  std::set<std::string> marks = {
      "\\benviron", "\\bgetenv", "urllib[ \\t]+import", "import[ \\t]+urllib\\b",
      "http[ \\t]+import", "xml[ \\t]+import", "html[ \\t]+import",
      "\\bopen\\([ \\t]*[rbuf]?[\"'][/~]", "Path\\([ \\t]*[rbuf]?[\"'][/~]", "\\.home\\(",
      // Several modules in one line: one of them may be any.
      "^[ \\t]*import[ \\t][\\w. \\t]+,"};
  for (const auto& entry : calls()) add_word(marks, entry.name);
  for (const auto& entry : modules()) {
    const auto name = entry.name;
    if (name.contains('.') && (name.starts_with("http") || name.starts_with("xml.") ||
                               name.starts_with("html.") || name.starts_with("urllib."))) {
      marks.insert("\\b" + std::string(first_of(name)) + "\\." + std::string(last_of(name)) + "\\b");
    } else {
      add_word(marks, name);
    }
  }
  for (const auto& hint : methods()) {
    if (among(everywhere, first_of(hint.module))) marks.insert("\\b" + std::string(hint.method) + "\\b");
  }
  std::vector<Pattern> patterns;
  for (const auto& mark : marks) patterns.push_back({mark});
  return patterns;
}

std::vector<Pattern> native_marks() {
  std::vector<Pattern> patterns;
  for (const auto& function : natives()) {
    patterns.push_back({"\\b" + std::string(function.name) + "[ \\t]*\\("});
  }
  for (const char* rust : {"TcpListener::bind\\(", "UdpSocket::bind\\(", "TcpStream::connect\\(",
                           "\\bCommand::new\\(", "Library::new\\("}) {
    patterns.push_back({rust});
  }
  return patterns;
}

}  // namespace assay
