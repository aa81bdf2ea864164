#include "python/dead_fallback.h"

#include <array>

#include "base/text.h"

namespace assay::python {

namespace {

constexpr std::array always = std::to_array<std::string_view>(
    {"_ast", "ast", "contextlib", "hashlib", "hmac", "html", "importlib", "inspect", "io", "json", "pathlib", "secrets",
     "shlex", "shutil", "ssl", "subprocess", "tempfile"});
constexpr std::array finished = std::to_array<std::string_view>({"hmac", "html", "secrets", "shlex"});

}  // namespace

bool is_dead_fallback(const Syntax& syntax, NodeId handler, NodeId try_statement) {
  const auto error = syntax.text(syntax.child(handler));
  if (error != "ImportError" && error != "ModuleNotFoundError") return false;
  const NodeId tried = syntax.child(syntax.child(try_statement));
  if (syntax.is(tried, NodeKind::import_from)) return is_any_of(syntax.text(syntax.child(tried)), finished);
  return syntax.is(tried, NodeKind::import) && is_any_of(syntax.text(syntax.child(syntax.child(tried))), always);
}

}  // namespace assay::python
