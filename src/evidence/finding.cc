#include "evidence/finding.h"

#include <nlohmann/json.hpp>

#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<5> severities{"none", "low", "medium", "high", "critical"};
constexpr std::string_view white_space = " \t\r\n\f\v";

// Runs of white space become one space, so that a new indentation makes no new finding.
std::string normalized(std::string_view text) {
  std::string result;
  for (const char c : trim(text)) {
    if (!white_space.contains(c)) {
      result += c;
    } else if (!result.ends_with(' ')) {
      result += ' ';
    }
  }
  return result;
}

}  // namespace

std::string_view to_string(Severity severity) { return name_of(severities, severity); }

Result<Severity> parse_severity(std::string_view text) {
  return value_of<Severity>(severities, text, "severity");
}

std::string Finding::fingerprint() const {
  std::string identity = gate + '\0' + rule;
  if (gate != "advisories") identity += '\0' + path + '\0' + normalized(excerpt);
  return sha256(identity).hex().substr(0, 16);
}

Json to_json(const Finding& finding) {
  return {{"gate", finding.gate},
          {"rule", finding.rule},
          {"severity", to_string(finding.severity)},
          {"path", finding.path},
          {"line", finding.line},
          {"column", finding.column},
          {"role", to_string(finding.role)},
          {"message", finding.message},
          {"excerpt", finding.excerpt},
          {"cwe", finding.cwe},
          {"aliases", finding.aliases},
          {"score", finding.score < 0 ? Json(nullptr) : Json(finding.score)},
          {"vector", finding.vector},
          {"fixed_in", finding.fixed_in}};
}

Result<Finding> finding_from_json(const Json& json) {
  JsonMembers members(json);
  Finding finding{.gate = members.text("gate"),
                  .rule = members.text("rule"),
                  .severity = members.word("severity", parse_severity),
                  .path = members.text("path"),
                  .line = members.count("line"),
                  .column = members.count("column"),
                  .role = members.word("role", parse_path_role),
                  .message = members.text("message"),
                  .excerpt = members.text("excerpt"),
                  .cwe = members.texts("cwe"),
                  .aliases = members.texts("aliases"),
                  .score = members.number_or_null("score").value_or(-1),
                  .vector = members.text("vector"),
                  .fixed_in = members.text("fixed_in")};
  ASSAY_CHECK(context(members.finish(), "a finding"));
  return finding;
}

}  // namespace assay
