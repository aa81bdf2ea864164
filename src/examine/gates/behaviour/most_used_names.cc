#include "examine/gates/behaviour/most_used_names.h"

#include <array>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace assay::behaviour {

extern const std::string_view most_used_names_text;

namespace {

// Beyond these a slip of the finger is more likely another project's name.
constexpr std::size_t imitated = 1000;

// What a name looks like: letters that are taken for each other are one, separators none.
std::string look_of(std::string_view name) {
  std::string look;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto pair = name.substr(i, 2);
    if (c == '-' || c == '_' || c == '.') continue;
    if (pair == "rn") {
      look += 'm';
      ++i;
    } else if (pair == "vv") {
      look += 'w';
      ++i;
    } else if (c == '0') {
      look += 'o';
    } else if (c == '1' || c == 'i') {
      look += 'l';
    } else if (c == '3') {
      look += 'e';
    } else if (c == '5') {
      look += 's';
    } else {
      look += c;
    }
  }
  return look;
}

struct KnownNames {
  std::unordered_map<std::string_view, std::size_t> places;    // from 0, the most used first
  std::unordered_map<std::string, std::string_view> by_look;   // of the imitated
  std::unordered_map<std::size_t, std::vector<std::string_view>> by_length;

  KnownNames() {
    std::size_t place = 0;
    for (const auto line : lines(most_used_names_text)) {
      for (const auto name : split(line, ' ')) {
        if (name.empty()) continue;
        places.emplace(name, place);
        if (place < imitated) {
          by_look.emplace(look_of(name), name);
          by_length[name.size()].push_back(name);
        }
        ++place;
      }
    }
  }
};

const KnownNames& known_names() {
  static const KnownNames names;
  return names;
}

bool is_much_used(std::string_view name) {
  const auto& places = known_names().places;
  const auto found = places.find(name);
  return found != places.end() && found->second < imitated / 4;
}

std::optional<std::string> without_decoration(std::string_view name) {
  static constexpr auto before = std::to_array<std::string_view>({"python-", "python3-", "py-", "python", "the-"});
  static constexpr auto after =
      std::to_array<std::string_view>({"-python", "-python3", "-py", "-py3", "-js", "-lib", "-dev", "python"});
  for (const auto prefix : before) {
    if (name.starts_with(prefix) && is_much_used(name.substr(prefix.size()))) {
      return std::string(name.substr(prefix.size()));
    }
  }
  for (const auto suffix : after) {
    if (name.ends_with(suffix) && is_much_used(name.substr(0, name.size() - suffix.size()))) {
      return std::string(name.substr(0, name.size() - suffix.size()));
    }
  }
  return std::nullopt;
}

// "pytest5" is a version of pytest's name, "s3fs" and "gcsfs" are two things: a change of what tells
// kinds of one family apart is none of the finger.
bool is_family(std::string_view left, std::string_view right) {
  if (left.size() == right.size()) {
    std::size_t at = 0;
    while (left[at] == right[at]) ++at;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digit(left[at]) && digit(right[at])) return true;
    // The part between separators that differs is short: "types-six", "types-pip".
    const auto begin = left.rfind('-', at) == std::string_view::npos ? 0 : left.rfind('-', at) + 1;
    const auto end = std::min(left.find('-', at), left.size());
    return (begin != 0 || end != left.size()) && end - begin < 5;
  }
  return false;
}

}  // namespace

bool differ_by_one(std::string_view left, std::string_view right) {
  if (left.size() > right.size()) std::swap(left, right);
  if (right.size() - left.size() > 1) return false;
  std::size_t same = 0;
  while (same < left.size() && left[same] == right[same]) ++same;
  const auto rest = [&](std::size_t l, std::size_t r) {
    return left.substr(std::min(same + l, left.size())) == right.substr(std::min(same + r, right.size()));
  };
  if (left.size() < right.size()) return rest(0, 1);
  if (same == left.size()) return false;
  if (rest(1, 1)) return true;
  return same + 1 < left.size() && left[same] == right[same + 1] && left[same + 1] == right[same] && rest(2, 2);
}

std::optional<Likeness> likeness_of(std::string_view name) {
  const auto& known = known_names();
  constexpr std::size_t shortest = 4;  // of names that are compared at all
  if (known.places.contains(name) || name.size() < shortest) return std::nullopt;
  if (const auto same = known.by_look.find(look_of(name)); same != known.by_look.end()) {
    return Likeness{std::string(same->second), Likeness::Kind::same_look};
  }
  constexpr std::size_t shortest_changed = 6;
  if (name.size() >= shortest_changed) {
    for (const std::size_t size : {name.size() - 1, name.size(), name.size() + 1}) {
      const auto same_size = known.by_length.find(size);
      if (same_size == known.by_length.end() || size + 1 < shortest_changed) continue;
      for (const auto other : same_size->second) {
        if (differ_by_one(name, other) && !is_family(name, other)) {
          return Likeness{std::string(other), Likeness::Kind::one_change};
        }
      }
    }
  }
  if (auto plain = without_decoration(name)) return Likeness{*plain, Likeness::Kind::decorated};
  return std::nullopt;
}

}  // namespace assay::behaviour
