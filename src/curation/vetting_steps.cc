#include "curation/threat_model.h"

namespace assay {

const std::vector<VettingStep>& vetting_steps() {
  static const std::vector<VettingStep> steps = {
      {"threat-model", "Attack surfaces of each package are found and held against the model.",
       "evidence/threat-model.json", "threat models", "PW.1.1", ""},
      {"hashes", "Every file from the index has the SHA-256 that its page told.",
       "evidence/<package>.json: source", "", "PS.2.1, PW.4.1",
       "Dependencies: verified by digest"},
      {"resolution", "Versions are chosen from one named index, never from two.",
       "evidence/<package>.json: asked-for-by, newer-not-taken",
       "", "PW.4.1", ""},
      {"advisories", "Known vulnerabilities, by OSV records; CVSS above the threshold is refused.",
       "evidence/<package>.json: findings; vex.openvex.json", "vulnerability management",
       "RV.1.1, RV.2.1", ""},
      {"weaknesses", "Techniques and references that pose a threat, in every file.",
       "evidence/<package>.json: findings", "security testing", "PW.7.2", ""},
      {"secrets", "Private keys in every file.", "evidence/<package>.json: findings",
       "security testing", "PS.1.1, PW.7.2", ""},
      {"build-sandbox", "Wheels are built from source with no network, and nothing of the host.",
       "evidence/<package>.json: builds; provenance/", "", "PO.5.1, PW.6.1",
       "Build L2: hosted, provenance signed; isolated by sandbox"},
      {"tests", "Upstream's own tests run against the wheel, in the sandbox.",
       "evidence/<package>.json: tests", "security testing", "PW.8.2", ""},
      {"closed-set", "Wheels ask for nothing that the set lacks; only wheels are published.",
       "simple/, requirements-*.txt", "", "PS.3.1", ""},
      {"review", "People decide what machines can't, in text with reason, reviewer and expiry.",
       "evidence/<package>.json: verdict", "threat models, vulnerability management", "PW.2.1, RV.2.2", ""},
      {"signature", "The release and the statement about each wheel are signed.",
       "manifest.dsse.json, provenance/", "", "PS.2.1, PS.3.2",
       "Provenance: authentic"},
      {"bill-of-materials", "What the release is made of is listed.", "sbom.cdx.json",
       "", "PS.3.2", ""},
      {"copied-code", "Files copied from projects whose sources are known, with their advisories.",
       "evidence/<package>.json: findings", "", "PW.4.4", ""},
      {"penetration-test", "Attack by people.", "", "security testing", "PW.8.2", ""},
      {"privacy-assessment", "Personal data that packages process.", "", "privacy assessments", "", ""},
  };
  return steps;
}

}  // namespace assay
