#include "examine/source_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

// Not parsers: just enough of each family's lexical rules to tell comments and strings from code.
// Whoever writes a file to mislead them changes how much a finding weighs, never whether it is
// told.
namespace assay {

namespace {

using Kind = SourcePiece::Kind;
constexpr auto npos = std::string_view::npos;

struct Suffixes {
  SourceKind kind;
  std::string_view list;  // each between spaces
};

constexpr std::array<Suffixes, 9> suffixes{{
    {SourceKind::python, " .py .pyi .pyw .pyx .pxd .pxi "},
    {SourceKind::c,
     " .c .h .cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .cu .cuh .m .mm .inc .inl .ipp .tcc .tpp .ixx "
     ".src .dispatch "},
    {SourceKind::c_like,
     " .rs .go .java .kt .swift .js .mjs .cjs .jsx "
     ".ts .tsx .css .scss .less .php .proto .json .cs .scala .v .sv "},
    {SourceKind::hash_like,
     " .sh .bash .zsh .fish .toml .yml .yaml .cfg .ini .cmake .mk .pl .pm .rb .r .conf .build .nix "
     ".tcl .ps1 "},
    {SourceKind::fixed_fortran, " .f .for .ftn .f77 "},
    {SourceKind::fortran, " .f90 .f95 .f03 .f08 "},
    {SourceKind::markup, " .html .htm .xhtml .jinja .jinja2 .j2 .mako .tmpl .tpl .vue .svelte .ejs .hbs .xml .svg .xsd .xsl .xslt .rng .ui .qrc .plist .dtd "},
    {SourceKind::document,
     " .rst .md .markdown .adoc .tex .bib .po .pot .mo .ipynb .man .1 .3 .5 .7 .8 "},
    {SourceKind::media,
     " .png .jpg .jpeg .gif .ico .webp .bmp .tif .tiff .psd .ai .eps .pdf .ttf .otf .woff "
     ".woff2 .eot .mp3 .mp4 .wav .ogg "},
}};

// Without a suffix or with .txt; the legal ones with any ("LICENSE.python").
constexpr std::array<std::string_view, 17> document_names{
    "readme",   "change",  "news",        "history",  "authors",  "notice",
    "thanks",   "install", "contribut",   "security", "citation", "pkg-info",
    "metadata", "release", "maintainers", "todo",     "faq"};
constexpr std::array<std::string_view, 4> legal_names{"license", "licence", "copying", "copyright"};

constexpr std::array<std::string_view, 6> hash_names{"makefile", "cmakelists.txt", "dockerfile", "doxyfile",
                                                     "meson.build", "pipfile"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

// Walks over a text and notes the strings and comments that it passes. It stops where it was told to, and
// goes on from there.
class SourcePieces::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  virtual ~Reader() = default;

  SourcePiece piece_at(std::size_t offset) {
    if (offset >= at_ && at_ < text_.size()) {
      stop_ = std::min(offset, text_.size() - 1) + 1;
      read();
    }
    const auto after = std::ranges::upper_bound(spans_, offset, {}, &Span::from);
    if (after == spans_.begin() || offset >= std::prev(after)->to) return {};
    return std::prev(after)->piece;
  }

 protected:
  virtual void read() = 0;  // until done()

  bool done() const { return at_ >= stop_; }
  char here() const { return text_[at_]; }
  bool starts(std::string_view mark) const { return text_.substr(at_).starts_with(mark); }
  std::size_t at() const { return at_; }
  std::string_view text() const { return text_; }

  // Goes on as code.
  void code(std::size_t bytes = 1) { at_ += bytes; }
  // Goes on to `end` as a piece whose content is [begin, content_end).
  void piece(Kind kind, std::size_t begin, std::size_t content_end, std::size_t end) {
    end = std::min(end, text_.size());
    begin = std::min(begin, text_.size());
    spans_.push_back({{kind, begin, std::min(content_end, text_.size())}, at_, end});
    at_ = end;
  }
  void comment(std::size_t mark, std::string_view terminator) {
    const auto end = text_.find(terminator, at_ + mark);
    piece(Kind::comment, at_ + mark, end, end == npos ? npos : end + terminator.size());
  }
  // To the end of the line, which is left for the next step. In C a backslash before it lets the
  // comment go on.
  void line_comment(std::size_t mark, bool goes_on = false) {
    auto end = text_.find('\n', at_);
    while (goes_on && end != npos && ends_with_backslash(end)) end = text_.find('\n', end + 1);
    piece(Kind::comment, at_ + mark, end, end);
  }
  // The offset of the closing quote, a backslash hiding the next byte; npos if there is none before
  // the end of the text, or of the line.
  std::size_t closing(std::size_t from, std::string_view quote, bool on_one_line) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '\\') {
        ++i;
      } else if (on_one_line && c == '\n') {
        return npos;
      } else if (c == quote[0] && text_.substr(i, quote.size()) == quote) {
        return i;
      }
    }
    return npos;
  }

 private:
  bool ends_with_backslash(std::size_t line_end) const {
    if (line_end > at_ && text_[line_end - 1] == '\r') --line_end;
    return line_end > at_ && text_[line_end - 1] == '\\';
  }

  struct Span {
    SourcePiece piece;
    std::size_t from;  // with its marks: [from, to)
    std::size_t to;
  };

  std::string_view text_;
  std::vector<Span> spans_;  // in their order
  std::size_t at_ = 0;
  std::size_t stop_ = 0;
};

