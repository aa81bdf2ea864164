#include "examine/gates/weaknesses/c_judgements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/c_context.h"
#include "examine/gates/weaknesses/c_format.h"
#include "examine/gates/weaknesses/c_sizes.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;

CJudgement rules_own(const CallInRule& at, std::string words) {
  return {at.rule.about.severity, at.rule.about.confidence, std::move(words)};
}
CJudgement noted(Confidence confidence, std::string words) {
  return {Severity::low, confidence, std::move(words)};
}
CJudgement doubtful(const CallInRule& at, std::string words) {
  return {at.rule.about.severity, Confidence::low, std::move(words)};
}

// The arguments from that of "..." on.
std::vector<const CArgument*> variable_arguments(const CallInRule& at) {
  std::vector<const CArgument*> rest;
  const auto& parameters = at.signature.parameters;
  const auto dots = std::ranges::find(parameters, "...");
  for (auto i = static_cast<std::size_t>(dots - parameters.begin()); i < at.call.arguments.size(); ++i) {
    rest.push_back(&at.call.arguments[i]);
  }
  return rest;
}

// A buffer that a literal of fewer bytes does not fill is none that anybody declares.
constexpr std::size_t short_text = 60;

bool may_read_file(const CallInRule& at) {
  constexpr std::size_t most = 1 << 20;  // it is looked through for each call
  return at.looks_around && at.file.size() < most;
}

// Is it a table's literal, or one that each caller in the file gives?
bool is_constant_to_all(const CallInRule& at, const CArgument& source) {
  return may_read_file(at) &&
         (is_of_literal_table(at.file, source) || callers_give_literals(at.file, at.call, source, short_text));
}

CSizes sizes_at(const CallInRule& at) { return {at.file, at.call, at.rule.list("bounded")}; }

// Do what is written and its end fit by what is declared?
bool fits(const CallInRule& at, std::optional<CSize> text) {
  const auto room = text ? sizes_at(at).room_of(at.given("to")) : std::nullopt;
  if (!room) return false;
  ++text->number;
  return is_at_least(*room, *text);
}

bool is_measured(const CallInRule& at, const CArgument& source) {
  const CArgument& to = at.given("to");
  if (CSurroundings(at.file, at.call, at.looks_around).looks_bounded(to, source)) return true;
  return may_read_file(at) && (callers_measure(at.file, at.call, to, source) || is_one_of_literals(at.file, at.call, source));
}

// strcpy(text + 1, text + 3)
bool moves_forward(const CArgument& to, const CArgument& from) {
  const auto offset = [](const CArgument& argument) -> std::optional<std::size_t> {
    if (argument.size() == 1) return 0;
    const bool digit = argument.size() == 3 && argument[1].text == "+" && argument[2].text.size() == 1 &&
                       argument[2].kind == CToken::Kind::number;
    return digit ? std::optional<std::size_t>(argument[2].text[0] - '0') : std::nullopt;
  };
  if (to.empty() || from.empty() || to[0].kind != CToken::Kind::word || to[0].text != from[0].text) return false;
  const auto begin = offset(to);
  const auto end = offset(from);
  return begin && end && *begin < *end;
}

constexpr const char* fitting = "has no bound, but what it writes fits its buffer";

// What sprintf writes is short if it writes no text, or constant text only.
std::optional<CJudgement> judge_written(const CallInRule& at, const std::string& format) {
  const auto rest = variable_arguments(at);
  std::size_t place = 0;
  for (const Directive& directive : directives(format)) {
    place += directive.skipped ? 1 : 0;
    const bool text = directive.conversion == 's' || directive.conversion == 'S';
    if (text && !directive.precision) {
      const CArgument* const source = place < rest.size() ? rest[place] : nullptr;
      const bool known = source != nullptr && (constant_text(*source) || is_constant_name(*source));
      if (!known) {
        const CSurroundings around(at.file, at.call, at.looks_around);
        std::string words = "writes text of unknown length into its buffer";
        if (source == nullptr) return doubtful(at, words);
        if (is_constant_to_all(at, *source)) return noted(Confidence::low, "has no bound, but writes what seems to be constant");
        if (may_read_file(at) && fits(at, sizes_at(at).written(at.given("format"), rest))) {
          return noted(Confidence::medium, fitting);
        }
        return is_measured(at, *source) || around.holds_literals(*source)
                   ? doubtful(at, words + ", which may have been measured before")
                   : rules_own(at, words);
      }
    }
    ++place;
  }
  return noted(Confidence::medium, "has no bound, but writes numbers and constant text only");
}

}  // namespace

