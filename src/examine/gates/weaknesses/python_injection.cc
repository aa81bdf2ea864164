#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/data_sources.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

constexpr auto npos = std::string_view::npos;

bool contains_after(std::string_view text, std::string_view first, std::string_view second) {
  const auto at = text.find(first);
  return at != npos && text.find(second, at + first.size()) != npos;
}

// A statement of SQL somewhere in the text; lower case, single-spaced, with a space at each end.
bool is_sql(std::string_view text) {
  if (contains_after(text, "select ", " from ") || text.contains("delete from ")) return true;
  if (contains_after(text, "insert into ", " values") || contains_after(text, "insert into ", "select ")) return true;
  // MySQL takes both without INTO.
  const bool puts = text.starts_with("insert ") || text.starts_with("replace ");
  if (puts && (text.contains(" values (") || text.contains(" values("))) return true;
  if (contains_after(text, "update ", " set ") || text.contains("replace into ")) return true;
  constexpr std::array ddl = std::to_array<std::string_view>(
      {"drop table ", "alter table ", "create table ", "truncate table ", "drop database ", "create database ",
       "create view ", "create index ", "drop view ", "drop index ", "drop schema "});
  return std::ranges::any_of(ddl, [&](std::string_view words) { return text.starts_with(words); });
}

bool begins_as_sql(std::string_view text) {
  constexpr std::array verbs = std::to_array<std::string_view>(
      {"select ", "insert ", "delete ", "update ", "replace ", "with ", "drop ", "alter ", "create ", "truncate ",
       "explain ", "(select ", "merge ", "pragma "});
  return std::ranges::any_of(verbs, [&](std::string_view verb) { return text.starts_with(verb); });
}

// All that stands between the brackets is most often a list of places for values: "values (?, ?)".
bool is_list_of_values(std::string_view text, std::size_t hole) {
  return trim(text.substr(0, hole)).ends_with("values (") && trim(text.substr(hole + 1)).starts_with(')');
}

// Does a hole stand where a value belongs? Elsewhere it names a table, or is a part of the statement.
bool has_value_hole(std::string_view text) {
  for (auto at = text.find(BuiltText::hole); at != npos; at = text.find(BuiltText::hole, at + 1)) {
    const auto before = text.substr(0, at);
    if (before.ends_with('\'') || before.ends_with("%")) return true;
    const auto trimmed = trim(before);
    if (trimmed.ends_with('=') || trimmed.ends_with('<') || trimmed.ends_with('>') || trimmed.ends_with(" like") ||
        trimmed.ends_with(" limit")) {
      return true;
    }
    const auto values = trimmed.rfind("values");
    if (values == npos || is_list_of_values(text, at)) continue;
    if (trimmed.ends_with('(') || trimmed.ends_with(',')) return true;
  }
  return false;
}

bool has_list_of_values(std::string_view text) {
  for (auto at = text.find(BuiltText::hole); at != npos; at = text.find(BuiltText::hole, at + 1)) {
    if (is_list_of_values(text, at)) return true;
  }
  return false;
}

constexpr std::array executors = std::to_array<std::string_view>(
    {"execute", "executemany", "executescript", "raw", "text", "read_sql", "read_sql_query", "exec_driver_sql",
     "execute_sql", "mogrify", "fetch", "fetchrow", "fetchval", "query"});

// Is the text handed to what runs it, here or by the name that it is given?
bool is_executed(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  NodeId at = match.node;
  for (int i = 0; i < 4; ++i) {
    at = module.parent(at);
    if (at == no_node) return false;
    if (syntax.is(at, NodeKind::call)) {
      const auto callee = syntax.text(syntax.child(at));
      return std::ranges::find(executors, last_part(callee)) != executors.end();
    }
    if (!syntax.is(at, NodeKind::assign) || !syntax.is(syntax.child(at), NodeKind::name)) continue;
    const std::string name(syntax.text(syntax.child(at)));
    for (const std::string_view executor : {"execute(", "executemany(", "executescript(", "read_sql(", "raw("}) {
      const auto use = match.file.bytes.find(std::string(executor) + name);
      if (use == npos) continue;
      const auto after = match.file.bytes.substr(use + executor.size() + name.size(), 1);
      if (after == ")" || after == ",") return true;
    }
    return false;
  }
  return false;
}

// What a database says of its own tables, which programs ask for names that they have.
bool asks_catalogue(std::string_view text) {
  constexpr std::array catalogues = std::to_array<std::string_view>(
      {" information_schema.", " pg_class", " pg_catalog", " sqlite_master", " sqlite_schema", " geometry_columns",
       " duckdb_", " all_tab", " user_tab", " sys.tables", " sys.columns", " svv_tables"});
  return std::ranges::any_of(catalogues, [&](std::string_view name) { return text.contains(name); });
}

// Does the module tell that others can shape a part of it? Yes where data are not followed.
bool is_from_outside(const SyntaxMatch& match, NodeId expression) {
  return !match.follows_data || data_sources(match.module(), expression, GivenTo::methods_too).from_outside();
}

bool is_outermost(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const NodeId parent = module.parent(match.node);
  switch (syntax.kind(parent)) {
    case NodeKind::bin_op: {
      const auto operation = static_cast<Operator>(syntax[parent].detail);
      if (operation == Operator::add) return false;
      return operation != Operator::modulo || syntax.child(parent) != match.node;
    }
    case NodeKind::concatenated:
    case NodeKind::replacement: return false;
    case NodeKind::attribute: return !syntax.is(module.parent(parent), NodeKind::call);
    default: return true;
  }
}

