#include "examine/gates/weaknesses/url_in_source.h"

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_in(std::string_view word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

// <script src=…, <img src=…, url(…) of style sheets.
bool is_loaded_by_browsers(const UrlInSource& reference) {
  const std::string before = lower(reference.before_in_file(400));
  const auto call = trim(std::string_view(before).substr(0, before.find_last_not_of("\"' ") + 1));
  if (call.ends_with("url(") || call.ends_with("@import")) return true;
  if (reference.source != SourceKind::markup) return false;
  const auto open = before.rfind('<');
  if (open == npos || before.find('>', open) != npos) return false;
  return call.ends_with("src=") || call.ends_with("data=") || call.ends_with("href=");
}

// get("http://…", requests.post(f"http://…
bool is_given_to_a_fetching_call(const Rule& rule, const UrlInSource& reference) {
  const std::string before = lower(reference.before_in_file(100));
  auto call = std::string_view(before);
  const auto end = call.find_last_not_of("\"'rubf \n\t");
  if (end == npos || call[end] != '(') return false;
  call = call.substr(0, end);
  const auto& calls = rule.list("fetching-calls");
  return std::ranges::any_of(calls, [&](const std::string& name) { return call.ends_with(name); });
}

bool has_file_of_data(const Rule& rule, const HttpReference& url) {
  auto path = lower(url.path.substr(0, url.path.find_first_of("?#")));
  while (!path.empty() && std::string_view(".,;:)]}'\"").contains(path.back())) path.pop_back();
  return std::ranges::any_of(rule.list("fetched-suffixes"),
                             [&](const std::string& suffix) { return path.ends_with(suffix); });
}

bool is_filled_in(const HttpReference& url) {
  return url.host.contains('*') || url.path.contains("%s") || url.path.contains('{') ||
         url.path.contains("${");
}

}  // namespace

bool FileOfUrls::may_fetch() const {
  if (!file_.path.ends_with(".py")) return true;
  if (!fetches_) fetches_ = contains_any(file_.bytes, rule_.list("network-words"));
  return *fetches_;
}

bool FileOfUrls::is_run_by_hand(std::size_t offset) const {
  if (!file_.path.ends_with(".py") || file_.path.ends_with("__main__.py")) return false;
  if (!has_script_) has_script_ = file_.bytes.contains("__main__");
  if (!*has_script_) return false;
  if (!script_) script_.emplace(file_.python());
  return script_->holds(offset);
}

std::vector<std::string> words_of_target(const UrlInSource& reference) {
  const auto before = reference.before_in_file(200);
  auto line = before.substr(before.rfind('\n') == npos ? 0 : before.rfind('\n') + 1);
  if (line.ends_with('"') || line.ends_with('\'')) line.remove_suffix(1);
  while (!line.empty() && std::string_view("rubRUB").contains(line.back())) line.remove_suffix(1);
  line = trim(line);
  if (!line.ends_with('=') && !line.ends_with(':')) return {};
  line = line.substr(0, line.find_last_not_of("=: \t\"'") + 1);
  line = line.substr(line.find_last_of(" \t(,{[\"'.") + 1);
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool mark = c == '_' || c == ':' || c == '-';
    if (mark || (i > 0 && is_upper(c) && is_lower(line[i - 1]))) words.emplace_back();
    if (!mark) words.back() += lower(line.substr(i, 1));
  }
  return words;
}

bool contains_any(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) { return text.contains(word); });
}

// A command or a requirement that fetches: "curl http://…", "name @ http://…", "git+http://…".
bool is_command(const Rule& rule, const UrlInSource& reference) {
  const std::string before = lower(reference.before(200));
  const auto line = std::string_view(before).substr(before.rfind('\n') + 1);
  return contains_any(line, rule.list("fetching-words")) || line.ends_with('+') ||
         trim(line).ends_with('@');
}

Confidence confidence_of_fetching(const Rule& rule, const UrlInSource& reference) {
  const HttpReference& url = reference.url;
  if (is_command(rule, reference) || is_loaded_by_browsers(reference)) return Confidence::high;
  if (url.scheme != "http") {
    return is_in(url.scheme, rule.list("negotiating-schemes")) ? Confidence::low : Confidence::medium;
  }
  if (reference.base_name() == ".gitmodules") return Confidence::high;
  const bool address = url.host.find_first_not_of("0123456789.") == npos || url.host.starts_with('[');
  const auto label = url.host.substr(0, url.host.find('.'));
  const auto words = words_of_target(reference);
  const bool named = std::ranges::find_first_of(words, rule.list("fetching-names")) != words.end();
  if (address || named || is_given_to_a_fetching_call(rule, reference)) return Confidence::medium;
  const bool looks_fetched = is_in(label, rule.list("fetching-hosts")) || is_filled_in(url) || has_file_of_data(rule, url);
  return looks_fetched && reference.all.may_fetch() ? Confidence::medium : Confidence::low;
}

}  // namespace assay
