#include "examine/checked_gate.h"
#include "examine/gates/weaknesses/c_calls.h"
#include "examine/gates/weaknesses/insecure_url.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

Result<std::unique_ptr<FileGate>> make_weaknesses_gate() {
  auto checks = c_checks();
  checks.emplace("insecure-url", check_insecure_urls);
  return CheckedGate::make("weaknesses", "3", CheckedGate::Excerpts::plain, std::move(checks),
                           python_checks());
}

}  // namespace assay
