#include "examine/finding_at.h"

#include <algorithm>

#include "base/text.h"

namespace assay {

Finding finding_at(const RuleDescription& rule, const ExaminedFile& file, std::size_t begin,
                   std::size_t end, std::string message) {
  constexpr std::size_t most = 200;
  begin = std::min(begin, file.bytes.size());
  end = std::clamp(end, begin, file.bytes.size());
  const auto from = file.lines().place(begin);
  const auto to = file.lines().place(end);
  Finding finding;
  finding.gate = rule.id.substr(0, rule.id.find('/'));
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.confidence = rule.confidence;
  finding.path = file.path;
  finding.line = from.line;
  finding.column = from.column;
  finding.end_line = to.line;
  finding.end_column = to.column;
  finding.role = file.role;
  finding.message = std::move(message);
  finding.excerpt = printable(one_spaced(file.bytes.substr(begin, std::min(end - begin, most))));
  finding.excerpt.resize(std::min(finding.excerpt.size(), most));
  finding.cwe = rule.cwe;
  finding.aliases = rule.aliases;
  return finding;
}

}  // namespace assay
