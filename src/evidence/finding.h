#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"
#include "evidence/path_role.h"
#include "evidence/urgency.h"

namespace assay {

enum class Severity { none, low, medium, high, critical };  // CVSS v3.1, section 5's words

std::string_view to_string(Severity severity);
Result<Severity> parse_severity(std::string_view text);

// How sure a gate is that a finding is what its rule is about.
enum class Confidence { low, medium, high };

std::string_view to_string(Confidence confidence);
Result<Confidence> parse_confidence(std::string_view text);

// One of an advisory's CVSS scores: the score that CvssVector gives its vector (the base score of
// version 2 and 3), from 0 to 10.
struct FindingScore {
  double score = 0;
  std::string version;  // of CVSS: "3.1"
  std::string vector;
  std::string source;  // the record that has it: "GHSA-…"
};

// Where something stands in a file; the numbers are those of Finding.
struct FindingPlace {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;
  bool operator==(const FindingPlace&) const = default;
};

// Something a gate noticed. It is a statement of fact, not a decision.
struct Finding {
  std::string gate;  // "advisories", "weaknesses", "secrets"
  std::string rule;  // "weaknesses/insecure-url"; for an advisory its id
  Severity severity = Severity::none;
  Confidence confidence = Confidence::high;
  std::string path;          // in the source tree, "" where it concerns the package as a whole
  std::uint32_t line = 0;    // from 1, 0 where there is none
  std::uint32_t column = 0;  // from 1, in bytes
  std::uint32_t end_line = 0;    // of the last byte; 0 where there is none
  std::uint32_t end_column = 0;  // past the last byte
  PathRole role = PathRole::shipped;
  std::string message;               // one sentence for a person
  std::string symbol;   // the definition it stands in, "Session.get"; "" at a module's level
  std::string context;  // the line around it with single spaces, at most 200 bytes; a secret's excerpt
  std::string excerpt;               // what was matched, at most 200 bytes; a secret is redacted
  std::vector<std::string> cwe;      // "CWE-319"
  std::vector<std::string> aliases;  // an advisory's other ids; the same check's elsewhere ("B301")
  // Advisories only. Which score counts is for the policy; `score` and `vector` are the highest of
  // `scores`, from 0 to 10; negative where there is none. Evidence of before 2026-12 has no `scores`.
  double score = -1;
  std::string vector;
  std::vector<FindingScore> scores;  // each vector once
  std::string fixed_in;  // the first version without it, "" if none is known
  Urgency urgency;       // what is known of its use by attackers
  // Where the same stands again in the file, the first hundred: of one examination, kept by no
  // evidence.
  std::vector<FindingPlace> again;

  FindingPlace place() const { return {line, column, end_line, end_column}; }
  void set_place(const FindingPlace& place);
  std::string affected;  // which versions have it, in words: ">=1.26.0,<1.26.5"; "" if that is not told

  // The same finding has the same fingerprint in the next version of the package, whatever its line
  // and its file's name are there: it is made of rule, role, symbol and context. Where there is no
  // context, of path and excerpt; of an advisory, of its id.
  std::string fingerprint() const;  // 16 hexadecimal digits
  std::string identity() const;     // what it is the digest of
};

// Whether it counts whatever its file is for. What only malice does counts anywhere: payloads hide in
// tests, and a folder is called what its author likes.
bool counts_anywhere(const Finding& finding);

Json to_json(const Finding& finding);
Result<Finding> finding_from_json(const Json& json);

}  // namespace assay
