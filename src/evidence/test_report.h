#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// flaky: it failed or ended in an error, and passed when it was run again.
enum class TestStatus { passed, failed, error, skipped, flaky };

bool fails(TestStatus status);  // failed or error
std::string_view to_string(TestStatus status);
Result<TestStatus> parse_test_status(std::string_view text);

// One test, by the id its runner gives it ("tests/test_basic.py::test_options[x]").
struct TestOutcome {
  std::string id;
  TestStatus status = TestStatus::passed;
  double seconds = 0;
  std::string message;  // first line of the failure, the first one's if flaky, or the reason of the skip
};

// What happened when upstream's tests were tried against the built wheel.
struct TestReport {
  enum class State {
    ran,         // to its end; `outcomes` has every test
    absent,      // the source distribution carries no tests
    incomplete,  // it was started and did not end by itself; `reason` says why
    impossible,  // it could not be started; `reason` says why
  };
  State state = State::absent;
  std::string reason;
  std::string how;  // how the tests were found and run, in words
  std::vector<TestOutcome> outcomes;
  std::string junit;  // digest of the JUnit XML in the store, "" if there is none
  std::string log;    // digest of what the run printed, "" if there is none
  double cpu_seconds = 0;

  std::size_t count(TestStatus status) const;
};

std::string_view to_string(TestReport::State state);
// "842 passed, 3 skipped", "no tests", "did not end"
std::string summary(const TestReport& report);
Json to_json(const TestReport& report);
Result<TestReport> test_report_from_json(const Json& json);

}  // namespace assay
