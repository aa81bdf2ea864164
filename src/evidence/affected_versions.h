#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/advisory.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// Which versions of one project a record calls affected, read once for many questions: by the schema's
// evaluation the union of `versions` and every range, events sorted by PEP 440. Whether the record is
// withdrawn is not its question.
class AffectedVersions {
 public:
  AffectedVersions(const Advisory& advisory, const Name& name);

  bool contains(const Version& version) const;

  // An event with its version read; no version stands for "0", which is before every other, and for a
  // limit of "*", which is behind every other.
  struct Milestone {
    Advisory::Event::Kind kind;
    std::optional<Version> version;
  };
  std::vector<Version> listed() const;        // sorted
  std::vector<Milestone> milestones() const;  // of all ranges

 private:
  struct Range {
    std::vector<Milestone> milestones;  // sorted, without the limits
    std::vector<Milestone> limits;
    bool contains(const Version& version) const;
  };

  std::vector<std::string> listed_;  // as written: most are never read, since most differ at a glance
  std::vector<Range> ranges_;
};

}  // namespace assay
