#include "examine/gates/secrets/kubernetes_secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "examine/gates/secrets/secret_finding.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t most_document = 256U << 10;  // bytes to each side of the kind
constexpr std::size_t shortest = 4;                // bytes of a value

struct Line {
  std::size_t begin;
  std::string_view text;
  std::size_t indentation() const { return std::min(text.find_first_not_of(" \t"), text.size()); }
};

struct Document {
  std::size_t begin;
  std::size_t end;
};

// What lies between two marks "---" of YAML.
Document document_around(std::string_view text, std::size_t at) {
  const std::size_t least = at < most_document ? 0 : at - most_document;
  const auto before = text.substr(0, at).rfind("\n---");
  const auto after = text.substr(0, std::min(text.size(), at + most_document)).find("\n---", at);
  return {before == npos || before < least ? least : before + 1,
          after == npos ? std::min(text.size(), at + most_document) : after};
}

std::vector<Line> lines_of(std::string_view text, Document document) {
  std::vector<Line> all;
  for (std::size_t at = document.begin; at < document.end;) {
    const auto end = std::min(text.find('\n', at), document.end);
    if (!trim(text.substr(at, end - at)).empty()) all.push_back({at, text.substr(at, end - at)});
    at = end + 1;
  }
  return all;
}

std::string_view without_quotes(std::string_view text) {
  while (!text.empty() && std::string_view("\"', \t\r").contains(text.back())) text.remove_suffix(1);
  while (!text.empty() && std::string_view("\"' \t").contains(text.front())) text.remove_prefix(1);
  return text;
}

struct Entry {
  std::string_view key;
  std::string_view value;
};

Entry entry_of(const Line& line) {
  const auto colon = line.text.find(':');
  if (colon == npos) return {};
  return {without_quotes(line.text.substr(0, colon)), without_quotes(line.text.substr(colon + 1))};
}

bool is_block_mark(std::string_view value) {
  return !value.empty() && (value[0] == '|' || value[0] == '>') && value.size() <= 3;
}

SecretDescription described(const Rule& rule, std::string_view key, std::string_view value) {
  SecretDescription told{rule.about.severity, rule.about.confidence, {}, {}, {}, value};
  const std::string name = shortened(printable(key), 60);
  told.what = fmt::format("value of \"{}\"", name);
  told.message = fmt::format("a Secret's value stands in the text ({})", name);
  const bool text = std::ranges::all_of(value, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
  if (!text) return told;  // bytes: a key
  const auto shape = shape_of_value(value);
  if (const auto reason = placeholder_reason(value); !reason.empty()) {
    told.severity = Severity::none;
    told.message += fmt::format(", but {}", reason);
  } else if (shape.kind != ValueShape::Kind::random && shape.kind != ValueShape::Kind::password) {
    told.severity = Severity::low;
    told.confidence = Confidence::low;
  }
  return told;
}

void tell(const Rule& rule, const ExaminedFile& file, const Line& line, std::string_view key,
          std::string_view encoded, std::vector<Finding>& findings) {
  const auto decoded = decode_base64(encoded);
  if (!decoded) return;
  const auto value = trim(std::string_view(*decoded));
  if (value.size() < shortest || value.starts_with("-----BEGIN CERTIFICATE")) return;
  const auto begin = line.begin + line.indentation();
  findings.push_back(secret_finding(rule.about, file, begin, line.begin + line.text.size(),
                                    described(rule, key, value)));
}

void check_document(const Rule& rule, const ExaminedFile& file, Document document,
                    std::vector<Finding>& findings) {
  const auto all = lines_of(file.bytes, document);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Entry head = entry_of(all[i]);
    if (head.key != "data" || !(head.value.empty() || head.value == "{")) continue;
    const auto outside = all[i].indentation();
    for (++i; i < all.size() && all[i].indentation() > outside; ++i) {
      const Entry entry = entry_of(all[i]);
      if (entry.key.empty() || entry.key.starts_with('#')) continue;
      if (!is_block_mark(entry.value)) {
        tell(rule, file, all[i], entry.key, entry.value, findings);
        continue;
      }
      const auto inside = all[i].indentation();
      std::string encoded;
      std::size_t last = i;
      while (last + 1 < all.size() && all[last + 1].indentation() > inside) encoded += trim(all[++last].text);
      tell(rule, file, all[i], entry.key, encoded, findings);
      i = last;
    }
    --i;
  }
}

}  // namespace

void check_kubernetes_secrets(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                              std::vector<Finding>& findings) {
  const std::string path = lower(file.path);
  if (!path.ends_with(".yaml") && !path.ends_with(".yml") && !path.ends_with(".json")) return;
  std::size_t seen = 0;
  for (const Hit& hit : hits) {
    if (hit.end <= seen) continue;
    const Document document = document_around(file.bytes, hit.end);
    seen = document.end;
    check_document(rule, file, document, findings);
  }
}

}  // namespace assay
