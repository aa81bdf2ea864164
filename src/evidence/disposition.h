#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "package/name.h"

namespace assay {

// What a plan does about a finding: take another version, patch this one's source, leave the file out
// of the wheels, make it harmless where it is used, or live with it for a time.
enum class Remediation { upgrade, patch, strip, mitigate, accept };

std::string_view to_string(Remediation remediation);
Result<Remediation> parse_remediation(std::string_view text);

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
  std::string justification;  // of not_affected: OpenVEX's word
  // Of not_affected: the platforms that it is reasoned for ("linux-s390x"); none: for every one.
  std::vector<std::string> targets;
  struct Plan {
    Remediation remediation = Remediation::upgrade;
    std::string owner;  // who carries it out
    // upgrade: the versions that end it, a specifier; patch: files of the set's patches for the
    // package, and tests that show that they work; strip: files, as they would be installed;
    // mitigate: what is done, or where that is told; accept: nothing, or text.
    std::vector<std::string> evidence;
    // The score that it was written for, negative if there was none; nothing: the plan does not say.
    std::optional<double> score;
  } plan;
  Date date{};
  Date expires{};  // the last day on which it counts; of a plan, the day it is due
  bool counts_on(Date today) const { return date <= today && today <= expires; }
  std::string file;  // where it stands, for messages
  unsigned line = 0;
};

}  // namespace assay
