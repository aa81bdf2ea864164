#include "fetch/index_page.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.h"
#include "io/http.h"
#include "package/unicode.h"

namespace assay {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// A file name and nothing more, so that it may become one here too.
bool is_file_name(std::string_view text) {
  constexpr std::size_t longest = 255;
  const auto is_bad = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '/' || c == '\\';
  };
  return !text.empty() && text.size() <= longest && text != "." && text != ".." &&
         std::ranges::none_of(text, is_bad);
}

bool has_scheme(std::string_view url, std::string_view scheme) {
  return url.size() > scheme.size() && lower(url.substr(0, scheme.size())) == scheme;
}

// Where a file may lie: on a server, or beside a page that is itself a local file.
bool is_file_url(std::string_view url, std::string_view page_url) {
  return has_scheme(url, "https://") || has_scheme(url, "http://") ||
         (has_scheme(url, "file://") && has_scheme(page_url, "file://"));
}

std::optional<Digest> sha256_member(const object& from) {
  std::string_view text;
  if (from["sha256"].get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto digest = Digest::parse(text);
  return digest ? std::optional(*digest) : std::nullopt;
}

// What a member of a file's entry says of its metadata.
void read_metadata_offer(const element& offer, IndexFile& file) {
  bool offered = false;
  object hashes;
  if (offer.get(offered) == simdjson::SUCCESS) file.has_metadata = offered;
  if (offer.get(hashes) == simdjson::SUCCESS) {
    file.has_metadata = true;
    file.metadata_sha256 = sha256_member(hashes);
  }
}

// By its place among the names that there were for it: the first that is there counts, whatever the
// others say (PEP 714).
std::size_t metadata_rank(std::string_view key) {
  constexpr std::string_view names[] = {"core-metadata", "dist-info-metadata", "data-dist-info-metadata"};
  return static_cast<std::size_t>(std::ranges::find(names, key) - std::begin(names));
}

// One pass over the members: a page may have tens of thousands of files.
std::optional<IndexFile> read_json_file(const element& item, std::string_view page_url) {
  object entry;
  if (item.get(entry) != simdjson::SUCCESS) return std::nullopt;
  IndexFile file;
  std::string_view url;
  std::size_t offered = metadata_rank("");
  element offer;
  for (const auto& [key, value] : entry) {
    std::string_view text;
    const bool is_text = value.get(text) == simdjson::SUCCESS;
    if (key == "filename" && is_text) {
      file.file_name = text;
    } else if (key == "url" && is_text) {
      url = text;
    } else if (key == "requires-python" && is_text) {
      file.requires_python = text;
    } else if (key == "upload-time" && is_text) {
      if (const auto time = parse_time(text)) file.upload_time = *time;
    } else if (key == "yanked") {
      bool yanked = false;
      if (is_text) file.yanked = text;
      if (value.get(yanked) == simdjson::SUCCESS && yanked) file.yanked = "yanked";
    } else if (key == "size") {
      std::uint64_t size = 0;
      if (value.get(size) == simdjson::SUCCESS) file.size = size;
    } else if (key == "hashes") {
      object hashes;
      if (value.get(hashes) == simdjson::SUCCESS) file.sha256 = sha256_member(hashes);
    } else if (const auto rank = metadata_rank(key); rank < offered) {
      offered = rank;
      offer = value;
    }
  }
  if (offered < metadata_rank("")) read_metadata_offer(offer, file);
  file.url = is_file_url(url, page_url) ? std::string(url) : resolve_url(page_url, std::string(url));
  file.url.resize(std::min(file.url.find('#'), file.url.size()));
  if (url.empty() || !is_file_name(file.file_name) || !is_file_url(file.url, page_url)) {
    return std::nullopt;
  }
  return file;
}

Result<std::vector<IndexFile>> parse_json_page(const std::string& body, std::string_view url) {
  // Kept, with its buffers: a resolution reads hundreds of pages.
  thread_local simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(body).get(root)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the answer is no JSON: {}", simdjson::error_message(error)));
  }
  std::string_view version;
  if (root["meta"]["api-version"].get(version) == simdjson::SUCCESS && !version.starts_with("1.")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the page is of the simple API's version {}", printable(version)));
  }
  simdjson::dom::array items;
  if (root["files"].get(items) != simdjson::SUCCESS) {
    return fail(ErrorKind::invalid_input, "the answer has no list of files");
  }
  std::vector<IndexFile> files;
  constexpr std::size_t least_bytes_of_a_file = 64;
  files.reserve(std::min(items.size(), body.size() / least_bytes_of_a_file));
  for (const element item : items) {
    if (auto file = read_json_file(item, url)) files.push_back(*std::move(file));
  }
  return files;
}

// What stands between "&" and ";": a name that pages use, or a number (HTML, 13.5).
std::optional<std::string> entity(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}};
  for (const auto& [known, text] : names) {
    if (name == known) return std::string(text);
  }
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (error != std::errc() || end != name.data() + name.size() || code == 0 || code > 0x10FFFF ||
      is_surrogate) {
    return std::nullopt;
  }
  std::string text;
  append_utf8(text, code);
  return text;
}

std::string decode_entities(std::string_view text) {
  constexpr std::size_t longest = 10;
  std::string decoded;
  while (!text.empty()) {
    const auto end = text.front() == '&' ? text.substr(0, longest).find(';') : text.npos;
    const auto known = end == text.npos ? std::nullopt : entity(text.substr(1, end - 1));
    decoded += known ? *known : std::string(1, text.front());
    text.remove_prefix(known ? end + 1 : 1);
  }
  return decoded;
}

