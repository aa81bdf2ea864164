#include "examine/reach/native_reach.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "examine/reach/capability_table.h"
#include "examine/source_text.h"
#include "io/elf.h"

namespace assay {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Where the called name before the "(" that ends at `end` begins and ends.
std::pair<std::size_t, std::size_t> name_before(std::string_view text, std::size_t end) {
  std::size_t last = end - 1;
  while (last > 0 && (text[last - 1] == ' ' || text[last - 1] == '\t')) --last;
  std::size_t begin = last;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return {begin, last};
}

// A member, a name of another namespace, or a declaration: not a call of the C function.
bool is_other(std::string_view text, std::size_t begin) {
  auto before = text.substr(begin < 200 ? 0 : begin - 200, std::min<std::size_t>(begin, 200));
  if (before.ends_with('.') || before.ends_with("->")) return true;
  if (before.ends_with("::")) {
    before.remove_suffix(2);
    const auto space = trim(before);
    return before.size() == space.size() && !before.empty() && is_word(before.back());
  }
  before = before.substr(0, before.find_last_not_of(" \t*&") + 1);
  if (before.empty() || !is_word(before.back())) return false;
  std::size_t word = before.size();
  while (word > 0 && is_word(before[word - 1])) --word;
  constexpr auto leading = std::to_array<std::string_view>(
      {"return", "else", "do", "in", "and", "or", "not", "if", "while", "co_await"});
  return std::ranges::find(leading, before.substr(word)) == leading.end();
}

bool has_sockets(std::string_view text) {
  return text.contains("sys/socket.h") || text.contains("winsock") || text.contains("netinet/in.h") ||
         text.contains("posix.socket") || text.contains("sys/un.h");
}

// "Command::new(" and its kin of Rust, by the words before the bracket.
std::optional<Capability> of_rust(std::string_view before) {
  if (before.ends_with("TcpListener::bind(") || before.ends_with("UdpSocket::bind(")) return Capability::listens;
  if (before.ends_with("TcpStream::connect(")) return Capability::connects;
  if (before.ends_with("Command::new(")) return Capability::spawns;
  if (before.ends_with("Library::new(")) return Capability::loads_native_code;
  return std::nullopt;
}

}  // namespace

std::vector<CapabilityHit> native_source_reach(const ExaminedFile& file, std::span<const Hit> hits) {
  std::vector<std::size_t> ends;
  for (const auto& hit : hits) {
    if (hit.end > 0 && (ends.empty() || ends.back() != hit.end)) ends.push_back(hit.end);
  }
  const bool rust = file.path.ends_with(".rs");
  const bool sockets = has_sockets(file.bytes);
  std::vector<CapabilityHit> found;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto [begin, last] = name_before(file.bytes, ends[i]);
    if (file.pieces().at(begin).kind != SourcePiece::Kind::code) continue;
    const auto name = file.bytes.substr(begin, last - begin);
    const auto line = file.lines().place(begin).line;
    if (rust) {
      const auto from = ends[i] < 40 ? 0 : ends[i] - 40;
      const auto before = file.bytes.substr(from, ends[i] - from);
      if (const auto capability = of_rust(before)) {
        const auto words = before.substr(before.find_last_of(" \t\n(=", before.size() - 2) + 1);
        found.push_back({*capability, line, std::string(words.substr(0, words.size() - 1)), "", true});
      }
      continue;
    }
    const auto* function = native_function(name);
    if (function == nullptr || (function->socket && !sockets) || is_other(file.bytes, begin)) continue;
    found.push_back({function->capability, line, std::string(name), "", true});
  }
  return found;
}

std::vector<CapabilityHit> compiled_reach(std::string_view path, std::string_view bytes) {
  if (!is_elf(bytes)) {
    // A static library, or another system's.
    const bool compiled = path.ends_with(".pyd") || path.ends_with(".dll") || path.ends_with(".dylib") ||
                          path.ends_with(".a") || path.ends_with(".so");
    if (!compiled) return {};
    return {{Capability::unread, 0, "compiled, and no ELF file", "", false}};
  }
  const auto symbols = imported_symbols(bytes);
  if (!symbols) return {{Capability::unread, 0, symbols.error().message, "", false}};
  std::vector<CapabilityHit> found;
  for (const auto& symbol : *symbols) {
    const auto* function = native_function(symbol);
    if (function != nullptr) found.push_back({function->capability, 0, symbol, "", true});
  }
  return found;
}

}  // namespace assay
