#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "evidence/finding.h"
#include "evidence/path_role.h"
#include "examine/gate.h"
#include "store/tree.h"

namespace assay {

// One pass over every file of a tree with every file gate. A whole tree is an action, and below it
// each batch of its files (examine/batches.h) is one, keyed by the files' digests, paths and roles
// and by the rulesets: a changed file costs its own batch again, and no other. The same text found
// again in a file is one finding that says so. Findings come sorted by path, line, column and rule.
class Examiner {
 public:
  static Result<Examiner> create();
  ~Examiner();
  Examiner(Examiner&&) noexcept;

  Result<std::vector<Finding>> examine(ActionRunner& actions, const Digest& tree,
                                       const std::function<PathRole(std::string_view)>& role_of,
                                       std::stop_token stop = {}) const;
  // Of one file, without the store. Not for several threads at once.
  Result<std::vector<Finding>> examine_bytes(const ExaminedFile& file) const;
  // Digest of every gate's rules and code version.
  std::string ruleset() const;
  std::vector<std::string> gates() const;  // names of the gates that examine() runs

 private:
  struct State;
  explicit Examiner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
