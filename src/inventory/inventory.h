#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/name.h"
#include "package/requirement.h"
#include "package/version.h"

namespace assay {

// A package that something names: a requirements file, a lock, an environment, a bill of materials.
struct InventoryItem {
  // What has code of another project in it.
  struct Holder {
    Name name;
    Version version;
  };

  std::string title;                   // as it is written there, for messages
  Name name;                           // empty where not even that is told
  std::optional<Version> version = {};
  std::string unknown = "";            // why there is no version; else ""
  std::string marker = "";             // where it is taken (PEP 508), "" for everywhere
  std::optional<Holder> copy_in = {};  // it is code that another package carries
  std::string commit = "";             // that it is taken from, by its whole id; "" where none is told
  std::string path = "";               // the file that says so, as a person would open it
  std::uint32_t line = 0;              // from 1; 0 where the file as a whole says it
};

enum class InventoryFormat {
  requirements,  // pip's; also what `pip freeze` prints
  pip_json,      // pip list --format json, pip inspect, pip install --report
  pylock,        // PEP 751
  uv_lock,
  poetry_lock,
  pdm_lock,
  pipfile_lock,
  cyclonedx,     // JSON
  spdx,          // 2, JSON
  environment,   // a virtual environment, or what is in its site-packages
  archive,       // a wheel or a source distribution
  archives,      // a folder of them
  release,       // of a set
  set,           // its latest release
  project,       // a folder with files of the forms above
};

std::string_view to_string(InventoryFormat format);  // "requirements", "pip-json", …
Result<InventoryFormat> parse_inventory_format(std::string_view text);
std::string inventory_format_list();  // all of them, for messages

// What limits the versions of a package: a requirement of another one, or of the file itself.
struct Demand {
  std::string who;  // "requests 2.27.1"; "" for the file
  Requirement requirement;
  std::string path;        // the file that says so
  std::uint32_t line = 0;  // from 1; 0 where the file as a whole says it
};

// What one input holds.
struct Inventory {
  std::string path;
  InventoryFormat format = InventoryFormat::requirements;
  std::vector<InventoryItem> items;
  std::vector<std::string> left_out;  // what is nobody's package, in words: the project itself, …
  std::vector<Demand> demands = {};   // as far as the form tells them
};

// The commit of a repository's location: "git+https://host/x@1a2b…#egg=x"; "" where it names a branch or
// tag, which may be any commit.
std::string commit_in(std::string_view location);
// A text that should be a commit's whole id, in lower case; "" if it is none.
std::string commit_or_none(std::string_view text);

// Takes what a package requires of others, where that limits their versions. What only an extra asks
// for is passed over: whether anybody takes the extra is not told.
void add_demands(const std::vector<Requirement>& requirements, const InventoryItem& of, Inventory& inventory);

}  // namespace assay
