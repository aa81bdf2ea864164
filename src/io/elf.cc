#include "io/elf.h"

#include <cstdint>
#include <optional>

namespace assay {

namespace {

constexpr std::string_view magic = "\x7f" "ELF";
constexpr std::uint32_t pt_load = 1;
constexpr std::uint32_t pt_dynamic = 2;
constexpr std::uint64_t dt_null = 0;
constexpr std::uint64_t dt_needed = 1;
constexpr std::uint64_t dt_hash = 4;
constexpr std::uint64_t dt_strtab = 5;
constexpr std::uint64_t dt_symtab = 6;
constexpr std::uint64_t dt_gnu_hash = 0x6ffffef5;
constexpr std::uint64_t most_entries = 100'000;  // of the dynamic section; real ones have dozens
constexpr std::uint64_t most_symbols = 10'000'000;

struct Segment {
  std::uint32_t type = 0;
  std::uint64_t offset = 0;   // in the file
  std::uint64_t address = 0;  // in memory
  std::uint64_t size = 0;     // in the file
};

// Numbers at places of a file that nobody vouches for: what lies outside it reads as nothing.
class ElfFile {
 public:
  explicit ElfFile(std::string_view bytes)
      : bytes_(bytes), wide_(byte(4) == 2), little_(byte(5) == 1) {}

  bool known_form() const {
    return (byte(4) == 1 || byte(4) == 2) && (byte(5) == 1 || byte(5) == 2);
  }

  std::optional<std::uint64_t> number(std::uint64_t offset, unsigned size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      value = value << 8 | byte(offset + (little_ ? size - 1 - i : i));
    }
    return value;
  }

  // An address or an offset: of the file's own width.
  std::optional<std::uint64_t> word(std::uint64_t offset) const { return number(offset, width()); }
  unsigned width() const { return wide_ ? 8 : 4; }

  std::optional<std::vector<Segment>> segments() const {
    const auto table = word(wide_ ? 0x20 : 0x1c);
    const auto size = number(wide_ ? 0x36 : 0x2a, 2);
    const auto count = number(wide_ ? 0x38 : 0x2c, 2);
    if (!table || !size || !count) return std::nullopt;
    std::vector<Segment> all;
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto at = *table + i * *size;
      const auto type = number(at, 4);
      const auto offset = word(at + (wide_ ? 8 : 4));
      const auto address = word(at + (wide_ ? 16 : 8));
      const auto length = word(at + (wide_ ? 32 : 16));
      if (!type || !offset || !address || !length) return std::nullopt;
      all.push_back({static_cast<std::uint32_t>(*type), *offset, *address, *length});
    }
    return all;
  }

  // The text up to the NUL.
  std::optional<std::string> text(std::uint64_t offset) const {
    if (offset >= bytes_.size()) return std::nullopt;
    const auto end = bytes_.find('\0', offset);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(bytes_.substr(offset, end - offset));
  }

 private:
  std::uint64_t byte(std::uint64_t offset) const {
    return offset < bytes_.size() ? static_cast<unsigned char>(bytes_[offset]) : 0;
  }

  std::string_view bytes_;
  bool wide_;
  bool little_;
};

std::optional<std::uint64_t> offset_of(std::uint64_t address, const std::vector<Segment>& segments) {
  for (const auto& segment : segments) {
    if (segment.type == pt_load && address >= segment.address &&
        address - segment.address < segment.size) {
      return segment.offset + (address - segment.address);
    }
  }
  return std::nullopt;
}

// What the dynamic section says, its addresses as places in the file.
struct Dynamic {
  std::vector<std::uint64_t> needed;  // places in the string table
  std::optional<std::uint64_t> strings;
  std::optional<std::uint64_t> symbols;
  std::optional<std::uint64_t> hash;
  std::optional<std::uint64_t> gnu_hash;
};

// Nothing if it is damaged.
std::optional<Dynamic> dynamic_of(const ElfFile& file) {
  const auto segments = file.segments();
  if (!segments) return std::nullopt;
  Dynamic dynamic;
  for (const auto& segment : *segments) {
    if (segment.type != pt_dynamic) continue;
    const std::uint64_t entry_size = 2 * file.width();
    for (std::uint64_t i = 0; i < segment.size / entry_size; ++i) {
      const auto tag = file.word(segment.offset + i * entry_size);
      const auto value = file.word(segment.offset + i * entry_size + file.width());
      if (!tag || !value || i == most_entries) return std::nullopt;
      if (*tag == dt_null) break;
      if (*tag == dt_needed) dynamic.needed.push_back(*value);
      if (*tag == dt_strtab) dynamic.strings = offset_of(*value, *segments);
      if (*tag == dt_symtab) dynamic.symbols = offset_of(*value, *segments);
      if (*tag == dt_hash) dynamic.hash = offset_of(*value, *segments);
      if (*tag == dt_gnu_hash) dynamic.gnu_hash = offset_of(*value, *segments);
    }
  }
  return dynamic;
}

std::optional<std::vector<std::string>> needed_by(const ElfFile& file) {
  const auto dynamic = dynamic_of(file);
  if (!dynamic) return std::nullopt;
  std::vector<std::string> needed;
  for (const auto name : dynamic->needed) {
    auto text = dynamic->strings ? file.text(*dynamic->strings + name) : std::nullopt;
    if (!text) return std::nullopt;
    needed.push_back(*std::move(text));
  }
  return needed;
}

// How many symbols may be undefined. DT_HASH counts all. DT_GNU_HASH holds the defined ones and says
// where they begin, the others stand before them.
std::optional<std::uint64_t> symbols_to_read(const ElfFile& file, const Dynamic& dynamic) {
  if (dynamic.hash) return file.number(*dynamic.hash + 4, 4);
  if (dynamic.gnu_hash) return file.number(*dynamic.gnu_hash + 4, 4);
  return std::nullopt;
}

std::optional<std::vector<std::string>> imports_of(const ElfFile& file) {
  const auto dynamic = dynamic_of(file);
  if (!dynamic) return std::nullopt;
  if (!dynamic->symbols) return std::vector<std::string>();  // a static one
  const auto count = symbols_to_read(file, *dynamic);
  if (!count || !dynamic->strings || *count > most_symbols) return std::nullopt;
  const bool wide = file.width() == 8;
  std::vector<std::string> imports;
  for (std::uint64_t i = 1; i < *count; ++i) {  // the first is the undefined one itself
    const auto at = *dynamic->symbols + i * (wide ? 24 : 16);
    const auto name = file.number(at, 4);
    const auto section = file.number(at + (wide ? 6 : 14), 2);
    if (!name || !section) return std::nullopt;
    if (*section != 0 || *name == 0) continue;
    auto text = file.text(*dynamic->strings + *name);
    if (!text) return std::nullopt;
    imports.push_back(*std::move(text));
  }
  return imports;
}

Result<std::vector<std::string>> read_elf(
    std::string_view bytes, std::optional<std::vector<std::string>> (*read)(const ElfFile&)) {
  if (!is_elf(bytes)) return fail(ErrorKind::invalid_input, "it is no ELF file");
  const ElfFile elf(bytes);
  auto names = elf.known_form() ? read(elf) : std::nullopt;
  if (!names) return fail(ErrorKind::invalid_input, "its ELF headers are damaged");
  return *std::move(names);
}

}  // namespace

bool is_elf(std::string_view file) { return file.starts_with(magic); }

Result<std::vector<std::string>> needed_libraries(std::string_view file) {
  return read_elf(file, needed_by);
}

Result<std::vector<std::string>> imported_symbols(std::string_view file) {
  return read_elf(file, imports_of);
}

}  // namespace assay
