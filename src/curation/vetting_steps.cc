#include "curation/threat_model.h"

namespace assay {

// IBM's names are those of its public page on Security and Privacy by Design; SSDF's tasks are those
// of SP 800-218 version 1.1, table 1. A build on a curator's own machine is SLSA Build L1, whatever
// is signed: from L2 on the platform is a hosted one.
const std::vector<VettingStep>& vetting_steps() {
  using enum VettingStep::Scope;
  static const std::vector<VettingStep> steps = {
      {"threat-model", "Attack surfaces of each package are found and held against the model.",
       "evidence/threat-model.json", "threat assessment", "PW.1.1", "", package, false},
      {"hashes", "Every file from the index has the SHA-256 that its page told.",
       "evidence/<package>.json: source", "", "PW.4.1", "", package, true},
      {"resolution", "Versions are chosen from one named index, never from two.",
       "evidence/<package>.json: asked-for-by, newer-not-taken", "", "PW.4.1", "", package, true},
      {"advisories", "Known vulnerabilities, by OSV records; CVSS above the threshold is refused.",
       "evidence/<package>.json: findings; vex.openvex.json if any is known", "vulnerability management",
       "RV.1.1, RV.2.1", "", package, true},
      {"weaknesses", "Techniques and references that pose a threat, in every file.",
       "evidence/<package>.json: findings", "security testing (code)", "PW.7.2, RV.1.2", "", package, true},
      {"secrets", "Private keys in every file.", "evidence/<package>.json: findings",
       "security testing (code)", "PW.7.2", "", package, true},
      {"vendor-claims", "What packages say of code that they took over, with its advisories.",
       "evidence/<package>.json: findings", "", "PW.4.4, RV.1.1", "", package, true},
      {"copied-code", "Code that is like that of releases made known as origins, with their advisories.",
       "evidence/<package>.json: findings", "", "PW.4.4, RV.1.1", "", package, true},
      {"build-sandbox", "Wheels are built from source with no network, and nothing of the host's data.",
       "evidence/<package>.json: builds; provenance/", "", "PO.5.1", "Build L1: provenance exists",
       package, true},
      {"tests", "Upstream's own tests run against the wheel, in the sandbox.",
       "evidence/<package>.json: tests", "security testing (system)", "PW.8.2", "", package, true},
      {"closed-set", "The wheel asks for nothing that the set lacks; only wheels are published.",
       "simple/, requirements-*.txt", "", "PW.4.1", "", package, true},
      {"review", "A person looked at the package's surfaces under this model, or decided about it.",
       "threat-model.json: reviewed; evidence/<package>.json: verdict", "release review", "RV.2.2", "",
       package, true},
      {"signature", "The release and the statement about each wheel are signed.",
       "manifest.dsse.json, provenance/", "", "PS.2.1, PS.3.2", "provenance is authentic (of Build L2)",
       release, true},
      {"bill-of-materials", "What the release is made of is listed.", "sbom.cdx.json", "", "PS.3.2", "",
       release, true},
      {"penetration-test", "Attack by people.", "", "security testing (penetration)", "PW.8.2", "",
       nobody, true},
      {"privacy-assessment", "Personal data that packages process.", "", "privacy assessment", "", "",
       nobody, true},
  };
  return steps;
}

}  // namespace assay
