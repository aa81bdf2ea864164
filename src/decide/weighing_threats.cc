#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "decide/weighing.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

constexpr const char* policy = "policy.threat-model.required = true";

Reason hold(std::string text, std::string subject) {
  return {Weight::hold, "threat-model", std::move(text), policy, std::move(subject), ""};
}

std::string places_of(const Surface& surface) {
  std::vector<std::string> places;
  for (const auto& place : surface.places) places.push_back(quoted_text(place));
  auto text = join(places, ", ");
  if (surface.count > places.size()) {
    text += fmt::format(" and {} more", surface.count - places.size());
  }
  return text;
}

// The step that answers the surface and ran for the package; "" if none did.
std::string answer_to(const Surface& surface, const ThreatModel& model,
                      const std::set<std::string>& steps) {
  for (const auto& threat : model.threats) {
    if (!threat.surfaces.contains(surface.kind)) continue;
    for (const auto& step : threat.steps) {
      if (steps.contains(step)) return step;
    }
  }
  return "";
}

// The titles of the threats that come through it.
std::string threats_through(SurfaceKind kind, const ThreatModel& model) {
  std::vector<std::string> titles;
  for (const auto& threat : model.threats) {
    if (threat.surfaces.contains(kind)) titles.push_back(threat.title);
  }
  return titles.empty() ? "no threat of the model names it" : join(titles, "; ");
}

Reason weigh_surface(const PackageEvidence& evidence, const Surface& surface,
                     const ThreatModel& model, Date today) {
  const std::string kind(to_string(surface.kind));
  Reason reason = hold(
      fmt::format("Nothing that ran answers its attack surface {} ({}): {}.", kind,
                  threats_through(surface.kind, model), places_of(surface)),
      kind);
  for (const auto& risk : model.accepted) {
    if (risk.package != evidence.name || risk.surface != surface.kind) continue;
    if (today < risk.date || today > risk.expires) {
      reason.text += fmt::format(" The accepted risk was valid until {}.", format_date(risk.expires));
      continue;
    }
    reason.weight = Weight::accepted;
    reason.accepted_by = fmt::format("{}, until {}: {}", printable(risk.reviewer),
                                     format_date(risk.expires), printable(risk.reason));
    break;
  }
  return reason;
}

void weigh_review(const PackageEvidence& evidence, const ThreatReview& review, Weighed& weighed) {
  const auto since = fmt::format("since the threat model was reviewed on {} by {}",
                                 format_date(review.date), printable(review.reviewer));
  const auto known = review.packages.find(evidence.name);
  std::vector<std::string> added;
  for (const auto& surface : evidence.surfaces) {
    if (known != review.packages.end() && known->second.contains(surface.kind)) continue;
    added.push_back(fmt::format("{} ({})", to_string(surface.kind), places_of(surface)));
  }
  if (known == review.packages.end()) {
    weighed.reasons.push_back(
        hold(fmt::format("A review is due: the package is new {}. Its attack surfaces: {}.", since,
                         added.empty() ? "none" : join(added, "; ")),
             "review"));
  } else if (!added.empty()) {
    weighed.reasons.push_back(
        hold(fmt::format("A review is due: new {} are {}.", since, join(added, "; ")), "review"));
  }
}

}  // namespace

void weigh_threats(const PackageEvidence& evidence, const ThreatCheck& threats, Date today,
                   Weighed& weighed) {
  if (!threats.wanted) return;
  // What is refused or could not be examined has no surfaces to speak of yet.
  const bool stopped = !evidence.error.empty() || !evidence.refusal.empty() ||
                       std::ranges::any_of(weighed.reasons, [](const Reason& reason) {
                         return reason.weight == Weight::refuse;
                       });
  if (stopped) return;
  if (threats.model == nullptr) {
    weighed.reasons.push_back(hold(
        "The set has no threat model: 'assay threat-model review' writes one to read and change.",
        "review"));
    return;
  }
  std::vector<std::string> answered;
  for (const auto& surface : evidence.surfaces) {
    const auto step = answer_to(surface, *threats.model, evidence.steps);
    if (step.empty()) {
      weighed.reasons.push_back(weigh_surface(evidence, surface, *threats.model, today));
    } else {
      answered.push_back(fmt::format("{} by {}", to_string(surface.kind), step));
    }
  }
  if (!answered.empty()) {
    weighed.reasons.push_back({Weight::info, "threat-model",
                               fmt::format("Attack surfaces answered: {}.", join(answered, ", ")), "",
                               "", ""});
  }
  if (threats.review == nullptr) {
    weighed.reasons.push_back(
        hold("The threat model was never reviewed: 'assay threat-model review' records it.",
             "review"));
  } else {
    weigh_review(evidence, *threats.review, weighed);
  }
}

}  // namespace assay
