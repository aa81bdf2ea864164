#include "advisories/keyed_table.h"

#include <algorithm>
#include <cstdint>

namespace assay {

namespace {

constexpr std::string_view mark = "assaykt1";
constexpr std::size_t number_size = 8;            // bytes, the lowest first
constexpr std::size_t head_size = 2 * number_size;   // mark and count
constexpr std::size_t entry_size = 2 * number_size;  // ends of key and text, each in its own part

void add_number(std::string& bytes, std::uint64_t value) {
  for (std::size_t i = 0; i < number_size; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
}

std::unexpected<Error> broken() {
  return fail(ErrorKind::internal, "the index of advisories is broken");
}

}  // namespace

std::string write_keyed_table(const std::map<std::string, std::string>& texts) {
  std::string bytes(mark);
  add_number(bytes, texts.size());
  std::size_t key_end = 0;
  std::size_t text_end = 0;
  for (const auto& [key, text] : texts) {
    add_number(bytes, key_end += key.size());
    add_number(bytes, text_end += text.size());
  }
  bytes.reserve(bytes.size() + key_end + text_end);
  for (const auto& [key, text] : texts) bytes += key;
  for (const auto& [key, text] : texts) bytes += text;
  return bytes;
}

Result<KeyedTable> KeyedTable::open(MappedFile file) {
  KeyedTable table;
  table.file_ = std::move(file);
  ASSAY_CHECK(table.begin());
  return table;
}

Result<KeyedTable> KeyedTable::of(std::string bytes) {
  KeyedTable table;
  table.text_ = std::move(bytes);
  ASSAY_CHECK(table.begin());
  return table;
}

Result<> KeyedTable::begin() {
  const auto all = bytes();
  if (all.size() < head_size || !all.starts_with(mark)) return broken();
  const std::size_t count = number(number_size);
  if (count > (all.size() - head_size) / entry_size) return broken();
  keys_ = head_size + count * entry_size;
  const std::size_t key_end = count == 0 ? 0 : number(keys_ - entry_size);
  const std::size_t text_end = count == 0 ? 0 : number(keys_ - number_size);
  const std::size_t rest = all.size() - keys_;
  if (key_end > rest || text_end != rest - key_end) return broken();
  texts_ = keys_ + key_end;
  count_ = count;
  return {};
}

std::size_t KeyedTable::number(std::size_t offset) const {
  std::uint64_t value = 0;
  const auto all = bytes();
  for (std::size_t i = 0; i < number_size; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(all[offset + i])} << (8 * i);
  }
  return value;
}

std::pair<std::string_view, std::string_view> KeyedTable::at(std::size_t place) const {
  const std::size_t entry = head_size + place * entry_size;
  const std::size_t key = place == 0 ? 0 : number(entry - entry_size);
  const std::size_t text = place == 0 ? 0 : number(entry - number_size);
  const std::size_t key_end = number(entry);
  const std::size_t text_end = number(entry + number_size);
  // A damaged table has no text there rather than one from elsewhere.
  if (key_end < key || text_end < text) return {};
  const auto part = [&](std::size_t begin, std::size_t end, std::size_t from, std::size_t to) {
    return to > end - begin ? std::string_view() : bytes().substr(begin + from, to - from);
  };
  return {part(keys_, texts_, key, key_end), part(texts_, bytes().size(), text, text_end)};
}

std::size_t KeyedTable::first_not_before(std::string_view key) const {
  std::size_t low = 0;
  std::size_t high = count_;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (at(middle).first < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<std::string_view> KeyedTable::find(std::string_view key) const {
  const std::size_t place = first_not_before(key);
  if (place == count_) return std::nullopt;
  const auto [found, text] = at(place);
  return found == key ? std::optional(text) : std::nullopt;
}

}  // namespace assay
