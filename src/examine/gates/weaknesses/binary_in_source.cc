#include "examine/gates/weaknesses/binary_in_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "examine/finding_at.h"

namespace assay {

namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::array<Magic, 11> magics{{
    {"\x7f" "ELF"sv, "an ELF program or library"},
    {"\xfe\xed\xfa\xce"sv, "a Mach-O program or library"},
    {"\xfe\xed\xfa\xcf"sv, "a Mach-O program or library"},
    {"\xce\xfa\xed\xfe"sv, "a Mach-O program or library"},
    {"\xcf\xfa\xed\xfe"sv, "a Mach-O program or library"},
    {"!<arch>\n"sv, "an archive of compiled objects"},
    {"\0asm"sv, "a WebAssembly module"},
    {"BC\xc0\xde"sv, "LLVM bitcode"},
    {"\xde\xc0\x17\x0b"sv, "LLVM bitcode"},
    {"dex\n035"sv, "Android bytecode"},
    {"\x4c\x01\0\0"sv, "a COFF object"},
}};

// Archives of code, by their suffixes; each is a zip.
constexpr std::array<Magic, 5> archives{{
    {".jar", "a Java archive"},
    {".whl", "a wheel"},
    {".egg", "an egg"},
    {".aar", "an Android archive"},
    {".xpi", "a browser extension"},
}};

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// PE/COFF: at 0x3C stands where "PE\0\0" does.
bool is_pe(std::string_view bytes) {
  if (!bytes.starts_with("MZ") || bytes.size() < 0x40) return false;
  const std::size_t header = little_endian(bytes, 0x3C, 4);
  return header < bytes.size() && bytes.substr(header).starts_with("PE\0\0"sv);
}

// CAFEBABE begins a Java class, and a Mach-O file for several machines; the latter has fewer than 20
// of them where a class has its version, 45 or more.
std::optional<std::string_view> cafebabe_kind(std::string_view bytes) {
  if (!bytes.starts_with("\xca\xfe\xba\xbe") || bytes.size() < 8) return std::nullopt;
  const auto version = static_cast<unsigned char>(bytes[7]);
  if (bytes.substr(4, 2) != "\0\0"sv) return std::nullopt;
  return version >= 45 ? "a Java class" : "a Mach-O program or library";
}

// Python's bytecode: the magic number's last two bytes are "\r\n".
bool is_bytecode(std::string_view path, std::string_view bytes) {
  return (path.ends_with(".pyc") || path.ends_with(".pyo")) && bytes.size() > 16 &&
         bytes.substr(2, 2) == "\r\n";
}

}  // namespace

std::optional<std::string_view> compiled_kind(std::string_view path, std::string_view bytes) {
  for (const auto& [magic, kind] : magics) {
    const bool object = kind != "a COFF object" || path.ends_with(".obj") || path.ends_with(".o");
    if (bytes.starts_with(magic) && object) return kind;
  }
  if (is_pe(bytes)) return "a Windows program or library";
  if (const auto kind = cafebabe_kind(bytes)) return kind;
  if (is_bytecode(path, bytes)) return "Python bytecode";
  if (!bytes.starts_with("PK\x03\x04")) return std::nullopt;
  for (const auto& [suffix, kind] : archives) {
    if (path.ends_with(suffix)) return kind;
  }
  return std::nullopt;
}

void check_binary_in_source(const Rule& rule, const ExaminedFile& file, std::span<const Hit> /*hits*/,
                            std::vector<Finding>& findings) {
  const auto kind = compiled_kind(file.path, file.bytes);
  if (!kind) return;
  auto finding = finding_at(rule.about, file, 0, 0,
                            fmt::format("is {}: what is built from source here is not", *kind));
  // One beside its source is not loaded unless it was made of that very file.
  if (*kind == "Python bytecode" && file.path.contains("__pycache__/")) finding.severity = Severity::low;
  finding.excerpt = *kind;
  finding.context = fmt::format("{} {}", *kind, sha256(file.bytes).hex().substr(0, 16));
  findings.push_back(std::move(finding));
}

}  // namespace assay
