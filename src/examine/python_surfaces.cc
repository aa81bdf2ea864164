#include "examine/python_surfaces.h"

#include <algorithm>
#include <array>

#include "python/imports.h"
#include "python/tokens.h"

namespace assay {

namespace {

struct Known {
  std::string_view name;
  SurfaceKind kind;
};

using enum SurfaceKind;

// A module, or what lies below it.
constexpr std::array modules = std::to_array<Known>({
    {"socket", network},          {"ssl", network},           {"http.client", network},
    {"http.server", network},     {"urllib.request", network}, {"urllib3", network},
    {"requests", network},        {"httpx", network},         {"aiohttp", network},
    {"ftplib", network},          {"smtplib", network},       {"poplib", network},
    {"imaplib", network},         {"telnetlib", network},     {"xmlrpc", network},
    {"socketserver", network},    {"asyncio.streams", network},
    {"subprocess", subprocess},   {"pty", subprocess},        {"multiprocessing", subprocess},
    {"pickle", deserialisation},  {"cPickle", deserialisation}, {"_pickle", deserialisation},
    {"marshal", deserialisation}, {"shelve", deserialisation}, {"dill", deserialisation},
    {"cloudpickle", deserialisation}, {"joblib", deserialisation},
    {"ctypes", native_code},      {"cffi", native_code},
    {"imp", dynamic_code},        {"runpy", dynamic_code},    {"code", dynamic_code},
});

// A function by the name it is called with.
constexpr std::array calls = std::to_array<Known>({
    {"eval", dynamic_code},
    {"exec", dynamic_code},
    {"compile", dynamic_code},
    {"__import__", dynamic_code},
    {"importlib.import_module", dynamic_code},
    {"import_module", dynamic_code},
    {"os.system", subprocess},
    {"os.popen", subprocess},
    {"os.execv", subprocess},
    {"os.execve", subprocess},
    {"os.execvp", subprocess},
    {"os.fork", subprocess},
    {"os.spawnv", subprocess},
    {"os.startfile", subprocess},
    {"asyncio.create_subprocess_exec", subprocess},
    {"asyncio.create_subprocess_shell", subprocess},
    {"asyncio.open_connection", network},
    {"asyncio.start_server", network},
    {"yaml.load", deserialisation},
    {"yaml.unsafe_load", deserialisation},
    {"yaml.full_load", deserialisation},
});

void note_module(const std::string& name, std::uint32_t line, std::vector<SurfaceHit>& hits) {
  for (const auto& known : modules) {
    if (name == known.name || (name.starts_with(known.name) && name[known.name.size()] == '.')) {
      hits.push_back({known.kind, line, name});
      return;
    }
  }
}

void note_import(const Import& import, std::vector<SurfaceHit>& hits) {
  if (import.level > 0) return;  // of the package itself
  note_module(import.module, import.line, hits);
  // "from urllib import request" is an import of urllib.request.
  for (const auto& name : import.names) {
    const std::string full = import.module + "." + name;
    if (std::ranges::find(modules, std::string_view(full), &Known::name) != modules.end()) {
      note_module(full, import.line, hits);
    }
  }
}

// A call by its whole dotted name, as it is read token by token.
class CallReader {
 public:
  void read(const Token& token, std::vector<SurfaceHit>& hits) {
    if (token.kind == Token::Kind::word) {
      if (name_.ends_with('.')) {
        name_ += token.text;
      } else {
        defines_ = name_ == "def" || name_ == "class";
        of_value_ = after_dot_;
        name_ = token.text;
        line_ = token.line;
      }
    } else if (token.text == "." && !name_.empty()) {
      name_ += '.';
    } else {
      if (token.text == "(") note(hits);
      name_.clear();
    }
    after_dot_ = token.text == ".";
  }

 private:
  void note(std::vector<SurfaceHit>& hits) const {
    if (defines_ || of_value_) return;
    const auto found = std::ranges::find(calls, std::string_view(name_), &Known::name);
    if (found != calls.end()) hits.push_back({found->kind, line_, name_ + "()"});
  }

  std::string name_;
  std::uint32_t line_ = 0;
  bool defines_ = false;
  bool of_value_ = false;   // the name follows "x()." or the like
  bool after_dot_ = false;
};

}  // namespace

std::vector<SurfaceHit> python_surfaces(std::string_view source) {
  std::vector<SurfaceHit> hits;
  for (const auto& import : imports_of(source)) note_import(import, hits);
  TokenReader tokens(source);
  CallReader calls_of;
  while (const auto token = tokens.next()) calls_of.read(*token, hits);
  std::ranges::stable_sort(hits, {}, &SurfaceHit::line);
  return hits;
}

}  // namespace assay
