#pragma once
#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// A compatibility tag (PEP 425): "cp311-cp311-manylinux_2_17_x86_64".
struct Tag {
  std::string interpreter;
  std::string abi;
  std::string platform;

  std::string str() const;
  auto operator<=>(const Tag&) const = default;
};

// Expands compressed sets: "py2.py3-none-any" is two tags.
Result<std::vector<Tag>> parse_tags(std::string_view text);

// What decides which wheels an interpreter takes.
struct TagFacts {
  int python_major = 3;
  int python_minor = 0;
  std::string implementation = "cpython";
  std::string platform;  // "linux-x86_64", "linux-s390x", "macosx-14.0-arm64", "os390-28.00-1090"
  std::string libc;      // "glibc-2.36", "musl-1.2", "" where it does not matter
  bool debug = false;
  bool free_threaded = false;
};

Json to_json(const TagFacts& facts);
// invalid_input for what to_json did not write.
Result<TagFacts> tag_facts_from_json(const Json& json);

// Every tag the interpreter takes, best first, in the order of packaging.tags.sys_tags().
std::vector<Tag> supported_tags(const TagFacts& facts);

}  // namespace assay
