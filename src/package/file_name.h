#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/name.h"
#include "package/tag.h"
#include "package/version.h"

namespace assay {

// The parts of a wheel's file name (PEP 427) as they are written: enough to pass over thousands of files.
struct WheelParts {
  std::string_view name;
  std::string_view version;
  std::string_view build;  // "" or the build tag
  std::string_view tags;   // compressed: "py2.py3-none-any"

  static Result<WheelParts> split(std::string_view file_name);  // which must outlive it
};

// The same, each part read.
struct WheelName {
  Name name;
  Version version;
  std::string build;  // "" or the build tag
  std::vector<Tag> tags;

  static Result<WheelName> parse(std::string_view file_name);
};

// A source distribution's file name (PEP 625, and the older spellings that indexes still carry:
// names with dots and hyphens, .zip, .tar.bz2, .tgz). `expected` decides where name and version
// meet when the file name is ambiguous.
struct SdistName {
  Name name;
  Version version;

  static Result<SdistName> parse(std::string_view file_name, const Name& expected);
};

}  // namespace assay
