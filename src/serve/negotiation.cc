#include "serve/negotiation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "base/text.h"

namespace assay {

namespace {

struct Offer {
  PageFormat format;
  std::string_view types[3];  // the names a client may call it by
};

// In the order of preference at equal quality. A wildcard means the last: who asks for anything is
// no installer.
constexpr std::array<Offer, 3> offers = {{
    {PageFormat::json,
     {"application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json",
      "application/*"}},
    {PageFormat::simple_html,
     {"application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html", ""}},
    {PageFormat::html, {"text/html", "text/*", "*/*"}},
}};

// 0 to 1; a weight that is none counts as 1, as if it were not there.
double quality_of(std::string_view parameter) {
  const auto text = trim(parameter);
  if (!text.starts_with("q=") && !text.starts_with("Q=")) return 1;
  double quality = 1;
  const auto digits = text.substr(2);
  std::from_chars(digits.data(), digits.data() + digits.size(), quality);
  return quality >= 0 && quality <= 1 ? quality : 1;
}

struct MediaRange {
  std::string type;
  double quality = 1;
};

MediaRange parse_range(std::string_view text) {
  const auto parts = split(text, ';');
  MediaRange range{lower(trim(parts.front()))};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    range.quality = std::min(range.quality, quality_of(parts[i]));
  }
  return range;
}

}  // namespace

std::string_view media_type(PageFormat format) {
  switch (format) {
    case PageFormat::json: return "application/vnd.pypi.simple.v1+json";
    case PageFormat::simple_html: return "application/vnd.pypi.simple.v1+html";
    case PageFormat::html: break;
  }
  return "text/html; charset=utf-8";
}

PageFormat choose_format(std::string_view accept) {
  std::array<double, offers.size()> qualities{};
  for (const auto text : split(accept, ',')) {
    const auto range = parse_range(text);
    if (range.type.empty()) continue;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      if (std::ranges::find(offers[i].types, range.type) == std::end(offers[i].types)) continue;
      qualities[i] = std::max(qualities[i], range.quality);
    }
  }
  const auto best = std::ranges::max_element(qualities);  // the first of the greatest
  if (*best == 0) return PageFormat::html;
  return offers[static_cast<std::size_t>(best - qualities.begin())].format;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  for (auto tag : split(if_none_match, ',')) {
    tag = trim(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

}  // namespace assay