void skip_space(std::string_view& rest) {
  const auto end = std::min(rest.find_first_not_of(" \t\r\n\f"), rest.size());
  rest.remove_prefix(end);
}

// What stands behind "=": in quotes, or up to a space or the tag's end.
std::string_view take_value(std::string_view& rest) {
  const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
  const auto end = quoted ? rest.find(rest.front(), 1) : rest.find_first_of("> \t\r\n\f");
  const auto start = quoted ? std::size_t{1} : std::size_t{0};
  const auto value = rest.substr(start, end == rest.npos ? rest.npos : end - start);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + start);
  return value;
}

// A tag's attributes; `rest` is left behind the closing ">".
std::map<std::string, std::string> take_attributes(std::string_view& rest) {
  std::map<std::string, std::string> attributes;
  for (skip_space(rest); !rest.empty() && rest.front() != '>'; skip_space(rest)) {
    const auto name_end = std::min(rest.find_first_of("=> \t\r\n\f"), rest.size());
    const std::string name = lower(rest.substr(0, name_end));
    rest.remove_prefix(name_end);
    skip_space(rest);
    std::string value;
    if (rest.starts_with('=')) {
      rest.remove_prefix(1);
      skip_space(rest);
      value = decode_entities(take_value(rest));
    }
    if (!name.empty()) attributes.emplace(name, std::move(value));
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return attributes;
}

// "sha256=<hex>" among the parts of a URL's fragment.
std::optional<Digest> sha256_of_fragment(std::string_view fragment) {
  constexpr std::string_view key = "sha256=";
  for (const auto part : split(fragment, '&')) {
    if (!part.starts_with(key)) continue;
    if (const auto digest = Digest::parse(part.substr(key.size()))) return *digest;
  }
  return std::nullopt;
}

// The URL's last part is the file's name (PEP 503); the anchor's text is for people.
std::string file_name_of(std::string_view url) {
  const auto path = url.substr(0, url.find('?'));
  return decode_percent(path.substr(path.rfind('/') + 1));
}

std::optional<IndexFile> read_anchor(const std::map<std::string, std::string>& attributes,
                                     std::string_view base) {
  const auto value = [&](const char* name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string() : found->second;
  };
  IndexFile file;
  const std::string reference(trim(value("href")));
  const std::string url = resolve_url(base, reference);
  const auto hash = std::min(url.find('#'), url.size());
  file.url = url.substr(0, hash);
  file.file_name = file_name_of(file.url);
  if (reference.empty() || !is_file_name(file.file_name) || !is_file_url(file.url, base)) {
    return std::nullopt;
  }
  if (hash < url.size()) file.sha256 = sha256_of_fragment(std::string_view(url).substr(hash + 1));
  file.requires_python = value("data-requires-python");
  if (attributes.contains("data-yanked")) {
    file.yanked = value("data-yanked").empty() ? "yanked" : value("data-yanked");
  }
  for (const char* name : {"data-core-metadata", "data-dist-info-metadata"}) {
    if (!attributes.contains(name)) continue;
    const std::string offer = value(name);
    file.has_metadata = offer != "false";
    if (const auto digest = Digest::parse(offer.starts_with("sha256=") ? offer.substr(7) : "")) {
      file.metadata_sha256 = *digest;
    }
    break;
  }
  return file;
}

Result<std::vector<IndexFile>> parse_html_page(std::string_view body, std::string_view url) {
  constexpr std::size_t longest_tag = 16;
  std::vector<IndexFile> files;
  std::string base(url);
  bool any_tag = false;
  for (std::string_view rest = body;;) {
    const auto open = rest.find('<');
    if (open == rest.npos) break;
    rest.remove_prefix(open + 1);
    if (rest.starts_with("!--")) {
      const auto end = rest.find("-->");
      if (end == rest.npos) break;
      rest.remove_prefix(end + 3);
      continue;
    }
    const auto head = rest.substr(0, longest_tag);
    const auto name_end = std::min(head.find_first_of("> \t\r\n/"), head.size());
    const std::string tag = lower(head.substr(0, name_end));
    if (tag == "html" || tag == "!doctype" || tag == "a" || tag == "body") any_tag = true;
    if (tag != "a" && tag != "base") continue;
    rest.remove_prefix(name_end);
    const auto attributes = take_attributes(rest);
    if (tag == "base") {
      if (const auto href = attributes.find("href"); href != attributes.end()) {
        base = resolve_url(base, href->second);
      }
      continue;
    }
    if (auto file = read_anchor(attributes, base)) files.push_back(*std::move(file));
  }
  if (!any_tag) return fail(ErrorKind::invalid_input, "the answer is no HTML");
  return files;
}

}  // namespace

Result<std::vector<IndexFile>> parse_index_page(const std::string& body,
                                                std::string_view content_type,
                                                std::string_view url) {
  std::string type = lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type.empty()) type = trim(body).starts_with('{') ? "json" : "html";  // a local file has none
  if (type.ends_with("json")) return parse_json_page(body, url);
  if (type.ends_with("html")) return parse_html_page(body, url);
  return fail(ErrorKind::invalid_input,
              fmt::format("the answer is of the type \"{}\", not a page of the simple API",
                          printable(type)));
}

}  // namespace assay