const CArgument& CallInRule::given(std::string_view parameter) const {
  const auto found = std::ranges::find(signature.parameters, parameter);
  return call.argument(static_cast<std::size_t>(found - signature.parameters.begin()));
}

bool CallInRule::has(std::string_view parameter) const {
  return std::ranges::find(signature.parameters, parameter) != signature.parameters.end();
}

std::optional<CJudgement> judge_named(const CallInRule& at) {
  if (at.has("null") && !is_null(at.given("null"))) return std::nullopt;
  if (at.has("set") && (is_null(at.given("set")) || at.given("set").empty())) return std::nullopt;
  return rules_own(at, std::string(at.signature.note));
}

std::optional<CJudgement> judge_copy(const CallInRule& at) {
  if (at.has("format")) {
    const auto format = constant_text(at.given("format"));
    if (!format) return doubtful(at, "writes by a format that is not constant, without a bound");
    if (!at.has("...")) return rules_own(at, "writes text of unknown length into its buffer");
    return judge_written(at, *format);
  }
  const CArgument& from = at.given("from");
  if (constant_text(at.given("to"))) return std::nullopt;  // another function of that name
  if (const auto text = constant_text(from)) {
    if (text->empty()) return std::nullopt;
    return noted(Confidence::medium, "has no bound, but copies constant text");
  }
  if (moves_forward(at.given("to"), from)) return noted(Confidence::medium, "has no bound, but only moves text towards its begin");
  const CSurroundings around(at.file, at.call, at.looks_around);
  const bool known = is_constant_name(from) || around.holds_literals(from) || is_constant_to_all(at, from);
  if (known) return noted(Confidence::low, "has no bound, but copies what seems to be constant");
  const bool appends = lower(at.call.name).contains("cat");
  if (!appends && may_read_file(at) && fits(at, sizes_at(at).longest(from))) return noted(Confidence::medium, fitting);
  std::string words = "copies text of unknown length into its buffer";
  return is_measured(at, from)
             ? doubtful(at, words + ", which may have been measured before")
             : rules_own(at, words);
}

std::optional<CJudgement> judge_format(const CallInRule& at) {
  const CArgument& format = at.given("format");
  if (format.empty() || constant_text(format) || is_null(format)) return std::nullopt;
  if (is_constant_name(format)) return noted(Confidence::low, "has a macro for its format");
  const CSurroundings around(at.file, at.call, at.looks_around);
  if (around.holds_literals(format)) return std::nullopt;
  if (at.has("list")) return noted(Confidence::low, "takes its caller's format");
  const std::string words = "has a format that is not constant";
  // With arguments, somebody chose among formats; without, the text was probably meant as text.
  const bool bare = variable_arguments(at).empty();
  return bare ? rules_own(at, words + ", and nothing to fill in") : doubtful(at, words);
}

std::optional<CJudgement> judge_scan(const CallInRule& at) {
  const auto format = constant_text(at.given("format"));
  if (!format) return noted(Confidence::low, "reads by a format that is not constant");
  const auto unbounded = [](const Directive& directive) {
    const bool text = directive.conversion == 's' || directive.conversion == '[' ||
                      directive.conversion == 'S';
    return text && !directive.width && !directive.skipped && !directive.allocated;
  };
  // A width of PRI-like macros' kind: "%" STRING(MAX) "s".
  const bool composed = std::ranges::any_of(at.given("format"), [](const CToken& token) {
    return token.kind == CToken::Kind::word;
  });
  if (!std::ranges::any_of(directives(*format), unbounded)) return std::nullopt;
  const std::string words = "stores text of any length: its format gives no width";
  return composed ? doubtful(at, words) : rules_own(at, words);
}

