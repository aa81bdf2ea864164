#include "evidence/urgency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

std::string percent(double share) {
  const double percents = share * 100;
  if (percents >= 1) return fmt::format("{:.0f} %", percents);
  return percents < 0.1 ? "under 0.1 %" : fmt::format("{:.1f} %", percents);
}

// Rounded down: the 100th is the most likely of all alone.
std::string ordinal(double share) {
  const int number = static_cast<int>(std::floor(share * 100 + 1e-9));
  const int last = number % 10;
  const bool teen = number % 100 / 10 == 1;
  const char* ending = teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd";
  return fmt::format("{}{}", number, ending);
}

Result<Date> date_member(const Json& object, std::string_view key) {
  ASSAY_TRY(const auto text, string_member(object, key));
  return parse_date(text);
}

Result<Urgency::Exploited> exploited_from_json(const Json& json) {
  Urgency::Exploited exploited;
  ASSAY_TRY(exploited.since, date_member(json, "since"));
  if (json.contains("due")) {
    ASSAY_TRY(exploited.due, date_member(json, "due"));
  }
  const auto ransomware = json.find("ransomware");
  exploited.ransomware = ransomware != json.end() && *ransomware == true;
  return exploited;
}

Result<Urgency::Predicted> predicted_from_json(const Json& json) {
  JsonMembers members(json);
  Urgency::Predicted predicted{.probability = members.number("probability"),
                               .percentile = members.number("percentile")};
  ASSAY_CHECK(members.finish());
  ASSAY_TRY(predicted.date, date_member(json, "date"));
  return predicted;
}

}  // namespace

void Urgency::add(const Urgency& other) {
  if (other.exploited) {
    const bool ransomware = other.exploited->ransomware || (exploited && exploited->ransomware);
    if (!exploited || other.exploited->since < exploited->since) exploited = other.exploited;
    exploited->ransomware = ransomware;
  }
  if (other.predicted &&
      (!predicted || other.predicted->probability > predicted->probability)) {
    predicted = other.predicted;
  }
  for (const auto& source : other.not_known) {
    if (std::ranges::find(not_known, source) == not_known.end()) not_known.push_back(source);
  }
}

std::string in_words(const Urgency& urgency) {
  std::vector<std::string> words;
  if (const auto& exploited = urgency.exploited) {
    words.push_back("known to be exploited since " + format_date(exploited->since) +
                    (exploited->ransomware ? ", also by ransomware" : ""));
  }
  if (const auto& predicted = urgency.predicted) {
    words.push_back(fmt::format("EPSS {} ({} percentile)", percent(predicted->probability),
                                ordinal(predicted->percentile)));
  }
  for (const auto& source : urgency.not_known) {
    words.push_back(fmt::format("what {} says is not known", printable(source)));
  }
  return join(words, ", ");
}

Json to_json(const Urgency& urgency) {
  Json json = Json::object();
  if (const auto& exploited = urgency.exploited) {
    json["exploited"] = {{"since", format_date(exploited->since)},
                         {"ransomware", exploited->ransomware}};
    if (exploited->due) json["exploited"]["due"] = format_date(*exploited->due);
  }
  if (const auto& predicted = urgency.predicted) {
    json["predicted"] = {{"probability", predicted->probability},
                         {"percentile", predicted->percentile},
                         {"date", format_date(predicted->date)}};
  }
  if (!urgency.not_known.empty()) json["not-known"] = urgency.not_known;
  return json;
}

Result<Urgency> urgency_from_json(const Json& json) {
  if (!json.is_object()) return fail(ErrorKind::invalid_input, "urgency is no object");
  Urgency urgency;
  if (const auto found = json.find("exploited"); found != json.end()) {
    ASSAY_TRY(urgency.exploited, exploited_from_json(*found));
  }
  if (const auto found = json.find("predicted"); found != json.end()) {
    ASSAY_TRY(urgency.predicted, predicted_from_json(*found));
  }
  if (json.contains("not-known")) {
    JsonMembers members(json);
    urgency.not_known = members.texts("not-known");
    ASSAY_CHECK(members.finish());
  }
  return urgency;
}

}  // namespace assay
