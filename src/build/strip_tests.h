#pragma once
#include <map>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "environment/virtual_environment.h"

namespace assay {

// A test module that is left out of a wheel.
struct StrippedFile {
  std::string path;        // in the wheel
  std::string why;         // what was found in it
  std::uint64_t size = 0;  // bytes
};

struct StrippedWheel {
  WheelFile wheel;                     // the same one where nothing is left out
  std::vector<StrippedFile> files;
  std::vector<std::string> modules;    // Python modules that remain, in full
};

// Leaves test modules out of a wheel that hold a finding. A candidate lies in test/ or tests/, or is
// called test_*.py, *_test.py, *_tests.py or conftest.py, and not in testing/ or _testing/, which
// are API. It stays if a module that stays imports it, or an entry point names it. RECORD is written
// anew; everything else keeps its bytes. `findings`: what was found in a file, by its digest.
// An action. invalid_input if the wheel can't be read.
Result<StrippedWheel> strip_tests(ActionRunner& actions, const WheelFile& wheel,
                                  const std::map<Digest, std::string>& findings);

}  // namespace assay
