#include "examine/pattern_engine.h"

#include <fmt/format.h>
#include <hs.h>

#include <cstdlib>
#include <limits>

namespace assay {

namespace {

struct CompileErrorRelease {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

std::vector<std::vector<Pattern>> patterns_of(const std::vector<std::unique_ptr<FileGate>>& gates) {
  std::vector<std::vector<Pattern>> owners;
  for (const auto& gate : gates) owners.push_back(gate->patterns());
  return owners;
}

}  // namespace

void PatternEngine::Release::operator()(hs_database* database) const { hs_free_database(database); }

void PatternEngine::Release::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }

std::vector<Pattern> PatternEngine::own(const std::vector<std::vector<Pattern>>& owners) {
  gates_ = owners.size();
  std::vector<Pattern> patterns;
  for (std::size_t gate = 0; gate < owners.size(); ++gate) {
    for (std::size_t i = 0; i < owners[gate].size(); ++i) owners_.push_back({gate, i});
    patterns.insert(patterns.end(), owners[gate].begin(), owners[gate].end());
  }
  return patterns;
}

Result<PatternEngine> PatternEngine::compile(const std::vector<std::unique_ptr<FileGate>>& gates) {
  return compile(patterns_of(gates));
}

Result<PatternEngine> PatternEngine::compile(const std::vector<std::vector<Pattern>>& owners) {
  PatternEngine engine;
  const auto patterns = engine.own(owners);
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
  ASSAY_CHECK(engine.adopt(database));
  return engine;
}

Result<> PatternEngine::adopt(hs_database* database) {
  database_.reset(database);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
    return fail(ErrorKind::internal, "no memory to match patterns with");
  }
  prototype_.reset(scratch);
  return {};
}

Result<PatternEngine> PatternEngine::restore(const std::vector<std::unique_ptr<FileGate>>& gates,
                                             std::string_view serialized) {
  PatternEngine engine;
  engine.own(patterns_of(gates));
  hs_database_t* database = nullptr;
  if (hs_deserialize_database(serialized.data(), serialized.size(), &database) != HS_SUCCESS) {
    return fail(ErrorKind::invalid_input, "these compiled patterns can't be used here");
  }
  ASSAY_CHECK(engine.adopt(database));
  return engine;
}

Result<std::string> PatternEngine::serialized() const {
  char* raw = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database_.get(), &raw, &size) != HS_SUCCESS) {
    return fail(ErrorKind::internal, "the compiled patterns can't be written");
  }
  const std::unique_ptr<char, decltype(&std::free)> bytes(raw, &std::free);
  return std::string(raw, size);
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
