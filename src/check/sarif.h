#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "check/check.h"

namespace assay {

// Writes findings as SARIF 2.1.0, piece by piece. The rules that may be told come first; a place is
// a URI below one of the bases, which are the current folder for what lies in it, and the path that
// was given for all else.
class SarifWriter {
 public:
  using Write = std::function<void(std::string_view)>;

  // `folder`: the current one, absolute.
  SarifWriter(const CheckReport& report, const std::filesystem::path& folder, Write write);
  void add(const CheckedPath& path, const CheckedFinding& checked);
  void finish();

 private:
  struct Place {
    std::string base;  // its id
    std::string uri;   // below it
  };
  Place place_of(const CheckedPath& path, std::string_view within);

  const CheckReport& report_;
  std::filesystem::path folder_;
  Write write_;
  std::map<std::string, std::string> bases_;  // ids by their URIs
  bool first_ = true;
};

}  // namespace assay
