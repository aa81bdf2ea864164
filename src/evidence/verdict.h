#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "package/name.h"

namespace assay {

enum class Decision {
  published,   // nothing stands against it
  refused,     // policy says no: an advisory above the threshold, a secret …
  held,        // not known or not decided yet: a test fails, a finding wants a person
  unfinished,  // it could not be examined, built or tried: an Error on the way
};

std::string_view to_string(Decision decision);

// One thing that was weighed.
struct Reason {
  enum class Weight { info, accepted, hold, refuse };
  Weight weight = Weight::info;
  std::string gate;     // "advisories", …, "build", "tests", "dependencies"
  std::string text;     // one sentence for a person
  std::string policy;   // the setting that decides ("policy.advisories.refuse-above = 7.0"), or ""
  std::string subject;  // a finding's fingerprint, a test's id, a package's name
  std::string accepted_by;  // "reviewer, until date: reason" where it was accepted
};

std::string_view to_string(Reason::Weight weight);

// The answer for one package of a set.
struct Verdict {
  Name package;
  std::string version;
  Decision decision = Decision::unfinished;
  std::vector<Reason> reasons;  // heaviest first
};

Json to_json(const Verdict& verdict);
Result<Verdict> verdict_from_json(const Json& json);

}  // namespace assay
