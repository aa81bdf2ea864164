#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// The variables of PEP 508 by name ("python_version", "sys_platform", …). "extra" may be absent.
using MarkerEnvironment = std::map<std::string, std::string, std::less<>>;
// Variables whose value is a set: "extras" and "dependency_groups" of a lock file (PEP 751).
using MarkerSets = std::map<std::string, std::set<std::string>, std::less<>>;

// The part of a requirement after the semicolon (PEP 508).
class Marker {
 public:
  static Result<Marker> parse(std::string_view text);

  // Variables that the environment does not define read as "" (as "extra" does for a plain
  // install); a comparison that means nothing (os_name ~= "nt") does not hold.
  bool evaluate(const MarkerEnvironment& environment) const;
  // The same, but invalid_input where the reference implementation refuses to answer: a comparison
  // that means nothing, or a name that is no variable of every environment and has no value here.
  Result<bool> evaluate_strictly(const MarkerEnvironment& environment,
                                 const MarkerSets& sets = {}) const;
  std::string str() const;  // normalized as the reference implementation prints it

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace assay
