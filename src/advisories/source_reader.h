#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "advisories/source_index.h"
#include "base/result.h"

namespace assay {

// What a source's files tell, gathered file by file.
class SourceReader {
 public:
  virtual ~SourceReader() = default;
  // `where` is the file's name. An Error means that nothing of the source can be trusted; a record
  // that can't be read is told.
  virtual Result<> add(std::string_view where, std::string_view text) = 0;
  // Completes the census and the texts: called once, at the end.
  virtual Result<> finish() { return {}; }

  SourceCensus census;
  std::map<std::string, std::string> texts;  // by key: what SourceIndex looks up

 protected:
  void tell(std::string problem);  // something malformed
};

std::unique_ptr<SourceReader> osv_reader();   // OSV schema 1.x, a record a file
std::unique_ptr<SourceReader> nvd_reader();   // NVD CVE API 2.0, a page a file
std::unique_ptr<SourceReader> kev_reader();   // known_exploited_vulnerabilities.json
std::unique_ptr<SourceReader> epss_reader();  // epss_scores-YYYY-MM-DD.csv

// What the reader of EPSS wrote of a CVE.
Result<Urgency> epss_urgency(std::string_view text, Date date);

// "CVE-2024-3094": CVE, a year, four digits or more.
bool is_cve(std::string_view text);

// Keys of a table.
inline constexpr std::string_view census_key = "census";
inline constexpr std::string_view times_key = "times";  // every `modified`, eight bytes each, in order
std::string package_key(std::string_view name);
std::string id_key(std::string_view id);

}  // namespace assay
