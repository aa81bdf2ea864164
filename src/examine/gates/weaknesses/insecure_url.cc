#include "examine/gates/weaknesses/insecure_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/finding_at.h"
#include "examine/gates/weaknesses/assembled_url.h"
#include "examine/gates/weaknesses/http_reference.h"
#include "examine/gates/weaknesses/url_in_source.h"
#include "examine/gates/weaknesses/utf16_text.h"
#include "examine/source_text.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t section_window = 64 << 10;

// What a reference is, from what asks for a decision to what never does.
struct Judgement {
  Severity severity;
  Confidence confidence;
  std::string_view words;  // follows the host in the finding's message
};

constexpr Judgement only_read(std::string_view words) {
  return {Severity::low, Confidence::high, words};
}
constexpr Judgement harmless(std::string_view words) {
  return {Severity::none, Confidence::high, words};
}

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

// Markup and JSON say themselves that a URL is an identifier: xmlns="…", "$schema": "…".
bool is_identifier(const Rule& rule, const UrlInSource& reference) {
  const bool declares =
      reference.source == SourceKind::markup || reference.base_name().ends_with(".json");
  if (!declares) return false;
  const auto before = reference.before_in_file(200);
  const auto cut = before.find_last_of(">,;");
  return contains_any(before.substr(cut == npos ? 0 : cut + 1), rule.list("identifier-contexts"));
}

bool is_called_identifier(const Rule& rule, const UrlInSource& reference) {
  const auto words = words_of_target(reference);
  return std::ranges::find_first_of(words, rule.list("identifier-words")) != words.end();
}

