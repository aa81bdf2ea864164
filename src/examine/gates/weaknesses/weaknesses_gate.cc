#include "examine/checked_gate.h"
#include "examine/gates/weaknesses/binary_in_source.h"
#include "examine/gates/weaknesses/build_download.h"
#include "examine/gates/weaknesses/c_calls.h"
#include "examine/gates/weaknesses/cython_calls.h"
#include "examine/gates/weaknesses/fetch_command.h"
#include "examine/gates/weaknesses/insecure_url.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

Result<std::unique_ptr<FileGate>> make_weaknesses_gate() {
  auto checks = c_checks();
  checks.emplace("binary-in-source", check_binary_in_source);
  checks.emplace("cmake-download", check_cmake_download);
  checks.emplace("cython-call", check_cython_calls);
  checks.emplace("fetch-command", check_fetch_command);
  checks.emplace("insecure-url", check_insecure_urls);
  checks.emplace("wrap-download", check_wrap_download);
  return CheckedGate::make("weaknesses", "9", CheckedGate::Excerpts::plain, std::move(checks),
                           python_checks());
}

}  // namespace assay
