#include "evidence/cvss_metrics.h"

#include <algorithm>

namespace assay {

namespace {

using enum CvssGroup;
using Value = CvssValue;

constexpr Value undefined{"X", "not defined"};

// Values that more than one version has.
constexpr Value attack_vectors[] = {{"N", "over the network"},
                                    {"A", "from an adjacent network"},
                                    {"L", "from within the system"},
                                    {"P", "by physical access"}};
constexpr Value attack_complexities[] = {{"L", "low complexity"}, {"H", "high complexity"}};
constexpr Value privileges[] = {
    {"N", "no privileges"}, {"L", "low privileges"}, {"H", "high privileges"}};
constexpr Value impacts[] = {{"H", "high"}, {"L", "low"}, {"N", "none"}};
constexpr Value requirements[] = {undefined, {"H", "high"}, {"M", "medium"}, {"L", "low"}};
constexpr Value modified_vectors[] = {
    undefined, {"N", "network"}, {"A", "adjacent"}, {"L", "local"}, {"P", "physical"}};
constexpr Value modified_complexities[] = {undefined, {"L", "low"}, {"H", "high"}};
constexpr Value modified_privileges[] = {undefined, {"N", "none"}, {"L", "low"}, {"H", "high"}};
constexpr Value modified_impacts[] = {undefined, {"H", "high"}, {"L", "low"}, {"N", "none"}};

// CVSS v2.0 complete guide, tables 1 to 13.
constexpr Value access_vectors[] = {{"L", "from within the system"},
                                    {"A", "from an adjacent network"},
                                    {"N", "over the network"}};
constexpr Value access_complexities[] = {
    {"H", "high complexity"}, {"M", "medium complexity"}, {"L", "low complexity"}};
constexpr Value authentications[] = {{"M", "authentication more than once"},
                                     {"S", "authentication once"},
                                     {"N", "no authentication"}};
constexpr Value impacts_2[] = {{"N", "none"}, {"P", "partial"}, {"C", "complete"}};
constexpr Value exploits_2[] = {{"U", "unproven"},
                                {"POC", "proof of concept"},
                                {"F", "functional"},
                                {"H", "high"},
                                {"ND", "not defined"}};
constexpr Value remedies_2[] = {{"OF", "official fix"},
                                {"TF", "temporary fix"},
                                {"W", "workaround"},
                                {"U", "unavailable"},
                                {"ND", "not defined"}};
constexpr Value reports_2[] = {{"UC", "unconfirmed"},
                               {"UR", "uncorroborated"},
                               {"C", "confirmed"},
                               {"ND", "not defined"}};
constexpr Value damages[] = {{"N", "none"},         {"L", "low"},  {"LM", "low to medium"},
                             {"MH", "medium to high"}, {"H", "high"}, {"ND", "not defined"}};
constexpr Value distributions[] = {
    {"N", "none"}, {"L", "low"}, {"M", "medium"}, {"H", "high"}, {"ND", "not defined"}};
constexpr Value requirements_2[] = {
    {"L", "low"}, {"M", "medium"}, {"H", "high"}, {"ND", "not defined"}};

constexpr CvssMetric version_2[] = {
    {"AV", "access vector", exploitability, access_vectors},
    {"AC", "access complexity", exploitability, access_complexities},
    {"Au", "authentication", exploitability, authentications},
    {"C", "confidentiality", impact, impacts_2},
    {"I", "integrity", impact, impacts_2},
    {"A", "availability", impact, impacts_2},
    {"E", "exploitability", threat, exploits_2},
    {"RL", "remediation level", threat, remedies_2},
    {"RC", "report confidence", threat, reports_2},
    {"CDP", "collateral damage potential", environmental, damages},
    {"TD", "target distribution", environmental, distributions},
    {"CR", "confidentiality requirement", environmental, requirements_2},
    {"IR", "integrity requirement", environmental, requirements_2},
    {"AR", "availability requirement", environmental, requirements_2},
};

// CVSS v3.1 specification, tables 1 to 15; v3.0 has the same metrics and values.
constexpr Value interactions[] = {{"N", "no user interaction"}, {"R", "user interaction required"}};
constexpr Value scopes[] = {{"U", "scope unchanged"}, {"C", "scope changed"}};
constexpr Value exploits_3[] = {undefined,
                                {"H", "high"},
                                {"F", "functional"},
                                {"P", "proof of concept"},
                                {"U", "unproven"}};
constexpr Value remedies_3[] = {undefined,
                                {"U", "unavailable"},
                                {"W", "workaround"},
                                {"T", "temporary fix"},
                                {"O", "official fix"}};
constexpr Value reports_3[] = {
    undefined, {"C", "confirmed"}, {"R", "reasonable"}, {"U", "unknown"}};
constexpr Value modified_interactions_3[] = {undefined, {"N", "none"}, {"R", "required"}};
constexpr Value modified_scopes[] = {undefined, {"U", "unchanged"}, {"C", "changed"}};

constexpr CvssMetric version_3[] = {
    {"AV", "attack vector", exploitability, attack_vectors},
    {"AC", "attack complexity", exploitability, attack_complexities},
    {"PR", "privileges required", exploitability, privileges},
    {"UI", "user interaction", exploitability, interactions},
    {"S", "scope", exploitability, scopes},
    {"C", "confidentiality", impact, impacts},
    {"I", "integrity", impact, impacts},
    {"A", "availability", impact, impacts},
    {"E", "exploit code maturity", threat, exploits_3},
    {"RL", "remediation level", threat, remedies_3},
    {"RC", "report confidence", threat, reports_3},
    {"CR", "confidentiality requirement", environmental, requirements},
    {"IR", "integrity requirement", environmental, requirements},
    {"AR", "availability requirement", environmental, requirements},
    {"MAV", "modified attack vector", environmental, modified_vectors},
    {"MAC", "modified attack complexity", environmental, modified_complexities},
    {"MPR", "modified privileges required", environmental, modified_privileges},
    {"MUI", "modified user interaction", environmental, modified_interactions_3},
    {"MS", "modified scope", environmental, modified_scopes},
    {"MC", "modified confidentiality", environmental, modified_impacts},
    {"MI", "modified integrity", environmental, modified_impacts},
    {"MA", "modified availability", environmental, modified_impacts},
};

// CVSS v4.0 specification, tables 1 to 23.
constexpr Value attack_requirements[] = {{"N", "no attack requirements"},
                                         {"P", "attack requirements present"}};
constexpr Value interactions_4[] = {{"N", "no user interaction"},
                                    {"P", "passive user interaction"},
                                    {"A", "active user interaction"}};
constexpr Value exploits_4[] = {
    undefined, {"A", "attacked"}, {"P", "proof of concept"}, {"U", "unreported"}};
constexpr Value modified_requirements[] = {undefined, {"N", "none"}, {"P", "present"}};
constexpr Value modified_interactions_4[] = {
    undefined, {"N", "none"}, {"P", "passive"}, {"A", "active"}};
constexpr Value modified_subsequent[] = {
    undefined, {"H", "high"}, {"L", "low"}, {"N", "negligible"}};
constexpr Value modified_safety[] = {
    undefined, {"S", "safety"}, {"H", "high"}, {"L", "low"}, {"N", "negligible"}};
constexpr Value safeties[] = {undefined, {"N", "negligible"}, {"P", "present"}};
constexpr Value automations[] = {undefined, {"N", "no"}, {"Y", "yes"}};
constexpr Value recoveries[] = {
    undefined, {"A", "automatic"}, {"U", "user"}, {"I", "irrecoverable"}};
constexpr Value densities[] = {undefined, {"D", "diffuse"}, {"C", "concentrated"}};
constexpr Value efforts[] = {undefined, {"L", "low"}, {"M", "moderate"}, {"H", "high"}};
constexpr Value urgencies[] = {
    undefined, {"Clear", "clear"}, {"Green", "green"}, {"Amber", "amber"}, {"Red", "red"}};

constexpr CvssMetric version_4[] = {
    {"AV", "attack vector", exploitability, attack_vectors},
    {"AC", "attack complexity", exploitability, attack_complexities},
    {"AT", "attack requirements", exploitability, attack_requirements},
    {"PR", "privileges required", exploitability, privileges},
    {"UI", "user interaction", exploitability, interactions_4},
    {"VC", "confidentiality", impact, impacts},
    {"VI", "integrity", impact, impacts},
    {"VA", "availability", impact, impacts},
    {"SC", "confidentiality", subsequent_impact, impacts},
    {"SI", "integrity", subsequent_impact, impacts},
    {"SA", "availability", subsequent_impact, impacts},
    {"E", "exploit maturity", threat, exploits_4},
    {"CR", "confidentiality requirement", environmental, requirements},
    {"IR", "integrity requirement", environmental, requirements},
    {"AR", "availability requirement", environmental, requirements},
    {"MAV", "modified attack vector", environmental, modified_vectors},
    {"MAC", "modified attack complexity", environmental, modified_complexities},
    {"MAT", "modified attack requirements", environmental, modified_requirements},
    {"MPR", "modified privileges required", environmental, modified_privileges},
    {"MUI", "modified user interaction", environmental, modified_interactions_4},
    {"MVC", "modified confidentiality", environmental, modified_impacts},
    {"MVI", "modified integrity", environmental, modified_impacts},
    {"MVA", "modified availability", environmental, modified_impacts},
    {"MSC", "modified confidentiality of other systems", environmental, modified_subsequent},
    {"MSI", "modified integrity of other systems", environmental, modified_safety},
    {"MSA", "modified availability of other systems", environmental, modified_safety},
    {"S", "safety", supplemental, safeties},
    {"AU", "automatable", supplemental, automations},
    {"R", "recovery", supplemental, recoveries},
    {"V", "value density", supplemental, densities},
    {"RE", "response effort", supplemental, efforts},
    {"U", "provider urgency", supplemental, urgencies},
};

}  // namespace

std::span<const CvssMetric> cvss_metrics(CvssVersion version) {
  switch (version) {
    case CvssVersion::v2_0: return version_2;
    case CvssVersion::v3_0:
    case CvssVersion::v3_1: return version_3;
    case CvssVersion::v4_0: return version_4;
  }
  return {};
}

}  // namespace assay