namespace {

// A text without marks.
class PlainReader : public SourcePieces::Reader {
  using Reader::Reader;
  void read() override { code(text().size() - at()); }
};

class PythonReader : public SourcePieces::Reader {
  using Reader::Reader;

  void read() override {
    while (!done()) step();
  }

  void step() {
    const char c = here();
    if (c == '#') return line_comment(1);
    if (c == '"' || c == '\'') return string();
    if (c == '\n') {
      if (depth_ == 0) statement_begins_ = true;
    } else if (c == '\\') {
      return code(2);  // a line that goes on
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth_;
    } else if (c == ')' || c == ']' || c == '}') {
      depth_ -= depth_ > 0 ? 1 : 0;
    }
    if (is_word(c)) return word();
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') statement_begins_ = c == ';';
    code();
  }

  void word() {
    std::size_t end = at();
    while (end < text().size() && is_word(text()[end])) ++end;
    const bool prefix =
        end - at() <= 2 && end < text().size() && (text()[end] == '"' || text()[end] == '\'') &&
        lower(text().substr(at(), end - at())).find_first_not_of("rub") == npos;
    if (!prefix) statement_begins_ = false;
    code(end - at());
  }

  void string() {
    const std::string triple(3, here());
    const bool is_triple = starts(triple);
    const std::string quote(is_triple ? 3 : 1, here());
    const std::size_t content = at() + quote.size();
    const std::size_t close = closing(content, quote, !is_triple);
    if (close == npos && !is_triple) return code();
    const std::size_t end = close == npos ? text().size() : close + quote.size();
    const bool docstring = statement_begins_ && depth_ == 0 && statement_ends(end);
    statement_begins_ = false;
    piece(docstring ? Kind::docstring : Kind::string, content, close, end);
  }

  bool statement_ends(std::size_t from) const {
    const auto next = text().find_first_not_of(" \t\r", from);
    return next == npos || std::string_view("\n#;").contains(text()[next]);
  }

  std::size_t depth_ = 0;
  bool statement_begins_ = true;
};

// What can begin a string or a comment, or hide the next byte.
constexpr auto is_c_mark = [] {
  std::array<bool, 256> marks{};
  for (const char c : std::string_view("/\"'`\\")) marks[static_cast<unsigned char>(c)] = true;
  return marks;
}();

// Is the quote at `at` that of a raw string: R"…, also after u8, u, U, L?
bool is_raw(std::string_view text, std::size_t at) {
  if (at == 0 || text[at - 1] != 'R') return false;
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 5 && is_word(text[begin - 1])) --begin;
  const auto prefix = text.substr(begin, at - begin);
  constexpr std::array<std::string_view, 5> prefixes{"R", "LR", "uR", "UR", "u8R"};
  return std::ranges::find(prefixes, prefix) != prefixes.end();
}

// 1'000'000 of C++14: the quote stands in a word that begins with a digit.
bool separates_digits(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < 40 && (is_word(text[begin - 1]) || text[begin - 1] == '\'')) {
    --begin;
  }
  return begin < at && text[begin] >= '0' && text[begin] <= '9';
}

class CLikeReader : public SourcePieces::Reader {
 public:
  CLikeReader(std::string_view text, bool is_c) : Reader(text), is_c_(is_c) {}

 private:
  void read() override {
    while (!done()) step();
  }

  void step() {
    std::size_t next = at();
    while (next < text().size() && !is_c_mark[static_cast<unsigned char>(text()[next])]) ++next;
    code(next - at());
    if (done()) return;
    const char c = here();
    if (starts("//")) return line_comment(2, is_c_);
    if (starts("/*")) return comment(2, "*/");
    if (is_c_ && c == '\'' && separates_digits(text(), next)) return code();
    if (c == '"' && is_c_ && is_raw(text(), next) && raw_string()) return;
    if (c != '"' && c != '\'' && (c != '`' || is_c_)) return code(c == '\\' ? 2 : 1);
    const auto close = closing(next + 1, std::string_view(&c, 1), c != '`');
    if (close == npos) return code();
    piece(Kind::string, next + 1, close, close + 1);
  }

