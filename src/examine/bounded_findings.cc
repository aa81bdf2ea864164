#include "examine/bounded_findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

bool BoundedFindings::has_room(Severity severity) {
  if (told_ >= most && severity <= heaviest_) {
    ++left_out_;
    return false;
  }
  ++told_;
  heaviest_ = std::max(heaviest_, severity);
  return true;
}

BoundedFindings::~BoundedFindings() {
  if (left_out_ == 0) return;
  Finding finding;
  finding.gate = rule_.id.substr(0, rule_.id.find('/'));
  finding.rule = finding.gate + "/too-many-places";
  finding.severity = Severity::medium;
  finding.path = file_.path;
  finding.role = file_.role;
  finding.excerpt = rule_.id;
  finding.message = fmt::format("of {} findings of {} only the first {}, and heavier ones, were looked at",
                                told_ + left_out_, rule_.id, most);
  findings_.push_back(std::move(finding));
}

}  // namespace assay
