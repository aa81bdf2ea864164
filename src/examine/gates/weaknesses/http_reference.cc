#include "examine/gates/weaknesses/http_reference.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t url_limit = 200;
constexpr std::size_t window = 1024;  // a URL beyond it is cut
constexpr auto npos = std::string_view::npos;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_host_byte(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool ends_url(char c) {
  return static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'`<>|\\^").contains(c) ||
         c == 0x7F;
}

// The length of a placeholder at the beginning of the text: {name}, {{ name }}, %s, %(name)s,
// ${NAME}, $NAME, <name>; 0 if there is none.
std::size_t placeholder_length(std::string_view text) {
  const auto until = [&](std::string_view close, std::size_t extra) {
    const auto at = text.substr(0, 64).find(close);
    return at == npos ? 0 : at + close.size() + extra;
  };
  if (text.starts_with("{{")) return until("}}", 0);
  if (text.starts_with('{') || text.starts_with("${")) return until("}", 0);
  if (text.starts_with("%(")) return until(")", 1);
  if (text.starts_with('<')) return until(">", 0);
  if (text.starts_with('%') && text.size() > 1 && is_letter(text[1])) return 2;
  if (!text.starts_with('$')) return 0;
  std::size_t length = 1;
  while (length < text.size() &&
         (is_letter(text[length]) || is_digit(text[length]) || text[length] == '_')) {
    ++length;
  }
  return length > 1 ? length : 0;
}

// Where the scheme begins that ends at its colon. "http" may have other letters before it.
std::size_t scheme_begin(std::string_view text, std::size_t colon) {
  std::size_t begin = colon;
  while (begin > 0 && colon - begin < 16 && (is_letter(text[begin - 1]) || is_digit(text[begin - 1]))) {
    --begin;
  }
  const bool http = lower(text.substr(begin, colon - begin)).ends_with("http");
  return http ? colon - 4 : begin;
}

struct Host {
  std::string name;
  std::size_t end;  // past it, in the text it was read from
};

std::optional<Host> read_bracketed(std::string_view text) {
  const auto close = text.substr(0, 64).find(']');
  if (close == npos) return std::nullopt;
  const auto inner = text.substr(1, close - 1);
  const bool address =
      inner.contains(':') && inner.find_first_not_of("0123456789abcdefABCDEF:.%") == npos;
  if (!address) return std::nullopt;
  return Host{lower(text.substr(0, close + 1)), close + 1};
}

std::optional<Host> read_host(std::string_view text) {
  if (text.starts_with('[')) return read_bracketed(text);
  Host host{{}, 0};
  while (host.end < text.size() && host.name.size() < 255) {
    if (const auto length = placeholder_length(text.substr(host.end)); length > 0) {
      host.name += '*';
      host.end += length;
    } else if (is_host_byte(text[host.end])) {
      host.name += text[host.end++];
    } else {
      break;
    }
  }
  const std::string_view rest = text.substr(std::min(host.end, text.size()));
  const bool pattern =
      rest.starts_with("\\.") || (!rest.empty() && std::string_view("([*+^").contains(rest[0]));
  host.name = lower(host.name);
  while (host.name.ends_with('.')) host.name.pop_back();  // a root dot, or a sentence's end
  if (host.name.empty() || pattern) return std::nullopt;
  return host;
}

// Is the domain itself written there, whatever is filled in before it?
bool has_fixed_domain(std::string_view host) {
  if (host.starts_with('[')) return true;
  const auto labels = split(host, '.');
  if (std::ranges::any_of(labels, [](std::string_view label) { return label.empty(); }))
    return false;
  const auto fixed = [](std::string_view label) { return !label.contains('*'); };
  return fixed(labels.back()) && (labels.size() == 1 || fixed(labels[labels.size() - 2]));
}

std::optional<std::array<unsigned, 4>> ipv4(std::string_view host) {
  const auto parts = split(host, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<unsigned, 4> address{};
  for (std::size_t i = 0; i < 4; ++i) {
    const char* end = parts[i].data() + parts[i].size();
    const auto [last, error] = std::from_chars(parts[i].data(), end, address[i]);
    if (error != std::errc() || last != end || address[i] > 255) return std::nullopt;
  }
  return address;
}

bool is_private(const std::array<unsigned, 4>& a) {
  if (a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224) return true;
  if (a[0] == 100 && a[1] >= 64 && a[1] < 128) return true;  // RFC 6598
  if (a[0] == 169 && a[1] == 254) return true;
  if (a[0] == 172 && a[1] >= 16 && a[1] < 32) return true;
  if (a[0] == 192 && a[1] == 168) return true;
  // RFC 5737: for documentation.
  return (a[0] == 192 && a[1] == 0 && a[2] == 2) || (a[0] == 198 && a[1] == 51 && a[2] == 100) ||
         (a[0] == 203 && a[1] == 0 && a[2] == 113);
}

bool is_private_ipv6(std::string_view address) {
  const bool embeds_ipv4 = address.starts_with("::ffff:");
  if (embeds_ipv4) {
    const auto inner = ipv4(address.substr(7));
    return inner && is_private(*inner);
  }
  return address == "::1" || address == "::" || address.starts_with("fe8") ||
         address.starts_with("fc") || address.starts_with("fd") || address.starts_with("2001:db8:");
}

bool can_be_top_level(std::string_view label) {
  if (label.starts_with("xn--")) return true;
  return label.size() >= 2 && std::ranges::all_of(label, [](char c) {
           return is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
         });
}

// "http:\/\/a\/b" as JSON and JavaScript write it.
std::string unescape_slashes(std::string_view text) {
  return replace_all(std::string(text), "\\/", "/");
}

std::string printable_cut(std::string_view url) {
  while (!url.empty() && std::string_view(".,;:!?)]}*").contains(url.back())) url.remove_suffix(1);
  std::string text = printable(url.substr(0, url_limit));
  if (text.size() > url_limit) text.resize(url_limit);
  while (!is_utf8(text)) text.pop_back();
  return text;
}

}  // namespace

std::optional<HttpReference> http_reference(std::string_view text, std::size_t end) {
  const bool escaped = text.substr(0, end).ends_with("\\/\\/");
  HttpReference reference;
  const std::size_t colon = end - std::min<std::size_t>(end, escaped ? 5 : 3);
  reference.begin = scheme_begin(text, colon);
  if (reference.begin == colon) return std::nullopt;
  reference.scheme = lower(text.substr(reference.begin, colon - reference.begin));
  std::string rest =
      escaped ? unescape_slashes(text.substr(end, window)) : std::string(text.substr(end, window));
  // Credentials end at the last "@" before the path.
  const auto authority_end = std::min(rest.size(), rest.find_first_of("/?# \t\r\n\"'`"));
  if (const auto at = rest.substr(0, authority_end).rfind('@'); at != npos) rest.erase(0, at + 1);

  const auto host = read_host(rest);
  if (!host || !has_fixed_domain(host->name)) return std::nullopt;
  reference.host = host->name;
  std::size_t url_end = host->end;
  while (url_end < rest.size() && !ends_url(rest[url_end])) ++url_end;
  const std::string_view tail = std::string_view(rest).substr(host->end, url_end - host->end);
  if (const auto slash = tail.find('/'); slash != npos) reference.path = tail.substr(slash);
  reference.url = printable_cut(reference.scheme + "://" + rest.substr(0, url_end));
  return reference;
}

bool is_local_host(std::string_view host) {
  if (host.starts_with('[')) return is_private_ipv6(host.substr(1, host.size() - 2));
  if (const auto address = ipv4(host)) return is_private(*address);
  const auto labels = split(host, '.');
  if (labels.size() == 1) return true;
  const bool number = std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
  return !number && !can_be_top_level(labels.back());
}

bool is_within(std::string_view host, std::string_view name) {
  return host.ends_with(name) &&
         (host.size() == name.size() || host[host.size() - name.size() - 1] == '.');
}

}  // namespace assay
