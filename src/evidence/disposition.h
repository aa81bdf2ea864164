#pragma once
#include <string>

#include "base/clock.h"
#include "package/name.h"

namespace assay {

// What a person decided about one finding or one test of a package, and until when it holds.
struct Disposition {
  enum class Subject { finding, test, tests, build };
  Name package;
  Subject subject = Subject::finding;
  // finding: a fingerprint, or a rule with "path" narrowing it; test: a test's id, "*" allowed at
  // its end; tests: the absence or impossibility of a test run, empty.
  std::string rule;
  std::string path;
  std::string fingerprint;
  std::string test;
  std::string versions;  // a specifier set it is limited to, "" for every version
  std::string reason;
  std::string reviewer;
  Date date{};
  Date expires{};
  std::string file;  // where it stands, for messages
  unsigned line = 0;
};

}  // namespace assay
