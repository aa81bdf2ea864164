#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evidence/advisory.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// Which versions of one project a record calls affected, read once for many questions: by the schema's
// evaluation the union of `versions` and every range, events sorted by PEP 440. Whether the record is
// withdrawn is not its question. The advisory must outlive it; it may be moved.
class AffectedVersions {
 public:
  AffectedVersions(const Advisory& advisory, const Name& name);

  bool contains(const Version& version) const;
  // The lowest fixed version above `version`, null if the record tells none.
  const Version* fixed_after(const Version& version) const;

  // An event with its version read; no version stands for "0", which is before every other, and for a
  // limit of "*", which is behind every other.
  struct Milestone {
    Advisory::Event::Kind kind;
    std::optional<Version> version;
  };
  const std::vector<std::string_view>& listed() const { return listed_; }  // as written
  std::vector<Milestone> milestones() const;  // of all ranges

 private:
  struct Range {
    std::vector<Milestone> milestones;  // sorted, without the limits
    std::vector<Milestone> limits;
    bool contains(const Version& version) const;
  };

  std::vector<std::string_view> listed_;  // most are never read, since most differ at a glance
  std::vector<Range> ranges_;
};

}  // namespace assay