std::optional<CJudgement> judge_length(const CallInRule& at) {
  const CArgument& to = at.given("to");
  const CArgument& from = at.given("from");
  const std::string size = joined(at.given("size"));
  const std::string target = joined(to);
  const auto is_size_of = [&](const std::string& what) {
    return !what.empty() && (size == "sizeof(" + what + ")" || size == "sizeof" + what);
  };
  const CSurroundings around(at.file, at.call, at.looks_around);
  if (at.has("appended") && (is_size_of(target) || size == "sizeof(" + target + ")-strlen(" + target + ")")) {
    return rules_own(at, "is given the size of its buffer, not what is left of it");
  }
  if (at.has("characters") && is_size_of(target)) {
    return rules_own(at, "is given its buffer's size in bytes where characters are counted");
  }
  if (at.has("unterminated") && is_size_of(target)) {
    if (at.has("ended")) return rules_own(at, "fills its whole buffer and leaves no room for the end");
    if (around.ends_later(to)) return std::nullopt;
    return noted(Confidence::medium, "leaves text without an end if its source is as long as its buffer");
  }
  if (is_size_of(target) && around.is_pointer(to)) {
    return doubtful(at, "is given the size of a pointer, not of the buffer that it points to");
  }
  const bool by_source = !from.empty() && (size.contains("strlen(" + joined(from) + ")") ||
                                           (is_size_of(joined(from)) && joined(from) != target));
  if (!by_source || size.contains("sizeof(" + target + ")")) return std::nullopt;
  const std::string words = "is bounded by its source, not by its buffer";
  return around.looks_bounded(to, from) || is_size_of(joined(from)) ? noted(Confidence::low, words)
                                                                  : doubtful(at, words);
}

std::optional<CJudgement> judge_command(const CallInRule& at) {
  if (at.has("library")) {
    const auto name = constant_text(at.given("library"));
    if (!name) return noted(Confidence::low, "loads a library whose name is not constant");
    if (name->find_first_of("/\\") != npos) return std::nullopt;
    if (joined(at.given("flags")).contains("LOAD_LIBRARY_SEARCH_")) return std::nullopt;
    const std::string base = lower(*name).substr(0, lower(*name).find('.'));
    const auto& preloaded = at.rule.list("preloaded");
    if (std::ranges::find(preloaded, base) != preloaded.end()) return std::nullopt;
    return rules_own(at, "loads a library from wherever it is found first");
  }
  if (at.has("application")) {
    const auto command = constant_text(at.given("command"));
    if (!is_null(at.given("application")) || (command && !command->contains(' '))) return std::nullopt;
    if (command && command->starts_with("\\\"")) return std::nullopt;
    return rules_own(at, "guesses where the program's name ends in its command line");
  }
  const bool looked_for = at.has("file");
  const CArgument& command = at.given(looked_for ? "file" : "command");
  if (is_null(command)) return std::nullopt;  // system(NULL) asks whether there is a shell
  const auto text = constant_text(command);
  const bool constant = text || is_constant_name(command) ||
                        CSurroundings(at.file, at.call, at.looks_around).holds_literals(command);
  if (looked_for) {
    if (text && text->contains('/')) return std::nullopt;
    return noted(Confidence::low, constant ? "runs what is found first on the path"
                                           : "runs a program whose name is not constant");
  }
  if (constant) return noted(Confidence::medium, "runs a constant command by a shell");
  return rules_own(at, "has a shell run a command that is not constant");
}

std::optional<CJudgement> judge_ignored(const CallInRule& at) {
  if (!at.call.is_statement) return std::nullopt;
  return rules_own(at, std::string(at.signature.note));
}

std::optional<CJudgement> judge_mask(const CallInRule& at) {
  const CArgument& mask = at.given("mask");
  if (mask.size() != 1 || mask[0].kind != CToken::Kind::number) return std::nullopt;
  const auto digits = mask[0].text;
  const bool octal = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '7'; });
  if (!octal || (digits.size() > 1 && digits[0] != '0')) return std::nullopt;
  const char others = digits.back();
  if (((others - '0') & 2) != 0) return std::nullopt;
  const bool asked = at.call.is_statement == false;  // mask = umask(0); umask(mask) only reads it
  if (asked) return noted(Confidence::low, "lets others write until the mask is set again");
  return rules_own(at, "lets others write to the files that are made");
}

std::optional<CJudgement> judge_followed(const CallInRule& at) {
  const CSurroundings around(at.file, at.call, at.looks_around);
  const auto& then = at.rule.list("then");
  if (std::ranges::any_of(then, [&](const std::string& word) { return around.after_contains(word); })) {
    return std::nullopt;
  }
  return rules_own(at, std::string(at.signature.note));
}

}  // namespace assay
