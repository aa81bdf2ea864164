#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "evidence/test_report.h"
#include "package/name.h"

namespace assay {

// The outcome that each test of a package is expected to have with one interpreter.
struct ExpectedTests {
  std::string version;     // of the package, when it was adopted
  std::string adopted_by;  // "" for a proposal
  Date date{};
  std::map<std::string, TestStatus> outcomes;  // by id
};

// By package and interpreter ("3.11").
using ExpectedResults = std::map<std::pair<Name, std::string>, ExpectedTests>;

// expected-tests/<package>-<interpreter>.txt beside the set: a heading, then a line for each test,
// "passed tests/test_a.py::test_b", sorted by id. Errors as in load_set. No file is none.
Result<ExpectedResults> load_expected_tests(const std::filesystem::path& folder);

std::string expected_tests_text(const Name& name, const std::string& python,
                                const ExpectedTests& expected);
std::string expected_tests_file(const Name& name, const std::string& python);  // its name
ExpectedTests expected_of(const std::string& version, const TestReport& report);

// Takes what the last run proposed for a package, every one where `name` is "", and returns the
// files that were written. A proposal lies in DIR/releases/.proposed-tests/.
Result<std::vector<std::filesystem::path>> adopt_expected_tests(const std::filesystem::path& folder,
                                                                const std::string& name,
                                                                const std::string& reviewer,
                                                                Date today);
// Leaves a proposal where the set has no such results, or others.
Result<> propose_expected_tests(const std::filesystem::path& folder, const Name& name,
                                const std::string& python, const ExpectedTests& expected,
                                const ExpectedResults& adopted);

}  // namespace assay
