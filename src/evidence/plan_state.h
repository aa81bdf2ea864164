#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "evidence/disposition.h"
#include "package/name.h"

namespace assay {

// What a remediation plan comes to on one day, for one package as it is.
struct PlanState {
  enum class Standing {
    in_time,      // it is to be carried out, and there is time
    done,         // patch and strip: it was shown to be carried out
    unproven,     // what it says of the package is not shown
    awaited,      // what shows it is made later in the same run
    overdue,
    stale,        // what is known has changed since it was written
    not_allowed,  // policy wants another remedy
    to_come,      // it is dated later
    unmatched,    // there is nothing like it any more
  };
  Name package;
  std::string version;  // "" if the package is not in the set
  std::string finding;  // as the plan names it
  std::string subject;  // the finding's fingerprint, "" of an unmatched one
  Remediation remediation = Remediation::upgrade;
  std::string owner;
  Date due{};
  std::vector<std::string> evidence;
  std::string reason;
  std::string place;  // "dispositions/flask.toml:12"
  Standing standing = Standing::unmatched;
  std::string why;      // of the standing, a part of a sentence: "was due on 2026-05-31"
  bool counts = false;  // the finding does not stand against the package for it

  bool operator==(const PlanState&) const = default;
};

std::string_view to_string(PlanState::Standing standing);
// Whether somebody has to look at it.
bool needs_attention(PlanState::Standing standing);
// Days from `today` to its due day; negative once it is past.
int days_left(const PlanState& plan, Date today);

// Without the days left, so that the same plan has the same text on another day.
Json to_json(const PlanState& plan);
Result<PlanState> plan_state_from_json(const Json& json);

}  // namespace assay
