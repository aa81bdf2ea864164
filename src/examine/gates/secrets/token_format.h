#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "examine/gates/secrets/token_checksum.h"
#include "examine/gates/secrets/token_shape.h"
#include "examine/rule.h"

namespace assay {

// One kind of credential of one provider, as data: a [[format]] of a rule file.
struct TokenFormat {
  std::string id;    // "github-pat"
  std::string what;  // "GitHub personal access token"
  TokenShape shape;
  // Its shape alone says nothing: the name it is assigned to must hold one of these words.
  std::vector<std::string> named;
  TokenChecksum checksum = TokenChecksum::none;
  Severity severity = Severity::high;  // below it for ids, and for keys that only reach test data
  bool by_name() const { return !named.empty(); }
};

// The formats of a rule; invalid_input names the rule and the fault.
Result<std::vector<TokenFormat>> token_formats(const Rule& rule);

struct TokenJudgement {
  Severity severity;
  Confidence confidence;
  std::string message;
};

// What is to be said of a token that has the format's shape.
TokenJudgement judge_token(const TokenFormat& format, std::string_view token);

}  // namespace assay
