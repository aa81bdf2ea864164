#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "examine/gate.h"

struct hs_database;
struct hs_scratch;

namespace assay {

// All gates' patterns, looked for in one pass over a file: in a Hyperscan database of all, or in one
// without those for Python, which is faster. They are shared by all threads; each scanning thread has a
// scratch of its own.
class PatternEngine {
 public:
  struct Release {
    void operator()(hs_database* database) const;
    void operator()(hs_scratch* scratch) const;
  };
  using Scratch = std::unique_ptr<hs_scratch, Release>;

  // What was found for one gate. Beyond `hit_limit` hits nothing is kept, and `more` says so.
  struct GateHits {
    std::vector<Hit> hits;
    bool more = false;
  };
  static constexpr std::size_t hit_limit = 100'000;

  // internal, naming the pattern, if one does not compile.
  static Result<PatternEngine> compile(const std::vector<std::unique_ptr<FileGate>>& gates);
  // The same for other owners of patterns than gates.
  static Result<PatternEngine> compile(const std::vector<std::vector<Pattern>>& owners);
  // What serialized() gave for the same patterns; invalid_input if this processor or version of
  // Hyperscan can't use it.
  static Result<PatternEngine> restore(const std::vector<std::unique_ptr<FileGate>>& gates,
                                       std::string_view serialized);
  Result<std::string> serialized() const;

  Result<Scratch> make_scratch() const;
  // Hits of each gate, in the gates' order; of patterns for Python only where `python` says so.
  // invalid_input for more than 4 GiB.
  Result<std::vector<GateHits>> scan(std::string_view bytes, const Scratch& scratch, bool python = true) const;

 private:
  struct Owner {  // whose pattern one of the database is
    std::size_t gate;
    std::size_t pattern;
  };

  using Database = std::shared_ptr<hs_database>;

  // Whose patterns they are; all of them in the databases' order.
  std::vector<Pattern> own(const std::vector<std::vector<Pattern>>& owners);
  static Result<Database> database_of(const std::vector<Pattern>& patterns, bool python);
  Result<> adopt(Database all, Database not_python);

  Database all_;
  Database not_python_;  // the same where no pattern is for Python only; none where all are
  Scratch prototype_;  // for both
  std::vector<Owner> owners_;
  std::size_t gates_ = 0;
};

}  // namespace assay
