#include "package/tag.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace assay {

namespace {

// Compressed sets multiply; no real wheel comes near this.
constexpr std::size_t most_tags = 4096;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::ranges::all_of(text, is_word);
}

// Spaces and control characters have no place in a file name's tag.
bool is_tag_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

using TwoNumbers = std::pair<int, int>;

// "2.36", "2.20-2014.11", "14.0": the first two numbers; what follows is ignored.
std::optional<TwoNumbers> leading_numbers(std::string_view text) {
  constexpr int highest = 1000;  // bounds the lists that are made from it
  TwoNumbers numbers;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, numbers.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, numbers.second);
  if (minor.ec != std::errc()) return std::nullopt;
  if (numbers.first < 0 || numbers.first > highest) return std::nullopt;
  if (numbers.second < 0 || numbers.second > highest) return std::nullopt;
  return numbers;
}

std::string normalized_platform(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '.' || c == '-' || c == ' '; }, '_');
  return lower(text);
}

// The aliases that PEP 600 keeps for the older manylinux standards (PEP 513, 571, 599).
std::string_view legacy_manylinux(TwoNumbers glibc) {
  if (glibc == TwoNumbers{2, 17}) return "manylinux2014";
  if (glibc == TwoNumbers{2, 12}) return "manylinux2010";
  if (glibc == TwoNumbers{2, 5}) return "manylinux1";
  return {};
}

void add_manylinux(std::vector<std::string>& platforms, const std::vector<std::string>& archs,
                   TwoNumbers glibc) {
  // The architectures of PEP 600's implementations; armv7l stands for the hard-float ABI here.
  constexpr std::array<std::string_view, 9> with_manylinux{
      "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64"};
  const auto known = [&](const std::string& arch) {
    return std::ranges::find(with_manylinux, arch) != with_manylinux.end();
  };
  if (std::ranges::none_of(archs, known)) return;
  const bool x86 = std::ranges::any_of(
      archs, [](const std::string& arch) { return arch == "x86_64" || arch == "i686"; });
  const int oldest_minor = x86 ? 5 : 17;  // of glibc 2
  constexpr int last_minor = 50;  // assumed for a major version that is not the newest any more
  for (const auto& arch : archs) {
    for (int major = glibc.first; major >= 2; --major) {
      const int newest = major == glibc.first ? glibc.second : last_minor;
      const int oldest = major == 2 ? oldest_minor : 0;
      for (int minor = newest; minor >= oldest; --minor) {
        platforms.push_back(fmt::format("manylinux_{}_{}_{}", major, minor, arch));
        if (const auto legacy = legacy_manylinux({major, minor}); !legacy.empty()) {
          platforms.push_back(fmt::format("{}_{}", legacy, arch));
        }
      }
    }
  }
}

// PEP 656.
void add_musllinux(std::vector<std::string>& platforms, const std::vector<std::string>& archs,
                   TwoNumbers musl) {
  for (const auto& arch : archs) {
    for (int minor = musl.second; minor >= 0; --minor) {
      platforms.push_back(fmt::format("musllinux_{}_{}_{}", musl.first, minor, arch));
    }
  }
}

std::vector<std::string> linux_platforms(const std::string& arch, std::string_view libc) {
  std::vector<std::string> archs{arch};
  if (arch == "armv8l") archs.push_back("armv7l");  // a 32-bit interpreter on a 64-bit kernel
  std::vector<std::string> platforms;
  for (const auto& one : archs) platforms.push_back("linux_" + one);
  constexpr std::string_view glibc = "glibc-";
  constexpr std::string_view musl = "musl-";
  if (libc.starts_with(glibc)) {
    const auto version = leading_numbers(libc.substr(glibc.size()));
    if (version) add_manylinux(platforms, archs, *version);
  } else if (libc.starts_with(musl)) {
    const auto version = leading_numbers(libc.substr(musl.size()));
    if (version) add_musllinux(platforms, archs, *version);
  }
  return platforms;
}

