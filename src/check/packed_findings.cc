#include "check/packed_findings.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <vector>

namespace assay {

namespace {

// A finding is a head of fixed size, then numbers and texts.
//   0 length of all, 4 severity, 5 confidence, 6 role, 7 flags, 8 fingerprint
constexpr std::size_t head_size = 16;

enum Flag : std::uint8_t {
  is_suppressed = 1,
  frame_is_context = 2,
  classes_are_the_rules = 4,  // cwe and aliases
  counts_in_any_role = 8,
};

template <class T>
void put(std::string& to, std::size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof value);
}

template <class T>
T get(std::string_view from, std::size_t at) {
  T value;
  std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

void write_number(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(0x80 | (value & 0x7F));
  to += static_cast<char>(value);
}

void write_text(std::string& to, std::string_view text) {
  write_number(to, text.size());
  to += text;
}

void write_texts(std::string& to, const std::vector<std::string>& texts) {
  write_number(to, texts.size());
  for (const auto& text : texts) write_text(to, text);
}

// Reads what was written; at the first fault it gives nothing more, and `ok` says so.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<std::uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::uint32_t count() { return static_cast<std::uint32_t>(number()); }

  std::string text() {
    const auto size = number();
    if (!ok_ || size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (auto left = number(); ok_ && left > 0; --left) all.push_back(text());
    return all;
  }

  FindingPlace place() {
    FindingPlace place;
    for (auto* number : {&place.line, &place.column, &place.end_line, &place.end_column}) *number = count();
    return place;
  }

  bool ok() const { return ok_; }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

FindingHead head_of(std::string_view record) {
  return {static_cast<Severity>(record[4]), static_cast<Confidence>(record[5]),
          static_cast<PathRole>(record[6]), (record[7] & is_suppressed) != 0,
          (record[7] & counts_in_any_role) != 0,
          get<std::uint64_t>(record, 8)};
}

bool is_head(const FindingHead& head) {
  return head.severity <= Severity::critical && head.confidence <= Confidence::high &&
         head.role <= PathRole::tool;
}

bool read(std::string_view record, const RuleBook& rules, CheckedFinding& checked) {
  const FindingHead head = head_of(record);
  const auto flags = static_cast<std::uint8_t>(record[7]);
  Reader reader(record.substr(head_size));
  Finding& finding = checked.finding;
  finding.severity = head.severity;
  finding.confidence = head.confidence;
  finding.role = head.role;
  checked.fingerprint = head.fingerprint;
  finding.rule = reader.text();
  finding.gate = finding.rule.substr(0, finding.rule.find('/'));
  finding.path = reader.text();
  finding.line = reader.count();
  finding.column = reader.count();
  finding.end_line = reader.count();
  finding.end_column = reader.count();
  finding.message = reader.text();
  finding.symbol = reader.text();
  finding.context = reader.text();
  finding.excerpt = reader.text();
  checked.suppressed = reader.text();
  checked.frame = (flags & frame_is_context) != 0 ? finding.context : reader.text();
  checked.frame_begin = reader.count();
  checked.frame_end = reader.count();
  checked.column_excess = reader.count();
  checked.end_column_excess = reader.count();
  for (auto left = reader.number(); reader.ok() && left > 0; --left) finding.again.push_back(reader.place());
  if ((flags & classes_are_the_rules) == 0) {
    finding.cwe = reader.texts();
    finding.aliases = reader.texts();
  } else if (const auto* rule = rules.find(finding.rule); rule != nullptr) {
    finding.cwe = rule->cwe;
    finding.aliases = rule->aliases;
  }
  return reader.ok() && checked.frame_begin <= checked.frame_end &&
         checked.frame_end <= checked.frame.size() &&
         checked.column_excess <= finding.column && checked.end_column_excess <= finding.end_column;
}

}  // namespace

std::string fingerprint_digits(std::uint64_t fingerprint) {
  return fmt::format("{:016x}", fingerprint);
}

void pack(const CheckedFinding& checked, const RuleBook& rules, std::string& to) {
  const Finding& finding = checked.finding;
  const auto begin = to.size();
  to.append(head_size, '\0');
  const auto* rule = rules.find(finding.rule);
  std::uint8_t flags = checked.suppressed.empty() ? 0 : is_suppressed;
  if (checked.frame == finding.context) flags |= frame_is_context;
  if (rule != nullptr && rule->cwe == finding.cwe && rule->aliases == finding.aliases) {
    flags |= classes_are_the_rules;
  }
  if (counts_anywhere(finding)) flags |= counts_in_any_role;
  write_text(to, finding.rule);
  write_text(to, finding.path);
  for (const auto number : {finding.line, finding.column, finding.end_line, finding.end_column}) {
    write_number(to, number);
  }
  for (const auto* text : {&finding.message, &finding.symbol, &finding.context, &finding.excerpt,
                           &checked.suppressed}) {
    write_text(to, *text);
  }
  if ((flags & frame_is_context) == 0) write_text(to, checked.frame);
  write_number(to, checked.frame_begin);
  write_number(to, checked.frame_end);
  write_number(to, checked.column_excess);
  write_number(to, checked.end_column_excess);
  write_number(to, finding.again.size());
  for (const FindingPlace& place : finding.again) {
    for (const auto number : {place.line, place.column, place.end_line, place.end_column}) {
      write_number(to, number);
    }
  }
  if ((flags & classes_are_the_rules) == 0) {
    write_texts(to, finding.cwe);
    write_texts(to, finding.aliases);
  }
  put(to, begin, static_cast<std::uint32_t>(to.size() - begin));
  to[begin + 4] = static_cast<char>(finding.severity);
  to[begin + 5] = static_cast<char>(finding.confidence);
  to[begin + 6] = static_cast<char>(finding.role);
  to[begin + 7] = static_cast<char>(flags);
  put(to, begin + 8, checked.fingerprint);
}

Result<> unpack(std::string_view packed, const RuleBook& rules,
                const std::function<bool(const FindingHead&)>& wanted,
                const std::function<void(CheckedFinding&&)>& each) {
  const auto damaged = [] { return fail(ErrorKind::invalid_input, "damaged findings"); };
  while (!packed.empty()) {
    if (packed.size() < head_size) return damaged();
    const auto size = get<std::uint32_t>(packed, 0);
    if (size < head_size || size > packed.size()) return damaged();
    const FindingHead head = head_of(packed);
    if (!is_head(head)) return damaged();
    if (wanted(head)) {
      CheckedFinding checked;
      if (!read(packed.substr(0, size), rules, checked)) return damaged();
      each(std::move(checked));
    }
    packed.remove_prefix(size);
  }
  return {};
}

}  // namespace assay
