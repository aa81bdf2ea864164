#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "package/index_file.h"
#include "package/name.h"
#include "package/tag.h"
#include "package/version.h"
#include "resolve/resolver.h"

namespace assay {

// A version that has the file that is needed.
struct Candidate {
  Version version;
  const IndexFile* file;                // the source distribution, or the best wheel
  std::vector<const IndexFile*> files;  // all of the version's that may be looked at, for its metadata
};

// A version of the index that can't be taken whatever is asked for, and why.
struct Refusal {
  enum class Cause { no_sdist, no_wheel, python, upload_time, left_out } cause;
  Version version;
  std::string reason;  // "needs Python >=3.12 (this is 3.11.2)"
};

// What an index offers of one project.
struct Candidates {
  std::vector<Candidate> usable;  // newest first
  std::vector<Refusal> refused;   // newest first
  std::size_t unreadable = 0;     // files whose names say neither wheel nor source distribution
  FileList listed;                // what the candidates point into
};

// How good a wheel's tags are, by their text: 0 is the best. A tag that is missing does not fit.
using TagRanks = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;
TagRanks rank_tags(const std::vector<Tag>& tags);

// Yanked files are usable here: whether one may be taken depends on what is asked (PEP 592). `ranks`
// belong to request.tags.
Candidates find_candidates(const Name& name, FileList files,
                           const ResolutionRequest& request, const TagRanks& ranks);

}  // namespace assay
