#include "copies/source_prints.h"

#include <algorithm>
#include <array>

#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "4";
constexpr std::uint64_t most_bytes = 16 << 20;

// The result is kept as bytes, with numbers little-endian: of a thousand origins JSON would take
// seconds to read.
void put(std::string& bytes, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8 * i));
}
void put(std::string& bytes, std::string_view text) {
  put(bytes, text.size(), 4);
  bytes += text;
}
void put(std::string& bytes, const Digest& digest) {
  for (const auto byte : digest.bytes()) bytes += static_cast<char>(byte);
}

std::string encode(const SourcePrints& prints) {
  std::string bytes;
  put(bytes, prints.too_large.size(), 4);
  for (const auto& path : prints.too_large) put(bytes, path);
  put(bytes, prints.files.size(), 4);
  for (const auto& file : prints.files) {
    put(bytes, file.path);
    put(bytes, static_cast<std::uint64_t>(file.role), 1);
    put(bytes, file.content);
    put(bytes, file.code.digest ? 1 : 0, 1);
    put(bytes, file.code.digest.value_or(Digest()));
    put(bytes, file.code.last_line, 4);
    put(bytes, file.code.fingerprints.size(), 4);
    for (const auto& print : file.code.fingerprints) {
      put(bytes, print.hash, 8);
      put(bytes, print.from, 4);
      put(bytes, print.to, 4);
    }
  }
  return bytes;
}

// Reads what encode() wrote. Past the end it gives zeros and is no longer whole.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number(std::size_t size) {
    std::uint64_t number = 0;
    const auto part = take(size);
    for (std::size_t i = 0; i < part.size(); ++i) {
      number |= std::uint64_t{static_cast<std::uint8_t>(part[i])} << (8 * i);
    }
    return number;
  }
  std::uint32_t count() { return static_cast<std::uint32_t>(number(4)); }
  std::string text() { return std::string(take(count())); }
  Digest digest() {
    std::array<std::uint8_t, Digest::size> digest{};
    const auto part = take(digest.size());
    std::ranges::copy(part, digest.begin());
    return Digest(digest);
  }
  bool whole() const { return whole_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    whole_ = whole_ && size <= bytes_.size();
    if (!whole_) return {};
    const auto part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }

  std::string_view bytes_;
  bool whole_ = true;
};

FilePrint read_file_print(Reader& reader) {
  FilePrint file{.path = reader.text(),
                 .role = static_cast<PathRole>(reader.number(1)),
                 .content = reader.digest(),
                 .code = {}};
  const bool has_digest = reader.number(1) != 0;
  const auto digest = reader.digest();
  if (has_digest) file.code.digest = digest;
  file.code.last_line = reader.count();
  for (auto left = reader.count(); left > 0 && reader.whole(); --left) {
    const auto hash = reader.number(8);
    const auto from = reader.count();
    file.code.fingerprints.push_back({hash, from, reader.count()});
  }
  return file;
}

Result<SourcePrints> decode(std::string_view bytes) {
  Reader reader(bytes);
  SourcePrints prints;
  for (auto left = reader.count(); left > 0 && reader.whole(); --left) {
    prints.too_large.push_back(reader.text());
  }
  for (auto left = reader.count(); left > 0 && reader.whole(); --left) {
    prints.files.push_back(read_file_print(reader));
  }
  if (!reader.whole() || !reader.at_end()) {
    return fail(ErrorKind::internal, "the kept fingerprints of a source are damaged");
  }
  return prints;
}

bool is_installed_code(const TreeEntry& entry, const RoleOf& role_of) {
  if (!entry.path.ends_with(".py") || !entry.link_target.empty()) return false;
  const PathRole role = role_of(entry.path);
  return ships(role) && role != PathRole::build;
}

}  // namespace

Result<SourcePrints> source_prints(ActionRunner& actions, const Digest& tree, const RoleOf& role_of,
                                   std::stop_token stop) {
  const ActionKey key{.kind = "source-prints",
                      .version = std::string(version_of_this),
                      .inputs = {tree.hex()},
                      .parameters = {}};
  ASSAY_TRY(const auto bytes, actions.run(key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
    SourcePrints prints;
    for (const auto& entry : entries.entries()) {
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      if (!is_installed_code(entry, role_of)) continue;
      if (entry.size > most_bytes) {
        prints.too_large.push_back(entry.path);
        continue;
      }
      ASSAY_TRY(const auto source, blobs.get(entry.digest));
      prints.files.push_back({entry.path, role_of(entry.path), entry.digest, print_of(source)});
    }
    return encode(prints);
  }));
  return decode(bytes);
}

}  // namespace assay
