#include "package/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t longest_text = 256U << 20U;
constexpr std::size_t most_entries = 1'000'000;
constexpr std::size_t most_entry_points = 20'000;

std::unexpected<Error> invalid(std::string_view file, std::size_t line, std::string_view what) {
  return fail(ErrorKind::invalid_input, fmt::format("{}, line {}: {}", file, line, what));
}

std::unexpected<Error> invalid_record(std::size_t line, std::string_view what) {
  return invalid("RECORD", line, what);
}

// Reads comma-separated values as RFC 4180 and Python's csv module do: fields in quotes hold
// anything, a quote doubled.
class RowReader {
 public:
  explicit RowReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t line() const { return line_; }

  // An empty line is a row of one empty field.
  Result<std::vector<std::string>> next() {
    std::vector<std::string> row;
    for (;;) {
      ASSAY_TRY(row.emplace_back(), field());
      if (at_end() || end_of_line()) return row;
      ++at_;  // the comma
    }
  }

 private:
  Result<std::string> field() {
    if (at_end() || text_[at_] != '"') {
      const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      const auto plain = text_.substr(at_, end - at_);
      if (plain.find('"') != std::string_view::npos) {
        return invalid_record(line_, "a quote inside a field without quotes");
      }
      at_ = end;
      return std::string(plain);
    }
    return quoted_field();
  }

  Result<std::string> quoted_field() {
    const auto began = line_;
    std::string value;
    for (++at_; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '"') {
        ++at_;
        if (at_end() || text_[at_] != '"') return end_of_quotes(std::move(value));
      }
      value += c;
    }
    return invalid_record(began, "a quote that is not closed");
  }

  Result<std::string> end_of_quotes(std::string value) const {
    if (!at_end() && std::string_view(",\r\n").find(text_[at_]) == std::string_view::npos) {
      return invalid_record(line_, "text after a closing quote");
    }
    return value;
  }

  bool end_of_line() {
    if (text_[at_] == ',') return false;
    if (text_.substr(at_).starts_with("\r\n")) ++at_;
    ++at_;
    ++line_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "sha256=<urlsafe base64>", with any algorithm's name (PEP 376 allows what hashlib knows).
bool is_digest(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) return false;
  const auto urlsafe = [](char c) { return is_word(c) || c == '-' || c == '='; };
  return std::ranges::all_of(text.substr(0, equals), is_word) &&
         std::ranges::all_of(text.substr(equals + 1), urlsafe);
}

Result<RecordEntry> to_entry(std::vector<std::string> row, std::size_t line) {
  if (row.size() != 3) return invalid_record(line, "not path, digest and size");
  if (row[0].empty()) return invalid_record(line, "an empty path");
  if (!row[1].empty() && !is_digest(row[1])) {
    return invalid_record(line, "not a digest: " + printable(row[1].substr(0, 80)));
  }
  RecordEntry entry{.path = std::move(row[0]), .digest = std::move(row[1]), .size = std::nullopt};
  if (!row[2].empty()) {
    std::uint64_t size = 0;
    const char* const end = row[2].data() + row[2].size();
    const auto read = std::from_chars(row[2].data(), end, size);
    if (read.ec != std::errc() || read.ptr != end) {
      return invalid_record(line, "not a size: " + printable(row[2].substr(0, 40)));
    }
    entry.size = size;
  }
  return entry;
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return '"' + replace_all(field, "\"", "\"\"") + '"';
}

bool is_dotted(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    // Python's identifiers may hold letters of any script.
    return is_word(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// module[:attribute] [extras]; the extras are obsolete and read by nobody.
std::optional<EntryPoint> parse_object(std::string_view text) {
  if (const auto bracket = text.find('['); bracket != std::string_view::npos) {
    if (!text.ends_with(']')) return std::nullopt;
    text = trim(text.substr(0, bracket));
  }
  EntryPoint point;
  const auto colon = text.find(':');
  point.module = trim(text.substr(0, colon));
  if (!is_dotted(point.module)) return std::nullopt;
  if (colon != std::string_view::npos) {
    point.attribute = trim(text.substr(colon + 1));
    if (!is_dotted(point.attribute)) return std::nullopt;
  }
  return point;
}

}  // namespace

std::string_view dist_info_member(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == path.npos || !path.substr(0, slash).ends_with(".dist-info")) return {};
  return path.substr(slash + 1);
}

Result<std::vector<RecordEntry>> parse_record(std::string_view text) {
  if (text.size() > longest_text) return fail(ErrorKind::invalid_input, "RECORD: it is too long");
  std::vector<RecordEntry> entries;
  RowReader rows(text);
  while (!rows.at_end()) {
    const auto line = rows.line();
    ASSAY_TRY(auto row, rows.next());
    if (row.size() == 1 && row[0].empty()) continue;
    if (entries.size() == most_entries) return invalid_record(line, "too many entries");
    ASSAY_TRY(entries.emplace_back(), to_entry(std::move(row), line));
  }
  return entries;
}

std::string write_record(const std::vector<RecordEntry>& entries) {
  std::string text;
  for (const auto& entry : entries) {
    text += fmt::format("{},{},{}\n", quoted(entry.path), quoted(entry.digest),
                        entry.size ? std::to_string(*entry.size) : std::string());
  }
  return text;
}

Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text) {
  constexpr std::string_view file = "entry_points.txt";
  std::vector<EntryPoint> points;
  std::string group;
  std::size_t number = 0;
  for (const auto raw : lines(text)) {
    ++number;
    const auto line = trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      if (!line.ends_with(']')) return invalid(file, number, "a group without its closing bracket");
      group = trim(line.substr(1, line.size() - 2));
      if (group.empty()) return invalid(file, number, "a group without a name");
      continue;
    }
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    if (group.empty()) return invalid(file, number, "an entry point outside a group");
    if (equals == std::string_view::npos || name.empty()) {
      return invalid(file, number, "not name = module:attribute");
    }
    auto point = parse_object(trim(line.substr(equals + 1)));
    if (!point) return invalid(file, number, "not an object reference");
    if (points.size() == most_entry_points) return invalid(file, number, "too many entry points");
    point->group = group;
    point->name = name;
    points.push_back(*std::move(point));
  }
  return points;
}

}  // namespace assay
