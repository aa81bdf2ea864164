#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "advisories/source_reader.h"
#include "base/json.h"
#include "base/text.h"

// CISA's Known Exploited Vulnerabilities Catalog, as its JSON schema has it
// (https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json).
namespace assay {

namespace {

std::string text_of(const Json& object, std::string_view key) {
  return object.is_object() ? string_member(object, key, "").value_or("") : "";
}

class KevReader final : public SourceReader {
 public:
  Result<> add(std::string_view where, std::string_view text) override {
    ASSAY_TRY(const Json catalogue, context(parse_json(text), printable(where)));
    const auto released = parse_time(text_of(catalogue, "dateReleased"));
    const bool known = catalogue.is_object() && catalogue.contains("vulnerabilities") &&
                       catalogue["vulnerabilities"].is_array();
    if (!known || !released || text_of(catalogue, "catalogVersion").empty()) {
      return fail(ErrorKind::invalid_input,
                  printable(where) + " lacks catalogVersion, dateReleased or vulnerabilities: it is of "
                                     "no form of the catalogue that is known");
    }
    const Json& list = catalogue["vulnerabilities"];
    if (catalogue.contains("count") && catalogue["count"] != list.size()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} has {} of {} vulnerabilities", printable(where), list.size(),
                              printable(compact(catalogue["count"]))));
    }
    census.dated = std::max(census.dated.value_or(Time{}), *released);
    for (const Json& one : list) add_entry(where, one);
    return {};
  }

 private:
  // An entry that can't be dated still says that the vulnerability is exploited.
  void add_entry(std::string_view where, const Json& one) {
    const auto id = text_of(one, "cveID");
    if (!is_cve(id)) return tell(fmt::format("{}: an entry without a CVE id", where));
    ++census.records;
    Urgency::Exploited exploited;
    const auto since = parse_date(text_of(one, "dateAdded"));
    if (!since) tell(fmt::format("{}: \"dateAdded\" is no date", id));
    exploited.since = since ? *since : date_of(*census.dated);
    if (const auto due = parse_date(text_of(one, "dueDate"))) exploited.due = *due;
    exploited.ransomware = text_of(one, "knownRansomwareCampaignUse") == "Known";
    texts[id_key(id)] = compact(to_json(Urgency{.exploited = exploited}));
  }
};

}  // namespace

std::unique_ptr<SourceReader> kev_reader() { return std::make_unique<KevReader>(); }

}  // namespace assay
