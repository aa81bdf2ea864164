#include "examine/gates/behaviour/constant_decoder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "examine/gates/behaviour/decompress.h"
#include "package/unicode.h"

namespace assay::behaviour {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;

constexpr int deepest = 24;
constexpr std::size_t most_visits = 20'000;
constexpr std::size_t visit_cost = 64;                          // bytes' worth of work
constexpr std::size_t most_of_a_file = std::size_t{48} << 20;   // of all that is hidden in it

thread_local std::size_t budget = std::numeric_limits<std::size_t>::max();  // nobody bounds it

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string bytes;
  std::uint64_t held = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    int digit = -1;
    if (c >= 'A' && c <= 'Z') digit = c - 'A';
    if (c >= 'a' && c <= 'z') digit = c - 'a';
    if (c >= '2' && c <= '7') digit = c - '2' + 26;
    if (digit < 0) return std::nullopt;
    held = (held << 5 | static_cast<unsigned>(digit)) & 0xFFFF'FFFF;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xFF);
    }
  }
  return bytes;
}

// RFC 1924's alphabet, as b85decode has it, or Ascii85's.
std::optional<std::string> from_base85(std::string_view text, bool ascii85) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  std::string bytes;
  std::uint64_t held = 0;
  std::size_t digits = 0;
  const auto put = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(held >> (24 - 8 * i) & 0xFF);
    held = 0;
    digits = 0;
  };
  for (const char c : text) {
    if (ascii85 && (c == ' ' || c == '\n')) continue;
    if (ascii85 && c == 'z' && digits == 0) {
      bytes.append(4, '\0');
      continue;
    }
    const auto place = ascii85 ? static_cast<std::size_t>(c - '!') : alphabet.find(c);
    if (place >= 85) return std::nullopt;
    held = held * 85 + place;
    if (++digits == 5) put(4);
  }
  if (digits == 1) return std::nullopt;
  if (digits > 1) {
    const std::size_t left = digits - 1;
    for (; digits < 5; ++digits) held = held * 85 + 84;
    put(left);
  }
  return bytes;
}

std::string rot13(std::string_view text) {
  std::string turned(text);
  for (char& c : turned) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + 13) % 26);
  }
  return turned;
}

std::string_view last_part(std::string_view full) {
  const auto dot = full.rfind('.');
  return dot == std::string_view::npos ? full : full.substr(dot + 1);
}

struct Undoing {
  std::string_view callee;
  std::string_view codec;
};
constexpr std::array undoings = std::to_array<Undoing>({
    {"b64decode", "base64"},  {"urlsafe_b64decode", "base64"}, {"standard_b64decode", "base64"},
    {"decodebytes", "base64"}, {"decodestring", "base64"},     {"a2b_base64", "base64"},
    {"b32decode", "base32"},  {"b16decode", "hex"},            {"b85decode", "base85"},
    {"a85decode", "ascii85"}, {"unhexlify", "hex"},            {"a2b_hex", "hex"},
    {"fromhex", "hex"},       {"decompress", "compressed"},
});

}  // namespace

DecodingBudget::DecodingBudget() : before_(std::exchange(budget, most_of_a_file)) {}

DecodingBudget::~DecodingBudget() { budget = before_; }

bool DecodingBudget::spend(std::size_t bytes) {
  if (bytes > budget) {
    budget = 0;
    return false;
  }
  budget -= bytes;
  return true;
}

std::optional<std::string> undo_codec(std::string_view name, std::string_view text) {
  std::string codec = lower(name);
  std::erase_if(codec, [](char c) { return c == '_' || c == '-'; });
  if (codec.ends_with("codec")) codec.resize(codec.size() - 5);
  if (codec == "base64") return decode_base64(text);
  if (codec == "base32") return from_base32(text);
  if (codec == "base85") return from_base85(text, false);
  if (codec == "ascii85") return from_base85(text, true);
  if (codec == "hex") return from_hex(text);
  if (codec == "rot13") return rot13(text);
  if (codec == "zlib" || codec == "zip" || codec == "compressed") {
    if (auto plain = inflate_text(text)) return plain;
    return unpack_stream(text);
  }
  if (codec == "bz2") return unpack_stream(text);
  return std::nullopt;
}

ConstantDecoder::Text ConstantDecoder::step(std::string name, Text text) {
  if (!text) return text;
  steps_.push_back(std::move(name));
  if (text->size() > most_decoded) return std::nullopt;
  return text;
}