bool is_named_for_people(const Rule& rule, const UrlInSource& reference) {
  const auto words = words_of_target(reference);
  return std::ranges::find_first_of(words, rule.list("people-words")) != words.end();
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
// [metadata], pyproject.toml's [project.urls], npm's "repository".
bool is_project_metadata(const Rule& rule, const UrlInSource& reference) {
  const auto name = reference.base_name();
  if (name == "setup.cfg" || name == "pyproject.toml") {
    const auto& known = rule.list("metadata-sections");
    const auto section = last_section(reference.before_in_file(section_window));
    return std::ranges::find(known, section) != known.end();
  }
  if (name.starts_with("package") && name.ends_with(".json")) {
    return reference.before_in_file(160).contains("\"repository\"");
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
bool continues_a_string(const UrlInSource& reference) {
  const auto before = reference.before_in_file();
  const auto opening = before.find_last_not_of("\"'rRuUbBfF");
  const auto earlier = trim(before.substr(0, opening == npos ? 0 : opening + 1));
  return earlier.ends_with('"') || earlier.ends_with('\'');
}

// A string that speaks to a person has words before the URL.
bool is_message(const UrlInSource& reference) {
  if (reference.piece().kind != SourcePiece::Kind::string) return false;
  if (reference.before().empty() && continues_a_string(reference)) return true;
  const auto before = reference.before();
  return !trim(before).empty() && before.find_first_of(" \t\n") != npos;
}

// In a text file: words before it, and no command.
bool is_in_prose(const UrlInSource& reference) {
  if (reference.source != SourceKind::other || !reference.base_name().ends_with(".txt")) return false;
  const auto before = reference.before_in_file(400);
  const auto line = trim(before.substr(before.rfind('\n') == npos ? 0 : before.rfind('\n') + 1));
  return std::ranges::count(line, ' ') >= 2;
}

// A link that a person may follow, or text of the page; not what a browser loads by itself.
bool is_link_for_people(const UrlInSource& reference) {
  if (reference.source != SourceKind::markup) return false;
  const std::string before = lower(reference.before_in_file());
  const auto open = before.rfind('<');
  if (open == npos) return false;
  const std::string_view tag = std::string_view(before).substr(open);
  const bool inside = tag.find('>') == npos;
  if (!inside) return !tag.starts_with("<script") && !tag.starts_with("<style");
  return tag.starts_with("<a ") || tag.starts_with("<a\n") || tag.starts_with("<area ");
}

// In a file of no known kind, a line that begins so is a comment in nearly every format there is.
bool is_in_marked_line(const UrlInSource& reference) {
  if (reference.source != SourceKind::other) return false;
  const auto before = reference.before_in_file();
  const auto line = trim(before.substr(before.rfind('\n') == npos ? 0 : before.rfind('\n') + 1));
  return line.starts_with('#') || line.starts_with(';');
}

Judgement judge(const Rule& rule, const UrlInSource& reference) {
  const HttpReference& url = reference.url;
  if (is_local_host(url.host) || names(rule.list("reserved-hosts"), url)) {
    return harmless("is a local or reserved name, without TLS");
  }
  if (names(rule.list("identifiers"), url) || reads_as_identifier(rule, url) ||
      is_identifier(rule, reference)) {
    return harmless("stands in an identifier, which is never fetched");
  }
  const std::string base = lower(reference.base_name());
  for (const std::string_view suffix : {".pem", ".crt", ".cer", ".crl"}) {
    if (base.ends_with(suffix)) return harmless("stands in the text of a certificate");
  }
  if (base.ends_with(".pyc")) return only_read("is named without TLS in bytecode");  // binary-in-source tells of it
  if (names(rule.list("licences"), url)) return harmless("stands in the name of a licence");
  switch (reference.file.role) {
    case PathRole::test: return only_read("is referred to without TLS in a test");
    case PathRole::docs: return only_read("is referred to without TLS in documentation");
    case PathRole::example: return only_read("is referred to without TLS in an example");
    case PathRole::shipped:
    case PathRole::vendored:
    case PathRole::generated:
    case PathRole::build:
    case PathRole::tool: break;
  }
  switch (reference.source) {
    case SourceKind::document: return only_read("is referred to without TLS in a text");
    case SourceKind::media: return only_read("is named without TLS in a media file");
    default: break;
  }
  switch (reference.piece().kind) {
    case SourcePiece::Kind::comment: return only_read("is referred to without TLS in a comment");
    case SourcePiece::Kind::docstring:
      return only_read("is referred to without TLS in a documentation string");
    case SourcePiece::Kind::string:
    case SourcePiece::Kind::code: break;
  }
  if (!is_command(rule, reference)) {
    if (is_in_marked_line(reference)) return only_read("is referred to without TLS in a comment");
    if (is_project_metadata(rule, reference)) {
      return only_read("is linked without TLS in the project's metadata");
    }
    if (is_called_identifier(rule, reference)) {
      return only_read("stands without TLS in what is called a namespace");
    }
    if (is_named_for_people(rule, reference)) return only_read("is linked without TLS for people");
    if (is_in_prose(reference)) return only_read("is named without TLS in a text");
    if (is_message(reference)) return only_read("is named without TLS in a message");
    if (is_link_for_people(reference)) return only_read("is linked without TLS for people");
  }
  const auto confidence = confidence_of_fetching(rule, reference);
  if (confidence > Confidence::low && reference.all.is_run_by_hand(reference.url.begin)) {
    return {rule.about.severity, Confidence::low, "is referred to without TLS where the module is run as a script"};
  }
  return {rule.about.severity, confidence,
          "is referred to without TLS: whoever is on the way can change what it sends"};
}

}  // namespace

namespace {

Finding finding_of(const Rule& rule, const ExaminedFile& file, const FileOfUrls& all, const HttpReference& url) {
  const auto judgement = judge(rule, {file, all, url, file.pieces().kind()});
  const std::string named = url.scheme == "http" ? url.host : fmt::format("{} ({})", url.host, url.scheme);
  auto finding = finding_at(rule.about, file, url.begin, url.begin + url.url.size(),
                            fmt::format("{} {}", named, judgement.words));
  finding.severity = judgement.severity;
  finding.confidence = judgement.confidence;
  finding.excerpt = url.url;
  return finding;
}

// The pattern engine sees bytes: in UTF-16 it finds the mark at the file's beginning only.
void check_utf16(const Rule& rule, const ExaminedFile& file, const std::string& text,
                 std::vector<Finding>& findings) {
  const ExaminedFile decoded{file.path, text, file.role};
  const FileOfUrls all(rule, decoded);
  const auto& schemes = rule.list("schemes");
  for (auto at = text.find("://"); at != npos; at = text.find("://", at + 3)) {
    const auto url = http_reference(text, at + 3);
    if (!url) continue;
    if (url->scheme != "http" && std::ranges::find(schemes, url->scheme) == schemes.end()) continue;
    auto finding = finding_of(rule, decoded, all, *url);
    finding.context = finding.excerpt;  // the line as it stands in the file is no text
    findings.push_back(std::move(finding));
  }
}

// What stands after a scheme where Python may put a URL together: the string's end, or a place that
// is filled in.
bool may_be_assembled(const ExaminedFile& file, std::size_t end) {
  return file.path.ends_with(".py") && end < file.bytes.size() &&
         std::string_view("\"'{%").contains(file.bytes[end]);
}

void check_assembled(const Rule& rule, const ExaminedFile& file, const FileOfUrls& all, std::span<const std::size_t> ends,
                     std::vector<Finding>& findings) {
  for (const AssembledUrl& assembled : assembled_urls(file, ends)) {
    auto url = http_reference(assembled.text, std::string_view("http://").size());
    if (!url) continue;
    url->begin = assembled.begin;
    auto finding = finding_of(rule, file, all, *url);
    const auto whole = finding_at(rule.about, file, assembled.begin, assembled.end, "");
    finding.end_line = whole.end_line;
    finding.end_column = whole.end_column;
    if (finding.severity >= Severity::medium) finding.message += "; it is put together from parts";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void check_insecure_urls(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings) {
  if (const auto text = utf16_as_utf8(file.bytes)) return check_utf16(rule, file, *text, findings);
  const FileOfUrls all(rule, file);
  std::vector<std::size_t> bare;
  for (const Hit& hit : hits) {
    if (const auto url = http_reference(file.bytes, hit.end)) {
      findings.push_back(finding_of(rule, file, all, *url));
    } else if (may_be_assembled(file, hit.end)) {
      bare.push_back(hit.end);
    }
  }
  check_assembled(rule, file, all, bare, findings);
}

}  // namespace assay
