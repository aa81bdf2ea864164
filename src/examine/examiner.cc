#include "examine/examiner.h"

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "base/json.h"
#include "examine/batches.h"
#include "examine/file_examination.h"
#include "examine/gate_set.h"
#include "examine/kept_patterns.h"
#include "examine/pattern_engine.h"
#include "examine/repeated_secrets.h"
#include "examine/tree_roles.h"

namespace assay {

namespace {

constexpr const char* code_version = "3";  // raised when this file changes its answers

std::string write_findings(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(to_json(finding));
  return compact(list);
}

Result<> read_findings(std::string_view text, std::vector<Finding>& findings) {
  ASSAY_TRY(const Json list, parse_json(text));
  for (const Json& element : list) {
    ASSAY_TRY(auto finding, finding_from_json(element));
    findings.push_back(std::move(finding));
  }
  return {};
}

void sort_by_place(std::vector<Finding>& findings) {
  std::ranges::sort(findings, [](const Finding& left, const Finding& right) {
    return std::tie(left.path, left.line, left.column, left.rule, left.excerpt) <
           std::tie(right.path, right.line, right.column, right.rule, right.excerpt);
  });
}

// The work for one tree; a thread has its own.
class TreeExamination {
 public:
  using RoleOf = std::function<PathRole(std::string_view)>;

  // Compiling patterns costs more than a run in which nothing has changed: only who scans does it.
  using EngineOf = std::function<Result<const PatternEngine*>()>;

  TreeExamination(const std::vector<std::unique_ptr<FileGate>>& gates, EngineOf engine_of,
                  const std::string& ruleset, ActionRunner& actions, const RoleOf& role_of,
                  std::stop_token stop)
      : gates_(gates),
        engine_of_(std::move(engine_of)),
        ruleset_(ruleset),
        actions_(actions),
        role_of_(role_of),
        stop_(std::move(stop)) {}

  Result<std::vector<Finding>> examine(const Digest& digest) {
    ASSAY_TRY(const Tree tree, get_tree(actions_.store().blobs, digest));
    ASSAY_TRY(const auto text,
              actions_.run(tree_key(digest, tree), [&] { return all_batches(tree); }));
    std::vector<Finding> findings;
    ASSAY_CHECK(read_findings(text, findings));
    return findings;
  }

 private:
  using Batch = std::vector<const TreeEntry*>;

  // Roles are no part of a tree, and yet findings carry them.
  ActionKey tree_key(const Digest& digest, const Tree& tree) const {
    return {"examine-tree", code_version, {digest.hex()}, {ruleset_, digest_of_roles(tree, role_of_).hex()}};
  }

  ActionKey batch_key(const Batch& batch) const {
    ActionKey key{"examine-files", code_version, {}, {ruleset_}};
    for (const TreeEntry* entry : batch) {
      key.inputs.push_back(entry->digest.hex());
      key.parameters.push_back(entry->path);
      key.parameters.emplace_back(to_string(role_of_(entry->path)));
    }
    return key;
  }

  Result<std::string> all_batches(const Tree& tree) {
    std::vector<Finding> findings;
    for (const Batch& batch : examination_batches(tree)) {
      ASSAY_TRY(const auto text, actions_.run(batch_key(batch), [&] { return one_batch(batch); }));
      ASSAY_CHECK(read_findings(text, findings));
    }
    findings = without_repeated_secrets(std::move(findings));
    sort_by_place(findings);
    return write_findings(findings);
  }

  Result<std::string> one_batch(const Batch& batch) {
    if (scratch_ == nullptr) {
      ASSAY_TRY(engine_, engine_of_());
      ASSAY_TRY(scratch_, engine_->make_scratch());
    }
    std::vector<Finding> findings;
    for (const TreeEntry* entry : batch) {
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      ASSAY_TRY(const auto bytes, actions_.store().blobs.get(entry->digest));
      ASSAY_TRY(auto found, context(examine_file(gates_, *engine_, scratch_,
                                                 {entry->path, bytes, role_of_(entry->path)}),
                                    entry->path));
      std::ranges::move(found, std::back_inserter(findings));
    }
    return write_findings(findings);
  }

  const std::vector<std::unique_ptr<FileGate>>& gates_;
  EngineOf engine_of_;
  const PatternEngine* engine_ = nullptr;
  const std::string& ruleset_;
  ActionRunner& actions_;
  const RoleOf& role_of_;
  std::stop_token stop_;
  PatternEngine::Scratch scratch_;
};

}  // namespace

struct Examiner::State {
  GateSet set;
  PatternEngine::Scratch scratch{};  // of examine_bytes()
  std::once_flag compiled{};
  std::optional<Result<PatternEngine>> made{};

  Result<const PatternEngine*> engine() {
    std::call_once(compiled, [&] { made.emplace(kept_patterns(set, "")); });
    if (!*made) return std::unexpected(made->error());
    return &**made;
  }
};

Result<Examiner> Examiner::create() {
  ASSAY_TRY(auto set, GateSet::create());
  auto state = std::make_unique<State>();
  state->set = std::move(set);
  return Examiner(std::move(state));
}

Examiner::Examiner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Examiner::~Examiner() = default;
Examiner::Examiner(Examiner&&) noexcept = default;

Result<std::vector<Finding>> Examiner::examine(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop) const {
  return TreeExamination(state_->set.gates, [state = state_.get()] { return state->engine(); },
                         state_->set.ruleset, actions, role_of,
                         std::move(stop))
      .examine(tree);
}

Result<std::vector<Finding>> Examiner::examine_bytes(const ExaminedFile& file) const {
  ASSAY_TRY(const PatternEngine* engine, state_->engine());
  if (state_->scratch == nullptr) {
    ASSAY_TRY(state_->scratch, engine->make_scratch());
  }
  return examine_file(state_->set.gates, *engine, state_->scratch, file);
}

std::string Examiner::ruleset() const { return state_->set.ruleset; }

std::vector<std::string> Examiner::gates() const { return state_->set.names(); }

}  // namespace assay
