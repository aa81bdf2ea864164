#include "examine/gates/weaknesses/insecure_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/gates/weaknesses/http_reference.h"
#include "examine/finding_at.h"
#include "examine/source_text.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
// How far back a reference's surroundings matter, in bytes.
constexpr std::size_t context_window = 2048;
constexpr std::size_t section_window = 64 << 10;

// What a reference is, from what asks for a decision to what never does.
struct Judgement {
  Severity severity;
  std::string_view words;  // follows the host in the finding's message
};

constexpr Judgement only_read(std::string_view words) { return {Severity::low, words}; }
constexpr Judgement harmless(std::string_view words) { return {Severity::none, words}; }

// A reference in its surroundings.
struct Reference {
  const ExaminedFile& file;
  const HttpReference& url;
  SourceKind source;
  SourcePiece piece;

  // The text before it: `bytes` at most, and of a string or comment no more than its own.
  std::string_view before(std::size_t bytes = context_window) const {
    const auto least = url.begin < bytes ? 0 : url.begin - bytes;
    const auto begin = std::max(least, piece.begin);
    return file.bytes.substr(begin, url.begin - begin);
  }
  std::string_view before_in_file(std::size_t bytes = context_window) const {
    const auto begin = url.begin < bytes ? 0 : url.begin - bytes;
    return file.bytes.substr(begin, url.begin - begin);
  }
  std::string_view base_name() const { return file.path.substr(file.path.rfind('/') + 1); }
};

// Schemas and document types by their suffix, namespaces by a part of their path.
bool reads_as_identifier(const Rule& rule, const HttpReference& url) {
  const std::string path = lower(url.path.substr(0, url.path.find_first_of("?#")));
  if (path.ends_with(".xsd") || path.ends_with(".dtd")) return true;
  const auto& words = rule.list("identifier-words");
  return std::ranges::any_of(split(path, '/'), [&](std::string_view part) {
    return std::ranges::find(words, part) != words.end();
  });
}

// "apache.org/licenses" holds for hosts within apache.org, for paths that begin so.
bool names(const std::vector<std::string>& places, const HttpReference& url) {
  return std::ranges::any_of(places, [&](std::string_view place) {
    const auto slash = place.find('/');
    if (!is_within(url.host, place.substr(0, slash))) return false;
    return slash == npos || lower(url.path).starts_with(place.substr(slash));
  });
}

bool contains_any(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) { return text.contains(word); });
}

// Markup and JSON say themselves that a URL is an identifier: xmlns="…", "$schema": "…".
bool is_identifier(const Rule& rule, const Reference& reference) {
  const bool declares =
      reference.source == SourceKind::markup || reference.base_name().ends_with(".json");
  if (!declares) return false;
  const auto before = reference.before_in_file(200);
  const auto cut = before.find_last_of(">,;");
  return contains_any(before.substr(cut == npos ? 0 : cut + 1), rule.list("identifier-contexts"));
}

