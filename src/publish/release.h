#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"
#include "package/metadata.h"
#include "package/name.h"
#include "publish/signature.h"
#include "publish/vex.h"
#include "store/store.h"

namespace assay {

// A file that went into a wheel: its source distribution, or a wheel it was built with.
struct Material {
  Name name;
  std::string version;
  std::string file_name;
  Digest digest;
};

struct ReleasedWheel {
  std::string file_name;
  Digest digest;
  Metadata metadata;
  std::string metadata_text;         // METADATA as in the wheel, served as .metadata (PEP 658)
  std::vector<std::string> pythons;  // the interpreters whose requirements file names it
  std::optional<Material> source;
  std::vector<Material> tools;  // what it was built with, in any order
};

struct ReleaseContent {
  std::string set_name;
  std::vector<std::string> pythons;
  std::vector<ReleasedWheel> wheels;
  std::vector<Name> requested;           // what the set itself asks for
  std::map<std::string, Json> evidence;  // file name below evidence/ -> document
  std::map<Name, std::vector<Name>> dependencies;  // of each package, within the set
  std::vector<VulnerabilityStatement> vulnerabilities;  // of every one that touches it
  std::string builder;  // what built it: the platform and the digest of its tool chain
  Time known_until{};   // how new the knowledge of vulnerabilities is
  const SigningKey* key = nullptr;  // nothing: the release is not signed
};

struct Release {
  std::uint64_t number = 0;
  std::filesystem::path folder;
  Digest digest;           // of manifest.json: all files with their SHA-256
  bool unchanged = false;  // the newest release already has this content
};

// Writes `set_folder`/releases/<n>/: index.html (an overview for people), simple/ (index.html,
// index.json, <name>/…: HTML by PEP 503, JSON by PEP 691 and 700, relative URLs with hashes),
// files/ (wheels, and the .metadata of each), requirements-<python>.txt (with hashes), evidence/,
// sbom.cdx.json (CycloneDX), vex.openvex.json and vex.cdx.json (OpenVEX, CycloneDX; if a vulnerability is known),
// manifest.json; with a key also provenance/<wheel>.dsse.json (SLSA) and manifest.dsse.json. It is
// made in a folder beside and renamed in, then releases/latest is switched; a crash at any moment
// leaves the old release whole. The same content as in the newest release makes no new one: a wheel
// keeps the upload time of the release that first had it, `now` is that of the new ones.
// invalid_input if the content can't make an index.
Result<Release> publish(const Store& store, const std::filesystem::path& set_folder,
                        const ReleaseContent& content, Time now);

// The newest release; not_found if there is none.
Result<Release> latest_release(const std::filesystem::path& set_folder);
// Every file is there with the SHA-256 of the manifest and no other file is; names what is not.
// With a key: the manifest is signed with it, and the statements about each wheel are; what index,
// requirements files, SBOM and provenance say of the wheels is the same. invalid_input otherwise.
Result<> check_release(const std::filesystem::path& release_folder,
                       const PublicKey* key = nullptr);

}  // namespace assay
