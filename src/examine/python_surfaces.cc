#include "examine/python_surfaces.h"

#include <algorithm>
#include <array>
#include <optional>

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

bool is_word_start(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}
bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9'); }

struct Token {
  enum class Kind { word, symbol, line_end } kind;
  std::string_view text;
  std::uint32_t line;
};

// Words, symbols and the ends of lines that end a statement; strings and comments are left out.
class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::optional<Token> next() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '\n') {
        ++at_;
        const Token end{Token::Kind::line_end, "\n", line_++};
        if (depth_ == 0) return end;
      } else if (c == '\\' && at_ + 1 < source_.size() && source_[at_ + 1] == '\n') {
        at_ += 2;
        ++line_;
      } else if (c == '#') {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (c == '"' || c == '\'') {
        skip_string();
      } else if (is_word_start(c)) {
        return word();
      } else {
        ++at_;
        if (c == ' ' || c == '\t' || c == '\r') continue;
        if (c == '(' || c == '[' || c == '{') ++depth_;
        if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
        return Token{Token::Kind::symbol, source_.substr(at_ - 1, 1), line_};
      }
    }
    return std::nullopt;
  }

 private:
  // A word, unless it is the prefix of a string.
  Token word() {
    const auto start = at_;
    while (at_ < source_.size() && is_word(source_[at_])) ++at_;
    const auto text = source_.substr(start, at_ - start);
    const bool string_follows = at_ < source_.size() && (source_[at_] == '"' || source_[at_] == '\'');
    if (string_follows && text.size() <= 2 && text.find_first_not_of("rRbBuUfF") == text.npos) {
      const auto line = line_;
      skip_string();
      return {Token::Kind::symbol, "\"", line};
    }
    return {Token::Kind::word, text, line_};
  }

  // Also of a raw one: there too a backslash keeps a quote from ending it.
  void skip_string() {
    const char quote = source_[at_];
    const std::string three(3, quote);
    const bool is_long = source_.substr(at_, 3) == three;
    at_ += is_long ? 3 : 1;
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '\\' && at_ + 1 < source_.size()) {
        line_ += source_[at_ + 1] == '\n' ? 1 : 0;
        at_ += 2;
        continue;
      }
      if (is_long ? source_.substr(at_, 3) == three : c == quote) {
        at_ += is_long ? 3 : 1;
        return;
      }
      if (c == '\n') {
        if (!is_long) return;  // it never ended; what follows is read as code
        ++line_;
      }
      ++at_;
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  unsigned depth_ = 0;
};

class Scan {
 public:
  explicit Scan(std::string_view source) {
    Lexer lexer(source);
    while (const auto token = lexer.next()) tokens_.push_back(*token);
  }

  std::vector<SurfaceHit> hits() {
    bool statement_begins = true;
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (token.kind != Token::Kind::word) {
        statement_begins = token.kind == Token::Kind::line_end || token.text == ";" || token.text == ":";
        ++at_;
      } else if (statement_begins && token.text == "import") {
        ++at_;
        imports();
      } else if (statement_begins && token.text == "from") {
        ++at_;
        from_import();
      } else {
        call();
        statement_begins = false;
      }
    }
    return std::move(hits_);
  }

 private:
  bool is(std::size_t at, std::string_view text) const {
    return at < tokens_.size() && tokens_[at].text == text;
  }

  // "a.b.c" from here on; "" if there is no word.
  std::string dotted() {
    std::string name;
    while (at_ < tokens_.size() && tokens_[at_].kind == Token::Kind::word) {
      name += tokens_[at_++].text;
      if (!is(at_, ".")) break;
      name += '.';
      ++at_;
    }
    if (name.ends_with('.')) name.pop_back();
    return name;
  }

  void note_module(const std::string& name, std::uint32_t line) {
    for (const auto& known : modules) {
      if (name == known.name || (name.starts_with(known.name) && name[known.name.size()] == '.')) {
        hits_.push_back({known.kind, line, name});
        return;
      }
    }
  }

  void imports() {
    for (;;) {
      const auto line = at_ < tokens_.size() ? tokens_[at_].line : 0;
      const auto name = dotted();
      if (name.empty()) return;
      note_module(name, line);
      if (is(at_, "as")) at_ += 2;
      if (!is(at_, ",")) return;
      ++at_;
    }
  }

  void from_import() {
    const auto line = at_ < tokens_.size() ? tokens_[at_].line : 0;
    if (is(at_, ".")) return;  // of the package itself
    const auto module = dotted();
    if (!is(at_, "import")) return;
    ++at_;
    note_module(module, line);
    // "from urllib import request" is an import of urllib.request.
    while (at_ < tokens_.size() && tokens_[at_].kind != Token::Kind::line_end && !is(at_, ";")) {
      if (tokens_[at_].kind == Token::Kind::word) {
        const std::string name = module + "." + std::string(tokens_[at_].text);
        if (std::ranges::find(modules, std::string_view(name), &Known::name) != modules.end()) {
          note_module(name, line);
        }
      }
      ++at_;
    }
  }

  void call() {
    const bool attribute = at_ > 0 && is(at_ - 1, ".");
    const bool definition = at_ > 0 && (is(at_ - 1, "def") || is(at_ - 1, "class"));
    const auto line = tokens_[at_].line;
    const auto name = dotted();
    if (attribute || definition || !is(at_, "(")) return;
    const auto found = std::ranges::find(calls, std::string_view(name), &Known::name);
    if (found != calls.end()) hits_.push_back({found->kind, line, name + "()"});
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<SurfaceHit> hits_;
};

}  // namespace

std::vector<SurfaceHit> python_surfaces(std::string_view source) { return Scan(source).hits(); }

}  // namespace assay
