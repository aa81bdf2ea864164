#include "examine/gate_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"

namespace assay {

namespace {

constexpr const char* code_version = "5";  // raised when file_examination.cc changes its answers

}  // namespace

Result<GateSet> GateSet::create(std::span<const std::string> names) {
  GateSet set;
  ASSAY_TRY(set.gates, all_file_gates());
  const auto known = set.names();
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return fail(ErrorKind::invalid_input, fmt::format("there is no gate \"{}\", only {}",
                                                      printable(name), join(known, ", ")));
  }
  if (!names.empty()) {
    std::erase_if(set.gates, [&](const auto& gate) {
      return std::ranges::find(names, gate->name()) == names.end();
    });
  }
  Sha256 hash;
  hash.update(fmt::format("examiner {}\n", code_version));
  for (const auto& gate : set.gates) {
    hash.update(fmt::format("{} {}\n", gate->name(), gate->ruleset()));
  }
  set.ruleset = hash.finish().hex();
  return set;
}

std::vector<std::string> GateSet::names() const {
  std::vector<std::string> all;
  for (const auto& gate : gates) all.emplace_back(gate->name());
  return all;
}

std::vector<RuleDescription> GateSet::rules() const {
  std::vector<RuleDescription> all;
  for (const auto& gate : gates) std::ranges::move(gate->rules(), std::back_inserter(all));
  std::ranges::sort(all, {}, &RuleDescription::id);
  return all;
}

}  // namespace assay
