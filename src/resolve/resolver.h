#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
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

// Files of a project, which may be tens of thousands: shared, not copied.
using FileList = std::shared_ptr<const std::vector<IndexFile>>;

// Where candidates come from: the index in a run, a table in a test.
class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  // Every file of the project; not_found if the index has no such project.
  virtual Result<FileList> files(const Name& name) = 0;
  // Metadata of one version; `files` are that version's files, wheels and source distribution.
  // invalid_input if they can't be read without running the package's code.
  virtual Result<Metadata> metadata(const Name& name, const Version& version,
                                    const std::vector<IndexFile>& files) = 0;
  // Names whose files will likely be asked for next; a hint.
  virtual void prefetch(const std::vector<Name>&) {}
  // From here on only what can be read, or was learned before, counts: no package's code runs.
  virtual void build_nothing_more() {}
};

// Versions that may not be taken, each with the reason in a phrase.
using LeftOutVersions = std::map<Name, std::map<Version, std::string>>;

struct ResolutionRequest {
  std::string title = "";  // by which it is told from those it is resolved together with: "Python 3.12"
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
  // Stand for every requirement of that project; one whose marker does not apply leaves them out.
  std::map<Name, Requirement> overrides;
  LeftOutVersions left_out;
  // Taken before any other, if it may be taken at all: what there was before.
  std::map<Name, std::set<Version>> preferred = {};
};

// Constraints as a request has them: the limits of one project together. Those whose marker does not apply
// are none.
std::map<Name, SpecifierSet> limits_by_project(const std::vector<Requirement>& constraints,
                                               const MarkerEnvironment& markers);

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

// A project that is not the same version everywhere, and why it can't be.
struct VersionDifference {
  Name name;
  std::string reason;  // the derivation, in words
};

struct JointResolution {
  std::vector<Resolution> resolutions;  // one a request
  std::vector<VersionDifference> differences;  // sorted by name
};

// The newest (or lowest) version of everything that agrees with everything, by PubGrub; deterministic.
// Pre-releases as PEP 440 says. Yanked files only where the request itself
// (its requirements, constraints or overrides) pins them with "==" or "===".
// invalid_input with the derivation in words if there is no solution; not_found if that is for projects
// that the index does not have.
Result<Resolution> resolve(const ResolutionRequest& request, CandidateSource& source,
                           std::stop_token stop = {});

// The same for several requests at once, each of an environment of its own: a project that several of
// them take is one version in all, the newest of those, unless there is no such solution. Then as few
// projects as possible may differ: with any one of those tied again there is none.
// Errors as of resolve(), for the first request that has no solution by itself.
Result<JointResolution> resolve_together(std::span<const ResolutionRequest> requests, CandidateSource& source,
                                         std::stop_token stop = {});

}  // namespace assay
