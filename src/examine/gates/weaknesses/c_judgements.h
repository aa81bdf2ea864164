#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/finding.h"
#include "examine/gates/weaknesses/c_call.h"
#include "examine/rule.h"

namespace assay {

// What a rule says of a function: examine/gates/weaknesses/c_calls.h.
struct CSignature {
  std::vector<std::string_view> parameters;
  std::string_view note;
};

struct CallInRule {
  const Rule& rule;
  std::string_view file;
  const CCall& call;
  const CSignature& signature;
  bool looks_around = true;  // false where a file has so many calls that reading around each is dear

  // The argument that is given for a parameter; empty if there is none.
  const CArgument& given(std::string_view parameter) const;
  bool has(std::string_view parameter) const;
};

struct CJudgement {
  Severity severity;
  Confidence confidence;
  std::string words;  // after the function's name: "copies what …"
};

// Nothing: the call is as it should be.
std::optional<CJudgement> judge_named(const CallInRule& at);
std::optional<CJudgement> judge_copy(const CallInRule& at);
std::optional<CJudgement> judge_format(const CallInRule& at);
std::optional<CJudgement> judge_scan(const CallInRule& at);
std::optional<CJudgement> judge_length(const CallInRule& at);
std::optional<CJudgement> judge_command(const CallInRule& at);
std::optional<CJudgement> judge_ignored(const CallInRule& at);
std::optional<CJudgement> judge_mask(const CallInRule& at);
std::optional<CJudgement> judge_followed(const CallInRule& at);

}  // namespace assay