// The words of the name that the string is given to: NS_SOAP = "…", "xmlns:a": "…", ns=r"…".
std::vector<std::string> words_of_target(const Reference& reference) {
  const std::string before = lower(reference.before_in_file(200));
  std::string_view line = std::string_view(before).substr(before.rfind('\n') + 1);
  if (line.ends_with('"') || line.ends_with('\'')) line.remove_suffix(1);
  while (!line.empty() && std::string_view("rub").contains(line.back())) line.remove_suffix(1);
  line = trim(line);
  if (!line.ends_with('=') && !line.ends_with(':')) return {};
  line = line.substr(0, line.find_last_not_of("=: \t\"'") + 1);
  line = line.substr(line.find_last_of(" \t(,{[\"'.") + 1);
  std::vector<std::string> words(1);
  for (const char c : line) {
    if (c == '_' || c == ':' || c == '-') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

bool is_called_identifier(const Rule& rule, const Reference& reference) {
  const auto words = words_of_target(reference);
  return std::ranges::find_first_of(words, rule.list("identifier-words")) != words.end();
}

// A command or a requirement that fetches: "curl http://…", "name @ http://…", "git+http://…".
bool is_command(const Rule& rule, const Reference& reference) {
  const std::string before = lower(reference.before(200));
  const auto line = std::string_view(before).substr(before.rfind('\n') + 1);
  return contains_any(line, rule.list("fetching-words")) || line.ends_with('+') ||
         trim(line).ends_with('@');
}

// "project.urls", from the last line that begins with "[".
std::string_view last_section(std::string_view text) {
  for (auto end = text.size(); end != npos;) {
    const auto newline = end == 0 ? npos : text.rfind('\n', end - 1);
    const auto line = text.substr(newline == npos ? 0 : newline + 1);
    if (line.starts_with('[')) {
      return line.substr(1, std::min(line.find(']'), line.find('\n')) - 1);
    }
    end = newline;
  }
  return {};
}

// A link that an index shows on the project's page: setup.py's url and project_urls, setup.cfg's
// [metadata], pyproject.toml's [project.urls].
bool is_project_metadata(const Rule& rule, const Reference& reference) {
  const auto name = reference.base_name();
  if (name == "setup.cfg" || name == "pyproject.toml") {
    const auto& known = rule.list("metadata-sections");
    const auto section = last_section(reference.before_in_file(section_window));
    return std::ranges::find(known, section) != known.end();
  }
  if (name != "setup.py") return false;
  const std::string lowered = lower(reference.before_in_file());
  const auto urls = lowered.rfind("project_urls");
  if (urls != npos && lowered.find('}', urls) == npos) return true;
  // keyword = "http://…"
  auto keyword = trim(std::string_view(lowered).substr(lowered.rfind('\n') + 1));
  keyword = trim(keyword.substr(0, keyword.find_last_not_of("\"'") + 1));
  if (!keyword.ends_with('=')) return false;
  keyword = trim(keyword.substr(0, keyword.size() - 1));
  keyword = keyword.substr(keyword.find_last_of(" (,") + 1);
  const auto& keywords = rule.list("metadata-keywords");
  return std::ranges::find(keywords, keyword) != keywords.end();
}

// Does another string end right before this one, as in "see " "http://…" of Python and C?
bool continues_a_string(const Reference& reference) {
  const auto before = reference.before_in_file();
  const auto opening = before.find_last_not_of("\"'rRuUbBfF");
  const auto earlier = trim(before.substr(0, opening == npos ? 0 : opening + 1));
  return earlier.ends_with('"') || earlier.ends_with('\'');
}

// A string that speaks to a person has words before the URL.
bool is_message(const Reference& reference) {
  if (reference.piece.kind != SourcePiece::Kind::string) return false;
  if (reference.before().empty() && continues_a_string(reference)) return true;
  const auto before = reference.before();
  return !trim(before).empty() && before.find_first_of(" \t\n") != npos;
}

// A link that a person may follow, or text of the page; not what a browser loads by itself.
bool is_link_for_people(const Reference& reference) {
  if (reference.source != SourceKind::markup) return false;
  const std::string before = lower(reference.before_in_file());
  const auto open = before.rfind('<');
  if (open == npos) return false;
  const std::string_view tag = std::string_view(before).substr(open);
  const bool inside = tag.find('>') == npos;
  if (!inside) return !tag.starts_with("<script") && !tag.starts_with("<style");
  return tag.starts_with("<a ") || tag.starts_with("<a\n") || tag.starts_with("<area ");
}

Judgement judge(const Rule& rule, const Reference& reference) {
  const HttpReference& url = reference.url;
  if (is_local_host(url.host) || names(rule.list("reserved-hosts"), url)) {
    return harmless("is a local or reserved name, without TLS");
  }
  if (names(rule.list("identifiers"), url) || reads_as_identifier(rule, url) ||
      is_identifier(rule, reference)) {
    return harmless("stands in an identifier, which is never fetched");
  }
  if (names(rule.list("licences"), url)) return harmless("stands in the name of a licence");
  switch (reference.file.role) {
    case PathRole::test: return only_read("is referred to without TLS in a test");
    case PathRole::docs: return only_read("is referred to without TLS in documentation");
    case PathRole::example: return only_read("is referred to without TLS in an example");
    case PathRole::shipped:
    case PathRole::vendored:
    case PathRole::generated:
    case PathRole::build: break;
  }
  switch (reference.source) {
    case SourceKind::document: return only_read("is referred to without TLS in a text");
    case SourceKind::media: return only_read("is named without TLS in a media file");
    default: break;
  }
  switch (reference.piece.kind) {
    case SourcePiece::Kind::comment: return only_read("is referred to without TLS in a comment");
    case SourcePiece::Kind::docstring:
      return only_read("is referred to without TLS in a documentation string");
    case SourcePiece::Kind::string:
    case SourcePiece::Kind::code: break;
  }
  if (!is_command(rule, reference)) {
    if (is_project_metadata(rule, reference)) {
      return only_read("is linked without TLS in the project's metadata");
    }
    if (is_called_identifier(rule, reference)) {
      return only_read("stands without TLS in what is called a namespace");
    }
    if (is_message(reference)) return only_read("is named without TLS in a message");
    if (is_link_for_people(reference)) return only_read("is linked without TLS for people");
  }
  return {rule.about.severity,
          "is referred to without TLS: whoever is on the way can change what it sends"};
}

}  // namespace

void check_insecure_urls(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  std::vector<HttpReference> urls;
  for (const Hit& hit : hits) {
    auto url = http_reference(file.bytes, hit.end);
    if (!url) continue;
    urls.push_back(*std::move(url));
  }
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto judgement = judge(rule, {file, urls[i], file.pieces().kind(), file.pieces().at(urls[i].begin)});
    auto finding = finding_at(rule.about, file, urls[i].begin, urls[i].begin + urls[i].url.size(),
                              fmt::format("{} {}", urls[i].host, judgement.words));
    finding.severity = judgement.severity;
    finding.excerpt = urls[i].url;
    findings.push_back(std::move(finding));
  }
}

}  // namespace assay
