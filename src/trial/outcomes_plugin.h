#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/test_report.h"

namespace assay {

// A pytest plugin of our own, put beside the wheels under this module name. It writes a JSON line
// for each test that ends, by its node id, and one when the session ends; JUnit knows no node ids.
inline constexpr std::string_view outcomes_module = "assay_outcomes";
std::string_view outcomes_plugin();  // its Python text
// The file that it writes, in the sandbox.
inline constexpr std::string_view outcomes_file = "/trial/out/outcomes.jsonl";

// Where it is there, a JSON array of node ids: the plugin leaves out all other tests.
inline constexpr std::string_view again_file = "/trial/again/tests.json";

// What the plugin wrote. The tests could have written it as well: it is read as hostile.
struct ListedOutcomes {
  std::vector<TestOutcome> outcomes;
  bool ended = false;  // the session came to its end
};

// invalid_input for a line that is none of the plugin's, but for a last one that was cut off.
Result<ListedOutcomes> parse_outcomes(std::string_view text);

}  // namespace assay
