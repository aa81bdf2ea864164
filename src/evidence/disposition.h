#pragma once
#include <string>

#include "base/clock.h"
#include "package/name.h"

namespace assay {

// What a person decided about one finding or one test of a package, and until when it holds.
struct Disposition {
  // plan: how a known vulnerability will be remedied; not_affected: why one does not count here;
  // ban: versions that are not taken.
  enum class Subject { finding, test, tests, build, plan, not_affected, ban };
  Name package;
  Subject subject = Subject::finding;
  // finding: a fingerprint, or a rule with "path" narrowing it; test: a test's id, "*" allowed at
  // its end; tests: the absence or impossibility of a test run, empty.
  std::string rule;
  std::string path;
  std::string fingerprint;
  std::string test;
  std::string python;    // the interpreter that a test is judged for, "" for every one
  std::string versions;  // a specifier set it is limited to, "" for every version
  std::string reason;
  std::string reviewer;
  std::string owner;          // of a plan: who carries it out
  std::string justification;  // of not_affected: OpenVEX's word
  Date date{};
  Date expires{};  // the last day on which it counts; of a plan, the day it is due
  bool counts_on(Date today) const { return date <= today && today <= expires; }
  std::string file;  // where it stands, for messages
  unsigned line = 0;
};

}  // namespace assay
