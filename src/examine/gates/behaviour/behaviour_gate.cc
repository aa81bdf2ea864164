#include <fmt/format.h>

#include <map>

#include "examine/gates/behaviour/constant_decoder.h"
#include "examine/gates/behaviour/subject.h"

namespace assay {

namespace {

using behaviour::Check;

constexpr const char* code_version = "5";  // raised when a check changes its answers

struct CheckOfFiles {
  Check check;
  enum class Of { any, python_and_kin, python } of = Of::any;  // kin: stubs, Cython
};

const std::map<std::string, CheckOfFiles, std::less<>>& checks() {
  using namespace behaviour;
  using enum CheckOfFiles::Of;
  static const std::map<std::string, CheckOfFiles, std::less<>> all = {
      {"early-network", {check_early_network, python}},
      {"early-process", {check_early_process, python}},
      {"credential-access", {check_credential_access, python}},
      {"exfiltration", {check_exfiltration, python}},
      {"download-and-run", {check_download_and_run, python}},
      {"drop-address", {check_drop_address, python}},
      {"hidden-payload", {check_hidden_payload, python}},
      {"hidden-call", {check_hidden_call, python}},
      {"reverse-shell", {check_reverse_shell, python}},
      {"capture", {check_capture, python}},
      {"evasion", {check_evasion, python}},
      {"persistence", {check_persistence, python}},
      {"native-code", {check_native_code, python}},
      {"shell-command", {check_shell_command}},
      {"far-right", {check_far_right}},
      {"scrambled-names", {check_scrambled_names}},
      {"marked-text", {check_marked_text}},
      {"start-file", {check_start_file}},
      {"entry-point", {check_entry_point}},
      {"package-name", {check_package_name}},
      {"bidirectional", {check_bidirectional}},
      {"invisible", {check_invisible}},
      {"mixed-scripts", {check_mixed_scripts, python_and_kin}},
  };
  return all;
}

// Like CheckedGate, but its checks share what is worked out of a file's Python: reach and data flow.
class BehaviourGate final : public FileGate {
 public:
  static Result<std::unique_ptr<FileGate>> make() {
    auto gate = std::make_unique<BehaviourGate>();
    ASSAY_TRY(auto rules, rules_of_gate("behaviour"));
    for (Rule& rule : rules) {
      const auto check = checks().find(rule.check);
      if (check == checks().end()) {
        return fail(ErrorKind::internal, fmt::format("{}: no check \"{}\"", rule.about.id, rule.check));
      }
      for (std::size_t i = 0; i < rule.patterns.size(); ++i) {
        gate->patterns_.push_back(rule.patterns[i]);
        gate->patterns_.back().python = check->second.of != CheckOfFiles::Of::any;
        gate->owners_.push_back({gate->rules_.size(), i});
      }
      gate->rules_.push_back({std::move(rule), check->second});
    }
    return gate;
  }

  std::string_view name() const override { return "behaviour"; }
  std::vector<Pattern> patterns() const override { return patterns_; }
  std::string ruleset() const override { return ruleset_digest("behaviour", code_version); }

  std::vector<RuleDescription> rules() const override {
    std::vector<RuleDescription> all;
    for (const auto& [rule, check] : rules_) all.push_back(rule.about);
    return all;
  }

  void examine(const ExaminedFile& file, std::span<const Hit> hits,
               std::vector<Finding>& findings) const override {
    std::vector<std::vector<Hit>> own(rules_.size());
    for (const Hit& hit : hits) {
      const auto& [rule, pattern] = owners_[hit.pattern];
      own[rule].push_back({pattern, hit.end});
    }
    const behaviour::DecodingBudget budget;
    const behaviour::Subject subject(file);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const auto& [rule, of_files] = rules_[i];
      if (own[i].empty() || (of_files.of == CheckOfFiles::Of::python && !subject.is_python())) continue;
      of_files.check(rule, subject, own[i], findings);
    }
  }

 private:
  struct CheckedRule {
    Rule rule;
    CheckOfFiles check;
  };
  struct Owner {
    std::size_t rule;
    std::size_t pattern;  // of the rule's own
  };

  std::vector<CheckedRule> rules_;
  std::vector<Pattern> patterns_;
  std::vector<Owner> owners_;  // by the gate's patterns
};

}  // namespace

Result<std::unique_ptr<FileGate>> make_behaviour_gate() { return BehaviourGate::make(); }

}  // namespace assay
