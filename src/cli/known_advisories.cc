#include "cli/known_advisories.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/text.h"
#include "cli/terminal.h"
#include "evidence/affected_words.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

using Event = Advisory::Event;

struct Scored {
  std::optional<CvssVector> parsed;  // nothing: the vector can't be scored
  std::string vector;
  const Advisory* record = nullptr;

  double score() const { return parsed ? parsed->scores().base : -1; }
};

std::vector<Scored> scores_of(const KnownVulnerability& known) {
  std::vector<Scored> scores;
  const auto add = [&](const std::string& vector, const Advisory& record) {
    const bool told = std::ranges::find(scores, vector, &Scored::vector) != scores.end();
    if (told) return;
    auto parsed = CvssVector::parse(vector);
    scores.push_back({parsed ? std::optional(*parsed) : std::nullopt, vector, &record});
  };
  for (const Advisory& record : known.records) {
    for (const auto& vector : record.severity) add(vector, record);
    for (const auto& affected : record.affected) {
      for (const auto& vector : affected.severity) add(vector, record);
    }
  }
  std::ranges::stable_sort(scores, std::greater{}, &Scored::score);
  return scores;
}

std::string score_words(const Scored& scored) {
  if (!scored.parsed) return "not scored";
  const CvssVersion version = scored.parsed->version();
  return fmt::format("CVSS {} {:.1f} {}", to_string(version), scored.score(),
                     to_string(cvss_severity(version, scored.score())));
}

std::string summary_of(const KnownVulnerability& known) {
  for (const Advisory& record : known.records) {
    if (!record.summary.empty()) return printable(record.summary);
  }
  return "";
}

bool is_withdrawn(const KnownVulnerability& known) {
  return std::ranges::all_of(known.records, [](const Advisory& record) {
    return record.withdrawn || record.affected.empty();
  }) && std::ranges::any_of(known.records, &Advisory::withdrawn);
}

std::set<Name> packages_of(const KnownVulnerability& known) {
  std::set<Name> names;
  for (const Advisory& record : known.records) {
    for (const auto& affected : record.affected) names.insert(affected.name);
  }
  return names;
}

struct PackageFacts {
  std::set<std::string> affected;  // by each record, in words
  std::set<std::string> fixed;
  std::size_t versions = 0;  // that are listed one by one
};

PackageFacts facts_of(const KnownVulnerability& known, const Name& name) {
  PackageFacts facts;
  std::set<std::string> versions;
  for (const Advisory& record : known.records) {
    if (record.withdrawn) continue;
    if (auto words = affected_words(record, name); !words.empty()) facts.affected.insert(std::move(words));
    for (const auto& affected : record.affected) {
      if (affected.name != name) continue;
      versions.insert(affected.versions.begin(), affected.versions.end());
      for (const auto& range : affected.ranges) {
        for (const auto& event : range) {
          if (event.kind == Event::Kind::fixed) facts.fixed.insert(printable(event.version));
        }
      }
    }
  }
  facts.versions = versions.size();
  return facts;
}

std::vector<std::string> texts(const std::set<std::string>& values) {
  return {values.begin(), values.end()};
}

std::string package_words(const KnownVulnerability& known, const Name& name) {
  const auto facts = facts_of(known, name);
  std::vector<std::string> words = texts(facts.affected);
  if (facts.versions > 0) words.push_back(counted(facts.versions, "listed version"));
  if (words.empty()) words.emplace_back("not affected any more: withdrawn");
  const auto fixed = facts.fixed.empty() ? "no fixed version is known"
                                         : "fixed in " + join(texts(facts.fixed), ", ");
  return fmt::format("  {}: {}; {}\n", name.str(), join(words, "; "), fixed);
}

std::set<std::string> all_of(const KnownVulnerability& known,
                             std::vector<std::string> Advisory::*member) {
  std::set<std::string> all;
  for (const Advisory& record : known.records) {
    for (const auto& value : record.*member) all.insert(printable(value));
  }
  return all;
}

