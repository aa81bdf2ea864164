#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "examine/finding_at.h"
#include "examine/gate.h"
#include "examine/gates/behaviour/flow.h"
#include "examine/gates/behaviour/named_calls.h"
#include "examine/rule.h"

namespace assay::behaviour {

// When code runs, the earliest first.
enum class When {
  setup,   // when the package is built or installed
  import,  // when the module is imported
  main,    // when it is run as a program
  later,   // when somebody calls it
};

// What a file's Python does: which calls, with what, and when. Each is worked out once for all rules, when
// the first asks for it: of most files names alone tell that there is nothing to tell.
class PythonBehaviour {
 public:
  explicit PythonBehaviour(const python::Module& source) : module(source), named_(source) {}

  const python::Module& module;

  // Whether some call may do one of these; false is certain.
  bool may(Acts acts) const { return named_.may(acts); }
  // By their names only: enough for what no method does (NamedCalls::may()).
  const std::vector<Call>& named_calls() const { return named_.all(); }
  const std::vector<Call>& calls() const { return named_.are_told() ? named_.all() : flow().calls(); }
  const python::Reach& reach() const;
  const Flow& flow() const;
  // What the source's texts name, all together: origins_of_text().
  Origins named_in_texts() const;

 private:
  NamedCalls named_;
  mutable std::optional<Origins> named_in_texts_;
  mutable std::optional<python::Reach> reach_;
  mutable std::optional<Flow> flow_;
};

// A file in question.
class Subject {
 public:
  explicit Subject(const ExaminedFile& examined) : file(examined) {}

  const ExaminedFile& file;

  bool is_python() const { return may_be_python(file.path, file.bytes); }
  // A file that a build front end runs: setup.py, an in-tree back end.
  bool runs_at_setup() const;
  const PythonBehaviour& python() const;

  When when(python::NodeId node) const;
  bool early(python::NodeId node) const {
    const When moment = when(node);
    return moment == When::setup || moment == When::import;
  }
  // "when the module is imported (through A.__init__ > fetch)"
  std::string when_in_words(python::NodeId node) const;

  // A finding for a node, at most its first two lines.
  Finding finding(const Rule& rule, python::NodeId node, std::string message) const;

 private:
  mutable std::unique_ptr<PythonBehaviour> python_;
};

using Check =
    void (*)(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);

// Whether each of the rule's patterns was found in the file.
bool all_hit(const Rule& rule, std::span<const Hit> hits);

// The rules' checks.
void check_early_network(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_early_process(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_credential_access(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_exfiltration(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_download_and_run(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_drop_address(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_hidden_payload(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_hidden_call(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_reverse_shell(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_capture(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_evasion(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_persistence(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_native_code(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_shell_command(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_far_right(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_scrambled_names(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_marked_text(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_start_file(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_entry_point(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_package_name(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_bidirectional(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_invisible(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);
void check_mixed_scripts(const Rule&, const Subject&, std::span<const Hit>, std::vector<Finding>&);

}  // namespace assay::behaviour
