#pragma once
#include <string>
#include <vector>

#include "trial/pytest_settings.h"
#include "trial/source_files.h"

namespace assay {

struct TestPlaces {
  std::vector<std::string> paths;  // in the tree; empty if it carries no tests
  std::string how;                 // "testpaths of pyproject.toml"
};

// Where the tests of a tree lie: pytest's testpaths; else tests/, test/ or testing/ at the root;
// else test modules at the root; else such folders, and then such modules, anywhere but in
// documentation, examples and vendored code.
TestPlaces find_test_places(const SourceFiles& files, const PytestSettings& pytest);

}  // namespace assay
