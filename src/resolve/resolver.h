#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "package/index_file.h"
#include "package/metadata.h"
#include "package/requirement.h"
#include "package/tag.h"

namespace assay {

// Where candidates come from: the index in a run, a table in a test.
class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  // Every file of the project; not_found if the index has no such project.
  virtual Result<std::vector<IndexFile>> files(const Name& name) = 0;
  // Metadata of one version; `files` are that version's files, wheels and source distribution.
  // invalid_input if they can't be read without running the package's code.
  virtual Result<Metadata> metadata(const Name& name, const Version& version,
                                    const std::vector<IndexFile>& files) = 0;
  // Names whose files will likely be asked for next; a hint.
  virtual void prefetch(const std::vector<Name>&) {}
};

// Versions that may not be taken, each with the reason in a phrase.
using LeftOutVersions = std::map<Name, std::map<Version, std::string>>;

struct ResolutionRequest {
  std::vector<Requirement> requirements;
  MarkerEnvironment markers;
  std::vector<Tag> tags;
  Version python;                       // full version, for Requires-Python
  // What a candidate must have: a source distribution for a set, a fitting wheel for a tool chain,
  // either of them where nothing is built.
  enum class Need { sdist, wheel, either } need = Need::sdist;
  enum class Strategy { newest, lowest } strategy = Strategy::newest;
  std::optional<Time> uploaded_before;
  std::map<Name, SpecifierSet> constraints;  // limit versions without asking for the project
  std::map<Name, Requirement> overrides;     // stand for every requirement of that project
  LeftOutVersions left_out;
};

struct ResolvedPackage {
  Name name;
  Version version;
  IndexFile file;          // the source distribution, or the best wheel
  Metadata metadata;
  std::set<std::string> extras;       // asked for
  std::vector<Name> required_by;      // names in the resolution; empty for a root requirement
  std::vector<Name> dependencies;     // in the resolution, in this environment
};

struct Resolution {
  std::vector<ResolvedPackage> packages;  // sorted by name
};

// The newest (or lowest) version of everything that agrees with everything, by PubGrub; deterministic.
// Pre-releases as PEP 440 says. Yanked files only for "==" and "===" pins.
// invalid_input with the derivation in words if there is no solution; not_found if that is for projects
// that the index does not have.
Result<Resolution> resolve(const ResolutionRequest& request, CandidateSource& source,
                           std::stop_token stop = {});

}  // namespace assay
