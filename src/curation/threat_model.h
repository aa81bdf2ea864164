#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "evidence/surface.h"
#include "package/name.h"

namespace assay {

// A step of vetting, and which practices it is evidence of.
struct VettingStep {
  enum class Scope {
    package,  // it runs, or does not, for each package
    release,  // it is part of publishing: without it there is no release
    nobody,   // it is not performed
  };
  std::string_view id;        // "advisories"
  std::string_view what;      // a sentence
  std::string_view evidence;  // where it stands in a release; "" where it is not performed
  std::string_view ibm;       // IBM's Security and Privacy by Design, "" if it names no such practice
  std::string_view ssdf;      // tasks of NIST SP 800-218 version 1.1
  std::string_view slsa;      // SLSA v1.0
  Scope scope = Scope::package;
  bool answers = true;        // false: it shows what there is, which answers no threat
};
// All that is known of, those that are not performed too, so that nobody takes them for done.
const std::vector<VettingStep>& vetting_steps();

struct Threat {
  std::string id;
  std::string title;
  std::string slsa;                   // "A" to "I" where it is one of SLSA's, else ""
  std::set<SurfaceKind> surfaces;     // through which it comes; none: it concerns the whole
  std::vector<std::string> steps;     // that answer it
  std::string remains;                // what no step answers
};

// A threat, or a surface of one package, that a person accepts though no step answers it.
struct AcceptedRisk {
  std::optional<Name> package;         // nothing: every package of the set
  std::optional<SurfaceKind> surface;  // one of these two is there
  std::string threat;                  // an id
  std::string reason;
  std::string reviewer;
  Date date{};
  Date expires{};
};

// threat-model.toml: what a set is to be protected from, and how.
struct ThreatModel {
  std::vector<std::string> assets;
  std::vector<std::string> boundaries;
  std::vector<std::string> flows;
  std::vector<Threat> threats;
  std::vector<AcceptedRisk> accepted;
  std::string digest;  // of its text
};

// The surfaces, of those a package has, that the threat comes through. A threat without surfaces
// concerns every package.
std::vector<Surface> ways_of(const Threat& threat, const std::vector<Surface>& found);
bool concerns(const Threat& threat, const std::vector<Surface>& found);
// The first of its steps that is among those that ran; "" if none is.
std::string answer_to(const Threat& threat, const std::set<std::string>& ran);

// Nothing if the set has none. Errors as in load_set.
Result<std::optional<ThreatModel>> load_threat_model(const std::filesystem::path& folder);
// The text of a new one, worth reading and changing.
std::string threat_model_template();

// What the model was last reviewed against: threat-model.reviewed.toml, written by
// `assay threat-model review`.
struct ThreatReview {
  std::string reviewer;
  Date date{};
  std::string model;  // the digest it had
  std::map<Name, std::set<SurfaceKind>> packages;
};

Result<std::optional<ThreatReview>> load_threat_review(const std::filesystem::path& folder);
Result<> save_threat_review(const std::filesystem::path& folder, const ThreatReview& review);

}  // namespace assay
