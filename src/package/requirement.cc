#include "package/requirement.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "package/clause_scan.h"
#include "package/unicode.h"
#include "package/white_space.h"

namespace assay {

namespace {

// The grammar of PEP 508, one function a rule. White space in it is spaces and tabs.
class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : text_(text), rest_(text) {}

  Result<Requirement> parse() {
    Requirement requirement;
    skip_blanks();
    requirement.written_name = take_identifier();
    if (requirement.written_name.empty()) return bad("no name at its start");
    requirement.name = Name::normalize(requirement.written_name);
    skip_blanks();
    ASSAY_TRY(requirement.written_extras, parse_extras());
    for (const auto& extra : requirement.written_extras) {
      requirement.extras.insert(Name::normalize(extra).str());
    }
    skip_blanks();
    if (take('@')) {
      ASSAY_TRY(requirement.url, parse_url());
    } else {
      ASSAY_TRY(requirement.specifier, parse_specifier());
    }
    if (rest_.empty()) return requirement;
    if (!take(';')) return bad("a comma or a semicolon is missing");
    auto marker = Marker::parse(rest_);
    if (!marker) return bad(marker.error().message);
    requirement.marker = *std::move(marker);
    return requirement;
  }

 private:
  std::unexpected<Error> bad(std::string_view why) const {
    return fail(ErrorKind::invalid_input, fmt::format("not a requirement, {}: \"{}\"", why,
                                                      printable(text_.substr(0, 200))));
  }

  void skip_blanks() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_front(std::size_t size) {
    const auto front = rest_.substr(0, size);
    rest_.remove_prefix(front.size());
    return front;
  }

  // Letters, digits and separators. It begins with no separator; it may end in "_", by the
  // reference implementation's rule, but in no other.
  std::string_view take_identifier() {
    if (rest_.empty() || !is_ascii_alphanumeric(rest_.front())) return {};
    std::size_t end = 0;
    while (end < rest_.size() && (is_ascii_alphanumeric(rest_[end]) || rest_[end] == '.' ||
                                  rest_[end] == '-' || rest_[end] == '_')) {
      ++end;
    }
    while (rest_[end - 1] == '.' || rest_[end - 1] == '-') --end;
    return take_front(end);
  }

  // ("[" (name ("," name)*)? "]")?
  Result<std::set<std::string>> parse_extras() {
    std::set<std::string> extras;
    if (!take('[')) return extras;
    skip_blanks();
    auto extra = take_identifier();
    while (!extra.empty()) {
      extras.emplace(extra);
      skip_blanks();
      if (!take(',')) break;
      skip_blanks();
      extra = take_identifier();
      if (extra.empty()) return bad("no extra's name after a comma");
    }
    skip_blanks();
    if (!take(']')) return bad("its extras are not closed");
    return extras;
  }

  // Everything up to white space, so a semicolon needs white space before it.
  Result<std::string> parse_url() {
    skip_blanks();
    std::size_t end = 0;
    while (end < rest_.size() && white_space_length(rest_.substr(end)) == 0) ++end;
    const auto url = take_front(end);
    if (url.empty()) return bad("no URL after the @");
    skip_blanks();
    return std::string(url);
  }

  // Clauses with commas between them, in parentheses or not; a comma may end them.
  Result<SpecifierSet> parse_specifier() {
    const bool enclosed = take('(');
    skip_blanks();
    if (auto whole = take_whole_list()) {
      skip_blanks();
      if (enclosed && !take(')')) return bad("a parenthesis is not closed");
      skip_blanks();
      return *std::move(whole);
    }
    const auto start = rest_;
    while (const auto clause = scan_clause(rest_)) {
      rest_.remove_prefix(clause->end);
      skip_blanks();
      if (!take(',')) break;
      skip_blanks();
    }
    const auto clauses = start.substr(0, start.size() - rest_.size());
    if (enclosed && !take(')')) return bad("a clause can't be read or a parenthesis is not closed");
    skip_blanks();
    auto specifier = SpecifierSet::parse(clauses);
    if (!specifier) return bad(specifier.error().message);
    return specifier;
  }

  // All up to a semicolon, a parenthesis or the end, if it is a set of clauses with a comma between each
  // two and at most one behind them. Unlike clause by clause, a comma then ends what === is held against,
  // as in the reference implementation since its release 26.
  std::optional<SpecifierSet> take_whole_list() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != ';' && rest_[end] != ')') {
      const char c = rest_[end];
      if (c != '\t' && (c < ' ' || c > '~')) return std::nullopt;
      ++end;
    }
    const auto list = rest_.substr(0, end);
    if (list.empty()) return std::nullopt;
    auto set = SpecifierSet::parse(list);
    if (!set) return std::nullopt;
    const auto commas = static_cast<std::size_t>(std::ranges::count(list, ','));
    const auto clauses = set->clauses().size();
    const bool comma_behind = clauses > 0 && clauses == commas && trim(list).ends_with(',');
    if (clauses != commas + 1 && !comma_behind) return std::nullopt;
    rest_.remove_prefix(end);
    return *std::move(set);
  }

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

Result<Requirement> Requirement::parse(std::string_view text) {
  return RequirementParser(text).parse();
}

std::string Requirement::str() const {
  std::string text = written_name;
  const auto& shown = written_extras.empty() ? extras : written_extras;
  if (!shown.empty()) {
    text += "[" + join(std::vector<std::string>(shown.begin(), shown.end()), ",") + "]";
  }
  text += specifier.str();
  if (!url.empty()) text += " @ " + url + (marker ? " " : "");
  if (marker) text += "; " + marker->str();
  return text;
}

bool Requirement::applies(const MarkerEnvironment& environment,
                          const std::set<std::string>& wanted) const {
  if (!marker) return true;
  MarkerEnvironment with_extra = environment;
  with_extra["extra"] = "";
  if (marker->evaluate(with_extra)) return true;
  return std::ranges::any_of(wanted, [&](const std::string& extra) {
    with_extra["extra"] = extra;
    return marker->evaluate(with_extra);
  });
}

}  // namespace assay