// What a Mac of that version runs: its architecture's own binaries and the fat ones that hold it.
std::vector<std::string> mac_formats(TwoNumbers version, const std::string& arch) {
  std::vector<std::string> formats{arch};
  const auto add = [&](std::initializer_list<const char*> more) {
    formats.insert(formats.end(), more.begin(), more.end());
  };
  if (arch == "x86_64") {
    if (version < TwoNumbers{10, 4}) return {};
    add({"intel", "fat64", "fat3"});
  } else if (arch == "i386") {
    if (version < TwoNumbers{10, 4}) return {};
    add({"intel", "fat3", "fat"});
  } else if (arch == "ppc64") {
    if (version > TwoNumbers{10, 5} || version < TwoNumbers{10, 4}) return {};
    add({"fat64"});
  } else if (arch == "ppc") {
    if (version > TwoNumbers{10, 6}) return {};
    add({"fat3", "fat"});
  }
  if (arch == "arm64" || arch == "x86_64") add({"universal2"});
  constexpr std::array<std::string_view, 5> universal{"x86_64", "i386", "ppc64", "ppc", "intel"};
  if (std::ranges::find(universal, arch) != universal.end()) add({"universal"});
  return formats;
}

std::vector<std::string> mac_platforms(TwoNumbers version, const std::string& arch) {
  std::vector<std::string> platforms;
  const auto add = [&](int major, int minor, const std::vector<std::string>& formats) {
    for (const auto& format : formats) {
      platforms.push_back(fmt::format("macosx_{}_{}_{}", major, minor, format));
    }
  };
  if (version.first == 10) {
    for (int minor = version.second; minor >= 0; --minor) {
      add(10, minor, mac_formats({10, minor}, arch));
    }
    return platforms;
  }
  for (int major = version.first; major > 10; --major) {
    add(major, 0, mac_formats({major, 0}, arch));
  }
  // Binaries that were made for Mac OS 10 still run, on Arm only as the Arm half of a universal2.
  if (version.first > 10) {
    const std::vector<std::string> arm_formats{"universal2"};
    for (int minor = 16; minor > 3; --minor) {
      add(10, minor, arch == "x86_64" ? mac_formats({10, minor}, arch) : arm_formats);
    }
  }
  return platforms;
}

std::vector<std::string> platforms_of(const TagFacts& facts) {
  constexpr std::string_view linux_prefix = "linux-";
  constexpr std::string_view mac_prefix = "macosx-";
  const std::string_view platform = facts.platform;
  if (platform.starts_with(linux_prefix)) {
    return linux_platforms(normalized_platform(std::string(platform.substr(linux_prefix.size()))),
                           facts.libc);
  }
  if (platform.starts_with(mac_prefix)) {
    const auto rest = platform.substr(mac_prefix.size());
    const auto dash = rest.find('-');
    const auto version = leading_numbers(rest);
    if (version && dash != std::string_view::npos) {
      return mac_platforms(*version, lower(rest.substr(dash + 1)));
    }
  }
  return {normalized_platform(facts.platform)};
}

std::vector<std::string> cpython_abis(const TagFacts& facts) {
  const TwoNumbers python{facts.python_major, facts.python_minor};
  const bool free_threaded = facts.free_threaded && python >= TwoNumbers{3, 13};
  const std::string plain = fmt::format("cp{}{}{}", python.first, python.second,
                                        free_threaded ? "t" : "");
  const std::string debug = facts.debug ? "d" : "";
  if (python < TwoNumbers{3, 8}) return {plain + debug + "m"};  // built with pymalloc, as all were
  if (facts.debug) return {plain + debug, plain};  // a debug build loads normal extensions too
  return {plain};
}

void add_cpython_tags(std::vector<Tag>& tags, const TagFacts& facts,
                      const std::vector<std::string>& platforms) {
  const TwoNumbers python{facts.python_major, facts.python_minor};
  const auto interpreter = [&](int minor) { return fmt::format("cp{}{}", python.first, minor); };
  const auto add = [&](const std::string& name, const std::string& abi) {
    for (const auto& platform : platforms) tags.push_back({name, abi, platform});
  };
  const std::string own = interpreter(python.second);
  for (const auto& abi : cpython_abis(facts)) add(own, abi);
  const bool has_stable_abi = python >= TwoNumbers{3, 2};  // PEP 384; PEP 803 with free threads
  const bool free_threaded = facts.free_threaded && python >= TwoNumbers{3, 13};
  const std::string stable_abi = free_threaded ? "abi3t" : "abi3";
  if (has_stable_abi) add(own, stable_abi);
  add(own, "none");
  if (!has_stable_abi) return;
  for (int minor = python.second - 1; minor >= 2; --minor) add(interpreter(minor), stable_abi);
}