ConstantDecoder::Text ConstantDecoder::read(NodeId id, int depth) {
  if (id == no_node || depth > deepest || ++visits_ > most_visits) return std::nullopt;
  if (!DecodingBudget::spend(visit_cost)) return std::nullopt;
  auto text = read_kind(id, depth);
  if (!text) return text;
  spent_ += text->size();
  if (!DecodingBudget::spend(text->size())) return std::nullopt;
  if (spent_ > 8 * most_decoded) return std::nullopt;
  return text;
}

ConstantDecoder::Text ConstantDecoder::read_kind(NodeId id, int depth) {
  switch (syntax_.kind(id)) {
    case NodeKind::call: return call(id, depth);
    case NodeKind::subscript: return sliced(id, depth);
    case NodeKind::name: {
      if (const auto bound = bound_.find(syntax_.text(id)); bound != bound_.end()) return bound->second;
      if (const NodeId value = module_.value_of(id)) return read(value, depth + 1);
      return std::nullopt;
    }
    case NodeKind::bin_op: {
      if (syntax_[id].detail == static_cast<std::uint8_t>(Operator::add)) {
        auto left = read(syntax_.child(id), depth + 1);
        if (!left) return std::nullopt;
        const auto right = read(syntax_.child(id, 1), depth + 1);
        if (!right || left->size() + right->size() > most_decoded) return std::nullopt;
        return *left + *right;
      }
      return module_.text_of(id);
    }
    default: return module_.text_of(id);
  }
}

ConstantDecoder::Text ConstantDecoder::call(NodeId id, int depth) {
  const NodeId callee = syntax_.child(id);
  NodeId function = callee;
  if (syntax_.is(callee, NodeKind::name)) function = module_.value_of(callee);
  if (function != no_node && syntax_.is(function, NodeKind::lambda)) return lambda_call(function, id, depth);
  std::string full = module_.qualified(callee);
  if (full.empty() && syntax_.is(callee, NodeKind::attribute)) full = syntax_.text(syntax_.child(callee, 1));
  const std::string_view name = last_part(full);
  const NodeId first = module_.argument(id, "", 0);
  for (const auto& [undone, codec] : undoings) {
    if (name != undone || first == no_node) continue;
    const auto text = read(first, depth + 1);
    return text ? step(std::string(codec), undo_codec(codec, *text)) : std::nullopt;
  }
  if (full == "codecs.decode") {
    const auto text = read(first, depth + 1);
    const auto codec = module_.text_of(module_.argument(id, "encoding", 1));
    return text && codec ? step(*codec, undo_codec(*codec, *text)) : std::nullopt;
  }
  if (full == "chr") {
    const auto number = module_.integer_of(first);
    if (!number || *number < 0 || *number > 0x10FFFF || (*number >= 0xD800 && *number < 0xE000)) {
      return std::nullopt;
    }
    std::string text;
    append_utf8(text, static_cast<std::uint32_t>(*number));
    return step("characters", text);
  }
  if (full == "bytes" || full == "bytearray" || full == "str" || full == "memoryview") {
    if (first != no_node && (syntax_.is(first, NodeKind::list) || syntax_.is(first, NodeKind::tuple))) {
      return step("characters", characters(first, full != "str"));
    }
    return read(first, depth + 1);
  }
  if (full == "compile") return read(first, depth + 1);
  if (syntax_.is(callee, NodeKind::attribute)) return method(id, name, depth);
  return std::nullopt;
}

ConstantDecoder::Text ConstantDecoder::method(NodeId id, std::string_view name, int depth) {
  const NodeId object = syntax_.child(syntax_.child(id));
  const NodeId first = module_.argument(id, "", 0);
  if (name == "join") {
    const auto separator = read(object, depth + 1);
    return separator && first != no_node ? joined(first, *separator, depth) : std::nullopt;
  }
  if (name == "replace") {
    const auto text = read(object, depth + 1);
    const auto from = read(first, depth + 1);
    const auto to = read(module_.argument(id, "", 1), depth + 1);
    if (!text || !from || !to || from->empty() || to->size() > from->size()) return std::nullopt;
    return step("replaced", replace_all(*text, *from, *to));
  }
  if (name == "decode" || name == "encode" || name == "strip" || name == "read") {
    auto text = read(object, depth + 1);
    if (!text || name != "decode" || first == no_node) return text;
    const auto codec = module_.text_of(first);
    if (!codec) return text;
    auto undone = undo_codec(*codec, *text);
    return undone ? step(*codec, std::move(undone)) : text;
  }
  return std::nullopt;
}

