#include "examine/pattern_engine.h"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

// How many bytes come next: before each database's. False if there are fewer.
bool take_size(std::string_view& serialized, std::uint64_t& size) {
  if (serialized.size() < sizeof size) return false;
  std::memcpy(&size, serialized.data(), sizeof size);
  serialized.remove_prefix(sizeof size);
  return size <= serialized.size();
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
  ASSAY_TRY(auto all, database_of(patterns, true));
  auto not_python = all;
  if (std::ranges::any_of(patterns, &Pattern::python)) {
    ASSAY_TRY(not_python, database_of(patterns, false));
  }
  ASSAY_CHECK(engine.adopt(std::move(all), std::move(not_python)));
  return engine;
}

// A pattern's number is its place among all, in either database; nullptr where there is none to look for.
Result<PatternEngine::Database> PatternEngine::database_of(const std::vector<Pattern>& patterns, bool python) {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (patterns[i].python && !python) continue;
    expressions.push_back(patterns[i].expression.c_str());
    flags.push_back(HS_FLAG_MULTILINE | (patterns[i].caseless ? HS_FLAG_CASELESS : 0U));
    ids.push_back(static_cast<unsigned>(i));
  }
  if (expressions.empty()) return Database();
  hs_database_t* database = nullptr;
  hs_compile_error_t* raw_error = nullptr;
  const auto status = hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                                       static_cast<unsigned>(expressions.size()), HS_MODE_BLOCK,
                                       nullptr, &database, &raw_error);
  if (status == HS_SUCCESS) return Database(database, Release());
  const std::unique_ptr<hs_compile_error_t, CompileErrorRelease> error(raw_error);
  const bool known = error->expression >= 0;
  return fail(ErrorKind::internal,
              fmt::format("the pattern {} does not compile: {}",
                          known ? expressions.at(static_cast<std::size_t>(error->expression)) : "database",
                          error->message));
}

Result<> PatternEngine::adopt(Database all, Database not_python) {
  hs_scratch_t* scratch = nullptr;
  for (const Database* database : {&all, &not_python}) {
    if (*database == nullptr) continue;
    const auto status = hs_alloc_scratch(database->get(), &scratch);  // grows what the first one needs
    if (status != HS_SUCCESS) {
      hs_free_scratch(scratch);
      return fail(ErrorKind::internal, "no memory to match patterns with");
    }
  }
  prototype_.reset(scratch);
  all_ = std::move(all);
  not_python_ = std::move(not_python);
  return {};
}

Result<PatternEngine> PatternEngine::restore(const std::vector<std::unique_ptr<FileGate>>& gates,
                                             std::string_view serialized) {
  PatternEngine engine;
  engine.own(patterns_of(gates));
  Database databases[2];
  for (Database& database : databases) {
    std::uint64_t size = 0;
    hs_database_t* read = nullptr;
    if (!take_size(serialized, size) || (size > 0 && hs_deserialize_database(serialized.data(), size, &read) != HS_SUCCESS)) {
      return fail(ErrorKind::invalid_input, "these compiled patterns can't be used here");
    }
    if (read != nullptr) database.reset(read, Release());
    serialized.remove_prefix(size);
  }
  ASSAY_CHECK(engine.adopt(std::move(databases[0]), std::move(databases[1])));
  return engine;
}

Result<std::string> PatternEngine::serialized() const {
  std::string all;
  for (const Database* database : {&all_, &not_python_}) {
    char* raw = nullptr;
    std::size_t size = 0;
    if (*database != nullptr && hs_serialize_database(database->get(), &raw, &size) != HS_SUCCESS) {
      return fail(ErrorKind::internal, "the compiled patterns can't be written");
    }
    const std::unique_ptr<char, decltype(&std::free)> bytes(raw, &std::free);
    const std::uint64_t told = size;
    all.append(reinterpret_cast<const char*>(&told), sizeof told).append(raw, size);
  }
  return all;
}

Result<PatternEngine::Scratch> PatternEngine::make_scratch() const {
  hs_scratch_t* scratch = nullptr;
  if (hs_clone_scratch(prototype_.get(), &scratch) != HS_SUCCESS) {
    return fail(ErrorKind::internal, "no memory to match patterns with");
  }
  return Scratch(scratch);
}

Result<std::vector<PatternEngine::GateHits>> PatternEngine::scan(std::string_view bytes,
                                                                 const Scratch& scratch, bool python) const {
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
  const Database& database = python ? all_ : not_python_;
  if (database == nullptr) return std::move(sink.found);
  const auto status = hs_scan(database.get(), bytes.data(), static_cast<unsigned>(bytes.size()), 0,
                              scratch.get(), on_match, &sink);
  if (status != HS_SUCCESS) {
    return fail(ErrorKind::internal, fmt::format("matching patterns failed ({})", status));
  }
  return std::move(sink.found);
}

}  // namespace assay