// "py311", "py3", then "py310" down to "py30".
std::vector<std::string> pure_interpreters(const TagFacts& facts) {
  std::vector<std::string> names{fmt::format("py{}{}", facts.python_major, facts.python_minor),
                                 fmt::format("py{}", facts.python_major)};
  for (int minor = facts.python_minor - 1; minor >= 0; --minor) {
    names.push_back(fmt::format("py{}{}", facts.python_major, minor));
  }
  return names;
}

}  // namespace

std::string Tag::str() const { return interpreter + "-" + abi + "-" + platform; }

Result<std::vector<Tag>> parse_tags(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("not a compatibility tag: \"{}\" ({})",
                                                      printable(text.substr(0, 200)), why));
  };
  const auto parts = split(text, '-');
  if (parts.size() != 3) return refuse("it must have three parts");
  const auto interpreters = split(parts[0], '.');
  const auto abis = split(parts[1], '.');
  const auto platforms = split(parts[2], '.');
  if (interpreters.size() > most_tags || abis.size() > most_tags || platforms.size() > most_tags ||
      interpreters.size() * abis.size() * platforms.size() > most_tags) {
    return refuse("too many tags");
  }
  if (!std::ranges::all_of(interpreters, is_identifier)) return refuse("interpreter");
  if (!std::ranges::all_of(abis, is_tag_text)) return refuse("ABI");
  if (!std::ranges::all_of(platforms, is_tag_text)) return refuse("platform");
  std::vector<Tag> tags;
  for (const auto& interpreter : interpreters) {
    for (const auto& abi : abis) {
      for (const auto& platform : platforms) {
        tags.push_back({lower(interpreter), lower(abi), lower(platform)});
      }
    }
  }
  std::ranges::sort(tags);
  const auto repeated = std::ranges::unique(tags);
  tags.erase(repeated.begin(), repeated.end());
  return tags;
}

Json to_json(const TagFacts& facts) {
  return {{"python", {facts.python_major, facts.python_minor}},
          {"implementation", facts.implementation},
          {"platform", facts.platform},
          {"libc", facts.libc},
          {"debug", facts.debug},
          {"free-threaded", facts.free_threaded}};
}

Result<TagFacts> tag_facts_from_json(const Json& json) {
  try {
    return TagFacts{.python_major = json.at("python").at(0).get<int>(),
                    .python_minor = json.at("python").at(1).get<int>(),
                    .implementation = json.at("implementation").get<std::string>(),
                    .platform = json.at("platform").get<std::string>(),
                    .libc = json.at("libc").get<std::string>(),
                    .debug = json.at("debug").get<bool>(),
                    .free_threaded = json.at("free-threaded").get<bool>()};
  } catch (const Json::exception& e) {
    return fail(ErrorKind::invalid_input, fmt::format("what decides which wheels fit: {}", e.what()));
  }
}

std::vector<Tag> supported_tags(const TagFacts& facts) {
  const auto platforms = platforms_of(facts);
  const bool cpython = facts.implementation == "cpython";
  std::vector<Tag> tags;
  if (cpython) add_cpython_tags(tags, facts, platforms);
  const auto pure = pure_interpreters(facts);
  for (const auto& interpreter : pure) {
    for (const auto& platform : platforms) tags.push_back({interpreter, "none", platform});
  }
  if (cpython) {
    tags.push_back({fmt::format("cp{}{}", facts.python_major, facts.python_minor), "none", "any"});
  }
  for (const auto& interpreter : pure) tags.push_back({interpreter, "none", "any"});
  return tags;
}

}  // namespace assay