ConstantDecoder::Text ConstantDecoder::lambda_call(NodeId lambda, NodeId call, int depth) {
  const NodeId parameters = syntax_.child_of(lambda, NodeKind::parameters);
  const NodeId body = syntax_.last_child(lambda);
  const NodeId parameter = parameters == no_node ? no_node : syntax_.child(parameters);
  if (parameter == no_node) return read(body, depth + 1);
  const auto text = read(module_.argument(call, "", 0), depth + 1);
  if (!text) return std::nullopt;
  const std::string name(syntax_.text(syntax_.child(parameter)));
  const auto before = bound_.find(name) == bound_.end() ? std::nullopt : std::optional(bound_[name]);
  bound_[name] = *text;
  auto result = read(body, depth + 1);
  if (before) {
    bound_[name] = *before;
  } else {
    bound_.erase(name);
  }
  return result;
}

// "".join(chr(c) for c in [1, 2]), "".join(map(chr, [1, 2])), "".join([…]), "".join(reversed("…"))
ConstantDecoder::Text ConstantDecoder::joined(NodeId parts, const std::string& separator, int depth) {
  if (syntax_.is(parts, NodeKind::name) && module_.value_of(parts) != no_node) parts = module_.value_of(parts);
  if (syntax_.is(parts, NodeKind::generator) || syntax_.is(parts, NodeKind::list_comp)) {
    const NodeId element = syntax_.child(parts);
    const NodeId loop = syntax_.child(parts, 1);
    if (!syntax_.is(element, NodeKind::call) || module_.callee(element) != "chr") return std::nullopt;
    return step("characters", characters(syntax_.child(loop, 1)));
  }
  if (syntax_.is(parts, NodeKind::call)) {
    const auto callee = module_.callee(parts);
    if (callee == "map" && module_.qualified(module_.argument(parts, "", 0)) == "chr") {
      return step("characters", characters(module_.argument(parts, "", 1)));
    }
    if (callee == "reversed") {
      auto text = read(module_.argument(parts, "", 0), depth + 1);
      if (text) std::ranges::reverse(*text);
      return step("reversed", std::move(text));
    }
    return std::nullopt;
  }
  if (!syntax_.is(parts, NodeKind::list) && !syntax_.is(parts, NodeKind::tuple)) return std::nullopt;
  std::string text;
  bool is_first = true;
  for (const NodeId part : syntax_.children(parts)) {
    const auto one = read(part, depth + 1);
    if (!one || text.size() > most_decoded) return std::nullopt;
    if (!is_first) text += separator;
    is_first = false;
    text += *one;
  }
  return text;
}

ConstantDecoder::Text ConstantDecoder::characters(NodeId numbers, bool bytes) {
  if (numbers == no_node) return std::nullopt;
  if (syntax_.is(numbers, NodeKind::name)) numbers = module_.value_of(numbers);
  if (!syntax_.is(numbers, NodeKind::list) && !syntax_.is(numbers, NodeKind::tuple)) return std::nullopt;
  std::string text;
  for (const NodeId number : syntax_.children(numbers)) {
    const auto value = module_.integer_of(number);
    if (!value || *value < 0 || *value > 0x10FFFF || (*value >= 0xD800 && *value < 0xE000)) {
      return std::nullopt;
    }
    if (bytes) {
      text += static_cast<char>(*value);
    } else {
      append_utf8(text, static_cast<std::uint32_t>(*value));
    }
  }
  return text;
}

// "…"[::-1]
ConstantDecoder::Text ConstantDecoder::sliced(NodeId id, int depth) {
  const NodeId slice = syntax_.child(id, 1);
  if (!syntax_.is(slice, NodeKind::slice) || syntax_.child_of(slice, NodeKind::lower) != no_node ||
      syntax_.child_of(slice, NodeKind::upper) != no_node) {
    return std::nullopt;
  }
  const NodeId step_node = syntax_.child_of(slice, NodeKind::step);
  if (step_node == no_node || module_.integer_of(syntax_.child(step_node)) != -1) return std::nullopt;
  auto text = read(syntax_.child(id), depth + 1);
  if (text) std::ranges::reverse(*text);
  return step("reversed", std::move(text));
}

}  // namespace assay::behaviour
