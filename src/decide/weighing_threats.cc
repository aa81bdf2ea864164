#include <fmt/format.h>

#include <algorithm>
#include <map>

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

// What a person accepted of the risks that `fits` picks, for the package.
template <class Fits>
Acceptance acceptance_of(const ThreatModel& model, const Name& package, Date today, Fits fits) {
  Acceptance acceptance;
  for (const auto& risk : model.accepted) {
    if ((risk.package && *risk.package != package) || !fits(risk)) continue;
    if (today < risk.date) {
      acceptance.lapsed = fmt::format("The accepted risk counts from {} on.", format_date(risk.date));
    } else if (today > risk.expires) {
      acceptance.lapsed = fmt::format("The accepted risk was valid until {}.", format_date(risk.expires));
    } else {
      acceptance.accepted = true;
      acceptance.accepted_by = fmt::format("{}, until {}: {}", printable(risk.reviewer),
                                           format_date(risk.expires), printable(risk.reason));
      break;
    }
  }
  return acceptance;
}

// A surface that threats come through which no step answers, or that no threat names.
Reason weigh_surface(const Name& package, const Surface& surface,
                     const std::vector<std::string>& titles, const ThreatModel& model, Date today) {
  const std::string kind(to_string(surface.kind));
  return unless_accepted(
      hold(fmt::format("Nothing that ran answers its attack surface {} ({}): {}.", kind,
                       titles.empty() ? "no threat of the model names it" : join(titles, "; "),
                       places_of(surface)),
           kind),
      acceptance_of(model, package, today,
                    [&](const AcceptedRisk& risk) { return risk.surface == surface.kind; }));
}

// A threat that none of its steps answered for this package.
Reason weigh_threat(const Name& package, const Threat& threat, const ThreatModel& model, Date today) {
  return unless_accepted(
      hold(fmt::format("Nothing that ran for it answers the threat {} ({}): {}.", threat.id,
                       threat.title,
                       threat.steps.empty()
                           ? "no step is to"
                           : fmt::format("not performed: {}", join(threat.steps, ", "))),
           threat.id),
      acceptance_of(model, package, today,
                    [&](const AcceptedRisk& risk) { return risk.threat == threat.id; }));
}

// Each threat that concerns the package, and each of its surfaces.
void weigh_model(const PackageEvidence& evidence, const ThreatModel& model,
                 const std::set<std::string>& release_steps, Date today, Weighed& weighed) {
  std::set<std::string> ran_or_will = evidence.steps;
  ran_or_will.insert(release_steps.begin(), release_steps.end());
  std::vector<std::string> answered;
  std::map<SurfaceKind, std::vector<std::string>> open;  // titles of what comes through them
  for (const auto& surface : evidence.surfaces) open[surface.kind];
  std::set<SurfaceKind> settled;
  for (const auto& threat : model.threats) {
    if (!concerns(threat, evidence.surfaces)) continue;
    const auto ways = ways_of(threat, evidence.surfaces);
    // What is done to a release as a whole answers no surface of one package.
    const auto step = answer_to(threat, ways.empty() ? ran_or_will : evidence.steps);
    if (!step.empty()) {
      answered.push_back(fmt::format("{} by {}", threat.id, step));
      for (const auto& way : ways) settled.insert(way.kind);
      continue;
    }
    auto reason = weigh_threat(evidence.name, threat, model, today);
    if (ways.empty() || reason.weight == Weight::accepted) {
      for (const auto& way : ways) settled.insert(way.kind);
      weighed.reasons.push_back(std::move(reason));
    } else {
      for (const auto& way : ways) open[way.kind].push_back(threat.title);
    }
  }
  for (const auto& surface : evidence.surfaces) {
    const auto& titles = open[surface.kind];
    if (titles.empty() && settled.contains(surface.kind)) continue;
    weighed.reasons.push_back(weigh_surface(evidence.name, surface, titles, model, today));
  }
  if (!answered.empty()) {
    weighed.reasons.push_back({Weight::info, "threat-model",
                               fmt::format("Threats answered: {}.", join(answered, ", ")), "", "", ""});
  }
}

void weigh_review(const PackageEvidence& evidence, const ThreatModel& model,
                  const ThreatReview& review, Weighed& weighed) {
  const auto since = fmt::format("since the threat model was reviewed on {} by {}",
                                 format_date(review.date), printable(review.reviewer));
  if (review.model != model.digest) {
    weighed.reasons.push_back(
        hold(fmt::format("A review is due: threat-model.toml was changed {}.", since), "review"));
    return;
  }
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
  weigh_model(evidence, *threats.model, threats.release_steps, today, weighed);
  if (threats.review == nullptr) {
    weighed.reasons.push_back(
        hold("The threat model was never reviewed: 'assay threat-model review' records it.",
             "review"));
  } else {
    weigh_review(evidence, *threats.model, *threats.review, weighed);
  }
}

}  // namespace assay