std::string record_words(const Advisory& record) {
  auto text = fmt::format("{} ({})", printable(record.id), printable(record.source));
  if (record.modified) text += ", modified " + format_date(date_of(*record.modified));
  return record.withdrawn ? text + ", withdrawn" : text;
}

std::string urgency_words(const Urgency& urgency) {
  auto text = in_words(urgency);
  if (urgency.exploited && urgency.exploited->due) {
    text += "; CISA wants it remedied by " + format_date(*urgency.exploited->due);
  }
  return text;
}

}  // namespace

std::vector<std::string> other_ids(const KnownVulnerability& known) {
  auto ids = all_of(known, &Advisory::aliases);
  for (const Advisory& record : known.records) ids.insert(printable(record.id));
  ids.erase(printable(known.id()));
  return texts(ids);
}

std::string list_words(const KnownVulnerability& known, const Name& package) {
  const auto scores = scores_of(known);
  std::vector<std::string> words{scores.empty() ? "not scored" : score_words(scores.front())};
  if (is_withdrawn(known)) words.emplace_back("withdrawn");
  if (!known.urgency.empty()) words.push_back(in_words(known.urgency));
  auto text = fmt::format("{} {} ({}): {}", package.str(),
                          styled(Stream::out, Style::bold, printable(known.id())),
                          join(other_ids(known), ", "), join(words, ", "));
  const auto summary = summary_of(known);
  return summary.empty() ? text : text + "\n  " + summary;
}

std::string show_words(const KnownVulnerability& known) {
  auto text = styled(Stream::out, Style::bold, printable(known.id()));
  if (is_withdrawn(known)) text += " (withdrawn)";
  text += ": " + summary_of(known) + "\n";
  const auto ids = other_ids(known);
  if (!ids.empty()) text += "  also " + join(ids, ", ") + "\n";
  const auto scores = scores_of(known);
  if (scores.empty()) text += "  not scored: no source has a CVSS vector\n";
  for (const auto& scored : scores) {
    text += fmt::format("  {}: {}, by {} ({})\n", score_words(scored), printable(scored.vector),
                        printable(scored.record->id), printable(scored.record->source));
    if (scored.parsed) text += "    " + scored.parsed->in_words() + "\n";
  }
  if (!known.urgency.empty()) text += "  " + urgency_words(known.urgency) + "\n";
  const auto cwe = all_of(known, &Advisory::cwe);
  if (!cwe.empty()) text += "  " + join(texts(cwe), ", ") + "\n";
  for (const Name& name : packages_of(known)) text += package_words(known, name);
  text += "  told by\n";
  for (const Advisory& record : known.records) text += "    " + record_words(record) + "\n";
  const auto references = all_of(known, &Advisory::references);
  if (!references.empty()) text += "  references\n";
  for (const auto& url : references) text += "    " + url + "\n";
  text.pop_back();
  return text;
}

Json to_json(const KnownVulnerability& known) {
  Json scores = Json::array();
  for (const auto& scored : scores_of(known)) {
    scores.push_back({{"score", scored.parsed ? Json(scored.score()) : Json(nullptr)},
                      {"version", scored.parsed ? Json(to_string(scored.parsed->version())) : Json(nullptr)},
                      {"vector", scored.vector},
                      {"record", scored.record->id},
                      {"source", scored.record->source}});
  }
  Json records = Json::array();
  for (const Advisory& record : known.records) {
    Json one = to_json(record);
    one["source"] = record.source;
    records.push_back(std::move(one));
  }
  Json packages = Json::array();
  for (const Name& name : packages_of(known)) {
    const auto facts = facts_of(known, name);
    packages.push_back({{"name", name.str()}, {"affected", facts.affected}, {"fixed", facts.fixed}});
  }
  return {{"id", known.id()},
          {"aliases", other_ids(known)},
          {"summary", summary_of(known)},
          {"withdrawn", is_withdrawn(known)},
          {"scores", std::move(scores)},
          {"urgency", to_json(known.urgency)},
          {"cwe", all_of(known, &Advisory::cwe)},
          {"packages", std::move(packages)},
          {"references", all_of(known, &Advisory::references)},
          {"records", std::move(records)}};
}

}  // namespace assay
