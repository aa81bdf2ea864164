#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "examine/examiner.h"
#include "examine/rule.h"

namespace assay {

// A finding that was mended, and how.
struct Mended {
  Finding finding;
  std::string rule;  // its id
  std::string text;  // the file afterwards, with the earlier ones of the list mended too
};

// Mends what a rule's [fix] can mend without a person's judgement. A change counts only if the
// changed file, examined again, no longer has the finding and has no other that is as heavy: so a
// change that would break the syntax or miss its mark is never offered.
class Remedies {
 public:
  static Result<Remedies> create();

  bool has(const std::string& rule) const { return rules_.contains(rule); }
  const Rule& rule(const std::string& id) const { return rules_.at(id); }  // one that it has
  // Mends the findings of one file in their order; those that cannot be mended are left out.
  // `any_host`: an http URL becomes https wherever it leads, not only to hosts that are known to
  // serve it.
  std::vector<Mended> mend(const Examiner& examiner, const ExaminedFile& file,
                           const std::vector<Finding>& findings, bool any_host) const;

 private:
  std::map<std::string, Rule> rules_;  // those with a fix, by id
};

}  // namespace assay
