#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/name.h"
#include "package/tag.h"
#include "package/version.h"

namespace assay {

// A wheel's file name (PEP 427).
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
