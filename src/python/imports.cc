#include "python/imports.h"

#include <optional>

#include "python/tokens.h"

namespace assay {

namespace {

class ImportReader {
 public:
  explicit ImportReader(std::string_view source) : tokens_(source) { advance(); }

  std::vector<Import> all() {
    bool statement_begins = true;
    while (token_) {
      if (statement_begins && is("import")) {
        advance();
        read_imports();
      } else if (statement_begins && is("from")) {
        advance();
        read_from();
      }
      if (!token_) break;
      statement_begins = token_->kind == Token::Kind::line_end || is(";") || is(":");
      advance();
    }
    return std::move(imports_);
  }

 private:
  void advance() { token_ = tokens_.next(); }
  bool is(std::string_view text) const { return token_ && token_->text == text; }
  bool is_word() const { return token_ && token_->kind == Token::Kind::word; }

  // "a.b.c" from here on; "" if there is no word.
  std::string dotted() {
    std::string name;
    while (is_word()) {
      name += token_->text;
      advance();
      if (!is(".")) break;
      name += '.';
      advance();
    }
    if (name.ends_with('.')) name.pop_back();
    return name;
  }

  void skip_alias() {
    if (!is("as")) return;
    advance();
    if (is_word()) advance();
  }

  void read_imports() {
    while (is_word()) {
      const auto line = token_->line;
      imports_.push_back({dotted(), 0, {}, line});
      skip_alias();
      if (!is(",")) return;
      advance();
    }
  }

  void read_from() {
    Import import;
    import.line = token_ ? token_->line : 0;
    for (; is("."); advance()) ++import.level;
    if (!is("import")) import.module = dotted();
    if (!is("import")) return;  // "yield from x", "raise from x"
    advance();
    if (is("(")) advance();
    while (is_word() || is("*")) {
      import.names.emplace_back(token_->text);
      advance();
      skip_alias();
      if (!is(",")) break;
      advance();
    }
    imports_.push_back(std::move(import));
  }

  TokenReader tokens_;
  std::optional<Token> token_;
  std::vector<Import> imports_;
};

}  // namespace

std::vector<Import> imports_of(std::string_view source) { return ImportReader(source).all(); }

std::vector<std::string> modules_of(const Import& import, std::string_view importer,
                                    bool is_package) {
  std::string base = import.module;
  if (import.level > 0) {
    std::string_view package = importer;
    for (unsigned i = is_package ? 1 : 0; i < import.level; ++i) {
      const auto dot = package.rfind('.');
      package = dot == package.npos ? std::string_view() : package.substr(0, dot);
    }
    base = std::string(package);
    if (!base.empty() && !import.module.empty()) base += '.';
    base += import.module;
  }
  std::vector<std::string> modules;
  if (!base.empty()) modules.push_back(base);
  for (const auto& name : import.names) {
    modules.push_back(base.empty() ? name : base + "." + name);
  }
  return modules;
}

}  // namespace assay
