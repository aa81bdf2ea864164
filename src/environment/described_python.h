#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "package/marker.h"
#include "package/tag.h"
#include "package/version.h"

namespace assay {

// A Python that need not be on this machine, as far as a resolution asks about it.
struct DescribedPython {
  Version version;  // full
  MarkerEnvironment markers;
  std::vector<Tag> tags;  // supported, best first
};

// CPython by its version ("3.12", which stands for 3.12.0, or "3.12.4") and its platform as sysconfig
// names it: "linux-x86_64" and others of Linux (with glibc 2.28, or musl 1.2 for "linux-x86_64-musl"),
// "macosx-14.0-arm64", "win-amd64", "os390-28.00-1090". What only a running machine knows, its release
// and version, is "". invalid_input for what is neither.
Result<DescribedPython> describe_python(const std::string& version, const std::string& platform);

}  // namespace assay
