#include "check/finding_line.h"

#include "check/json_writer.h"

namespace assay {

std::string finding_line(const CheckedPath& path, const CheckedFinding& checked) {
  const Finding& finding = checked.finding;
  std::string line;
  line.reserve(700);
  JsonWriter json(line);
  json.begin_object()
      .member("path", path.shown(finding.path))
      .member("line", finding.line)
      .member("column", finding.column)
      .member("end_line", finding.end_line)
      .member("end_column", finding.end_column)
      .member("gate", finding.gate)
      .member("rule", finding.rule);
  json.key("aliases").texts(finding.aliases);
  json.key("cwe").texts(finding.cwe);
  json.member("severity", to_string(finding.severity))
      .member("confidence", to_string(finding.confidence))
      .member("role", to_string(finding.role))
      .member("message", finding.message)
      .member("symbol", finding.symbol)
      .member("excerpt", finding.excerpt)
      .member("fingerprint", fingerprint_digits(checked.fingerprint));
  json.key("suppressed").boolean(!checked.suppressed.empty());
  if (!checked.suppressed.empty()) json.member("reason", checked.suppressed);
  json.end_object();
  return line;
}

}  // namespace assay
