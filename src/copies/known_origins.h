#pragma once
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/json.h"
#include "base/result.h"
#include "copies/copies.h"
#include "copies/origins.h"
#include "copies/source_prints.h"

namespace assay {

// What was found of copied code in one source tree.
struct CopyReport {
  std::vector<Copy> copies;
  std::vector<std::string> too_large;  // files that were not looked at
};

Json to_json(const CopyReport& report);

// The origins of a store, for looking at many packages, from several threads. Their fingerprints
// are read once a package has to be looked at that was not before.
class KnownOrigins {
 public:
  static Result<KnownOrigins> load(const Store& store, RoleOf role_of);
  ~KnownOrigins();
  KnownOrigins(KnownOrigins&&) noexcept;

  const std::vector<Origin>& all() const;  // by name, then version
  bool empty() const { return all().empty(); }
  bool has(const Name& name, const Version& version) const;

  // An action, named by the tree and by all that is known of origins.
  Result<CopyReport> copies_in(ActionRunner& actions, const Digest& tree, const Name& own,
                               std::stop_token stop) const;

 private:
  struct State;
  explicit KnownOrigins(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