bool can_build(const SyntaxMatch& match) {
  const Syntax& syntax = match.syntax();
  switch (syntax.kind(match.node)) {
    case NodeKind::bin_op: {
      const auto operation = static_cast<Operator>(syntax[match.node].detail);
      return operation == Operator::add || operation == Operator::modulo;
    }
    case NodeKind::call: {
      const NodeId callee = syntax.child(match.node);
      if (!syntax.is(callee, NodeKind::attribute)) return false;
      const auto method = syntax.text(syntax.child(callee, 1));
      return (method == "format" || method == "replace") && match.has_hit(syntax.child(callee));
    }
    default: return true;
  }
}

// Lists and dictionaries of constant texts.
bool is_constant(const SyntaxMatch& match, NodeId id, int depth = 0) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  if (const NodeId value = module.value_of(id)) return depth < 4 && is_constant(match, value, depth + 1);
  switch (syntax.kind(id)) {
    case NodeKind::list:
    case NodeKind::tuple:
    case NodeKind::dict:
      for (const NodeId part : syntax.children(id)) {
        const bool item = syntax.is(part, NodeKind::dict_item);
        if (depth > 4 || !is_constant(match, item ? syntax.child(part, 1) : part, depth + 1)) return false;
        if (item && !is_constant(match, syntax.child(part), depth + 1)) return false;
      }
      return true;
    default: return module.text_of(id) || module.constant_of(id) || module.integer_of(id);
  }
}

// Literals alone, without names.
bool is_plain(const SyntaxMatch& match, NodeId id, int depth = 0) {
  const Syntax& syntax = match.syntax();
  switch (syntax.kind(id)) {
    case NodeKind::list:
    case NodeKind::tuple:
    case NodeKind::dict:
    case NodeKind::dict_item:
      return depth < 6 && std::ranges::all_of(syntax.children(id), [&](NodeId part) {
               return is_plain(match, part, depth + 1);
             });
    case NodeKind::string:
    case NodeKind::concatenated:
    case NodeKind::number:
    case NodeKind::constant: return true;
    default: return false;
  }
}

}  // namespace

bool check_sql_built(const SyntaxMatch& match, Judgement& judgement) {
  if (!can_build(match) || !is_outermost(match)) return false;
  const auto built = built_text(match.module(), match.node);
  if (built.constant()) return false;
  const std::string text = lower(one_spaced(built.text)) + " ";
  if (!is_sql(text)) return false;
  if (!begins_as_sql(text)) {
    judgement.severity = Severity::low;
    return true;
  }
  const bool executed = is_executed(match);
  if (built.holes == 0) {
    judgement.severity = Severity::low;
  } else if (asks_catalogue(text)) {
    judgement.message = "A name is written into a question about the tables there are";
  } else if (has_value_hole(text) || (has_list_of_values(text) && is_from_outside(match, match.node))) {
    judgement.confidence = executed ? Confidence::high : Confidence::medium;
    judgement.message = executed ? "A value is written into the statement that is executed"
                                 : "A value is written into a statement";
  } else {
    judgement.message = "A name or a part of the statement is written into it";
  }
  return true;
}

bool check_rawsql(const SyntaxMatch& match, Judgement& judgement) {
  const NodeId sql = match.module().argument(match.node, "sql", 0);
  if (sql == no_node || match.syntax().is(sql, NodeKind::string)) return false;
  if (built_text(match.module(), sql).constant()) {
    judgement.severity = Severity::none;
  } else if (!is_from_outside(match, sql)) {
    judgement.confidence = Confidence::low;
    judgement.message = "A statement goes into RawSQL, and nothing tells here that others can shape it";
  }
  return true;
}

bool check_django_extra(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const NodeId first = module.argument(match.node, "", 0);
  if (first != no_node) {
    const bool table = syntax.is(first, NodeKind::dict) || module.qualified(first) == "dict()";
    if (table && !is_plain(match, first)) {
      if (is_constant(match, first)) judgement.severity = Severity::none;
      return true;
    }
    if (syntax.is(first, NodeKind::string)) return false;
  }
  bool told = false;
  bool harmless = true;
  for (const std::string_view keyword : {"select", "where", "tables", "order_by"}) {
    const NodeId value = module.argument(match.node, keyword, -1);
    if (value == no_node || is_plain(match, value)) continue;
    told = true;
    harmless = harmless && is_constant(match, value);
  }
  if (harmless) judgement.severity = Severity::none;
  return told;
}

bool check_markup(const SyntaxMatch& match, Judgement& judgement) {
  const NodeId text = match.module().argument(match.node, "", 0);
  if (!match.syntax().is(match.node, NodeKind::call)) return true;
  if (text == no_node) return match.rule.about.id.ends_with("mark-safe");
  const auto built = built_text(match.module(), text);
  if (built.holes > 0) {
    if (!built.formatted()) {
      judgement.confidence = Confidence::low;  // what comes from elsewhere may be escaped there
    } else if (is_from_outside(match, text)) {
      judgement.message = "Markup is put together from data that is not escaped";
    } else {
      judgement.confidence = Confidence::low;
      judgement.message = "Markup is put together, and nothing tells here that others can shape it";
    }
    return true;
  }
  if (match.rule.about.id.ends_with("mark-safe")) {
    judgement.severity = Severity::low;
    return true;
  }
  judgement.severity = built.constant() ? Severity::none : Severity::low;
  return !match.syntax().is(text, NodeKind::string) && built.text.size() > built.safe_holes;
}

}  // namespace assay
