#include "examine/pattern_engine.h"

#include <fmt/format.h>
#include <hs.h>

#include <limits>

namespace assay {

namespace {

struct CompileErrorRelease {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

}  // namespace

void PatternEngine::Release::operator()(hs_database* database) const { hs_free_database(database); }

void PatternEngine::Release::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }

Result<PatternEngine> PatternEngine::compile(const std::vector<std::unique_ptr<FileGate>>& gates) {
  std::vector<std::vector<Pattern>> owners;
  for (const auto& gate : gates) owners.push_back(gate->patterns());
  return compile(owners);
}

Result<PatternEngine> PatternEngine::compile(const std::vector<std::vector<Pattern>>& owners) {
  PatternEngine engine;
  engine.gates_ = owners.size();
  std::vector<Pattern> patterns;
  for (std::size_t gate = 0; gate < owners.size(); ++gate) {
    const auto& own = owners[gate];
    for (std::size_t i = 0; i < own.size(); ++i) engine.owners_.push_back({gate, i});
    patterns.insert(patterns.end(), own.begin(), own.end());
  }

  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const Pattern& pattern : patterns) {
    expressions.push_back(pattern.expression.c_str());
    flags.push_back(HS_FLAG_MULTILINE | (pattern.caseless ? HS_FLAG_CASELESS : 0U));
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* raw_error = nullptr;
  const auto status = hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                                       static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK,
                                       nullptr, &database, &raw_error);
  if (status != HS_SUCCESS) {
    const std::unique_ptr<hs_compile_error_t, CompileErrorRelease> error(raw_error);
    const bool known = error->expression >= 0;
    return fail(
        ErrorKind::internal,
        fmt::format("the pattern {} does not compile: {}",
                    known ? patterns.at(static_cast<std::size_t>(error->expression)).expression
                          : "database",
                    error->message));
  }
  engine.database_.reset(database);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
    return fail(ErrorKind::internal, "no memory to match patterns with");
  }
  engine.prototype_.reset(scratch);
  return engine;
}

Result<PatternEngine::Scratch> PatternEngine::make_scratch() const {
  hs_scratch_t* scratch = nullptr;
  if (hs_clone_scratch(prototype_.get(), &scratch) != HS_SUCCESS) {
    return fail(ErrorKind::internal, "no memory to match patterns with");
  }
  return Scratch(scratch);
}

Result<std::vector<PatternEngine::GateHits>> PatternEngine::scan(std::string_view bytes,
                                                                 const Scratch& scratch) const {
  if (bytes.size() > std::numeric_limits<unsigned>::max()) {
    return fail(ErrorKind::invalid_input, "a file of more than 4 GiB can't be examined");
  }
  struct Sink {
    const std::vector<Owner>& owners;
    std::vector<GateHits> found;
  } sink{owners_, std::vector<GateHits>(gates_)};
  const auto on_match = [](unsigned id, unsigned long long, unsigned long long end, unsigned,
                           void* context) -> int {
    auto& to = *static_cast<Sink*>(context);
    const Owner& owner = to.owners[id];
    GateHits& gate = to.found[owner.gate];
    if (gate.hits.size() < hit_limit) {
      gate.hits.push_back({owner.pattern, static_cast<std::size_t>(end)});
    } else {
      gate.more = true;
    }
    return 0;
  };
  const auto status = hs_scan(database_.get(), bytes.data(), static_cast<unsigned>(bytes.size()), 0,
                              scratch.get(), on_match, &sink);
  if (status != HS_SUCCESS) {
    return fail(ErrorKind::internal, fmt::format("matching patterns failed ({})", status));
  }
  return std::move(sink.found);
}

}  // namespace assay
