#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// A vulnerability as the OSV schema (1.7) tells it, PyPI's part only.
struct Advisory {
  struct Event {
    enum class Kind { introduced, fixed, last_affected, limit } kind;
    std::string version;  // as written; "0" is before every version
  };
  struct Affected {
    Name name;
    std::vector<std::string> versions;
    std::vector<std::vector<Event>> ranges;
    std::vector<std::string> severity;       // CVSS vectors that hold for this package only
    std::vector<std::vector<Event>> commits = {};  // GIT ranges: `version` is a commit's id, or "0"
  };

  std::string id;
  std::vector<std::string> aliases;
  std::string summary;
  std::optional<Time> published;
  std::optional<Time> modified;
  bool withdrawn = false;
  std::vector<std::string> severity;  // CVSS vectors, as written
  std::vector<std::string> cwe;
  std::vector<Affected> affected;
  std::vector<std::string> references;  // URLs
  std::string schema_version;  // as written, "" if it is not
  std::string source;          // who tells it, as the set calls it; no part of the record
  std::vector<std::string> malformed;  // what was left out while reading, in words

  // invalid_input if it is not an OSV record at all, or above 16 MiB; a bad event or version within
  // one is left out and told in `malformed`, and makes no range smaller: what is introduced nobody
  // can say where is so from the first version on. A range of the type SEMVER is told, and read as
  // one of ECOSYSTEM. Without a summary, the details' first line stands for
  // it.
  static Result<Advisory> parse(std::string_view json);
  // What to_json() wrote of what parse() read: versions are not held against PEP 440 again.
  static Result<Advisory> read_back(std::string_view json);

  // By the schema's evaluation: the union of `versions` and every range, events sorted by PEP 440.
  // Withdrawn records affect nothing.
  bool affects(const Name& name, const Version& version) const;
  // What its GIT ranges say of a commit, by its full id: without the repository's history only of those
  // that they name. A commit has the same id in every repository. "not_told" where there is no such range.
  enum class OfCommit { affected, not_affected, not_known, not_told };
  OfCommit of_commit(const Name& name, std::string_view commit) const;
};

// Whether it is a commit's whole id, by SHA-1 or SHA-256.
bool is_commit_id(std::string_view text);

// An OSV record with these facts only, which parse() reads back; `malformed` has no place in it.
Json to_json(const Advisory& advisory);

}  // namespace assay