  // R"delimiter(…)delimiter" of C++11. False if it is none after all.
  bool raw_string() {
    const auto open = text().substr(at() + 1, 17).find('(');
    if (open == npos) return false;
    const std::size_t content = at() + open + 2;
    const std::string close = ")" + std::string(text().substr(at() + 1, open)) + "\"";
    const auto end = text().find(close, content);
    piece(Kind::string, content, end, end == npos ? npos : end + close.size());
    return true;
  }

  bool is_c_;
};

class HashLikeReader : public SourcePieces::Reader {
  using Reader::Reader;

  void read() override {
    while (!done()) step();
  }

  void step() {
    const char c = here();
    if (c == '#' && after_space_) return line_comment(1);
    const auto close = c == '"' || c == '\'' ? closing(at() + 1, std::string_view(&c, 1), true) : npos;
    if (close != npos) {
      piece(Kind::string, at() + 1, close, close + 1);
    } else {
      code(c == '\\' ? 2 : 1);
    }
    after_space_ = c == ' ' || c == '\t' || c == '\n';
  }

  bool after_space_ = true;
};

class FortranReader : public SourcePieces::Reader {
 public:
  FortranReader(std::string_view text, bool is_fixed) : Reader(text), is_fixed_(is_fixed) {}

 private:
  void read() override {
    while (!done()) step();
  }

  void step() {
    const char c = here();
    const bool is_mark = begins_line_ && is_fixed_ && (c == 'C' || c == 'c' || c == '*');
    begins_line_ = c == '\n';
    if (c == '!' || is_mark) return line_comment(1);
    // A quotation mark within a string is written twice: two strings with nothing between them.
    const auto close = c == '"' || c == '\'' ? text().find_first_of(c == '"' ? "\"\n" : "'\n", at() + 1) : npos;
    if (close == npos || text()[close] != c) return code();
    piece(Kind::string, at() + 1, close, close + 1);
  }

  bool is_fixed_;
  bool begins_line_ = true;
};

class MarkupReader : public SourcePieces::Reader {
  using Reader::Reader;

  void read() override {
    while (!done()) {
      const auto mark = std::min(text().find("<!--", at()), text().size());
      code(mark - at());
      if (!done()) comment(4, "-->");
    }
  }
};

std::unique_ptr<SourcePieces::Reader> reader_of(SourceKind kind, std::string_view text) {
  switch (kind) {
    case SourceKind::python: return std::make_unique<PythonReader>(text);
    case SourceKind::c: return std::make_unique<CLikeReader>(text, true);
    case SourceKind::c_like: return std::make_unique<CLikeReader>(text, false);
    case SourceKind::hash_like: return std::make_unique<HashLikeReader>(text);
    case SourceKind::fixed_fortran: return std::make_unique<FortranReader>(text, true);
    case SourceKind::fortran: return std::make_unique<FortranReader>(text, false);
    case SourceKind::markup: return std::make_unique<MarkupReader>(text);
    case SourceKind::document:
    case SourceKind::media:
    case SourceKind::other: break;
  }
  return std::make_unique<PlainReader>(text);
}

}  // namespace

SourceKind source_kind(std::string_view path, std::string_view text) {
  const std::string name = lower(path.substr(path.rfind('/') + 1));
  const auto begins_with = [&](std::string_view word) { return name.starts_with(word); };
  if (std::ranges::find(hash_names, name) != hash_names.end()) return SourceKind::hash_like;
  const auto dot = name.rfind('.');
  const std::string suffix = dot == npos || dot == 0 ? "" : name.substr(dot);
  for (const auto& [kind, list] : suffixes) {
    if (!suffix.empty() && list.contains(" " + suffix + " ")) return kind;
  }
  if (begins_with("makefile.") || begins_with("setup.cfg.")) return SourceKind::hash_like;
  if (text.starts_with("#!")) {
    const auto first_line = text.substr(0, std::min<std::size_t>(text.find('\n'), 200));
    return first_line.contains("python") ? SourceKind::python : SourceKind::hash_like;
  }
  const bool plain = suffix.empty() || suffix == ".txt";
  if (std::ranges::any_of(legal_names, begins_with) ||
      (plain && std::ranges::any_of(document_names, begins_with))) {
    return SourceKind::document;
  }
  return SourceKind::other;
}

SourcePieces::SourcePieces(SourceKind kind, std::string_view text) : kind_(kind), reader_(reader_of(kind, text)) {}

SourcePieces::~SourcePieces() = default;

SourcePiece SourcePieces::at(std::size_t offset) const { return reader_->piece_at(offset); }

std::vector<SourcePiece> pieces_at(SourceKind kind, std::string_view text,
                                   std::span<const std::size_t> offsets) {
  const SourcePieces pieces(kind, text);
  std::vector<SourcePiece> found;
  for (const std::size_t offset : offsets) found.push_back(pieces.at(offset));
  return found;
}

}  // namespace assay
