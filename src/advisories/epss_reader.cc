#include <fmt/format.h>

#include <charconv>

#include "advisories/source_reader.h"
#include "base/text.h"

// FIRST's daily file of the Exploit Prediction Scoring System (https://www.first.org/epss/data_stats):
//   #model_version:v2025.03.14,score_date:2026-11-25T12:55:00Z
//   cve,epss,percentile
//   CVE-1999-0001,0.01141,0.77781
namespace assay {

namespace {

std::optional<double> share_of(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value <= 1 ? std::optional(value) : std::nullopt;
}

std::optional<Time> score_date(std::string_view line) {
  for (const auto part : split(line.substr(1), ',')) {
    constexpr std::string_view key = "score_date:";
    if (!part.starts_with(key)) continue;
    auto text = std::string(part.substr(key.size()));
    if (text.ends_with("+0000")) text.replace(text.size() - 5, 5, "Z");  // as it was until 2025
    const auto time = parse_time(text);
    if (time) return *time;
  }
  return std::nullopt;
}

std::unexpected<Error> no_scores(std::string_view where, std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("{} {}", printable(where), why));
}

class EpssReader final : public SourceReader {
 public:
  Result<> add(std::string_view where, std::string_view text) override {
    if (text.empty() || text.back() != '\n') return no_scores(where, "is cut off");
    const auto rows = lines(text);
    if (rows.size() < 3 || !rows[0].starts_with('#')) {
      return no_scores(where, "does not begin with the model's version and the date of the scores");
    }
    const auto date = score_date(rows[0]);
    if (!date) return no_scores(where, "has no score_date");
    if (rows[1] != "cve,epss,percentile") return no_scores(where, "has columns that are not known");
    // Of several days the last counts.
    if (census.dated && *date < *census.dated) return {};
    census.dated = *date;
    texts.clear();
    for (std::size_t i = 2; i < rows.size(); ++i) add_row(where, i + 1, rows[i]);
    return {};
  }

  Result<> finish() override {
    census.records = texts.size();
    return {};
  }

 private:
  void add_row(std::string_view where, std::size_t number, std::string_view row) {
    const auto comma = row.find(',');
    const auto second = row.find(',', comma + 1);
    const bool three = comma != row.npos && second != row.npos;
    if (!three || !is_cve(row.substr(0, comma)) ||
        !share_of(row.substr(comma + 1, second - comma - 1)) || !share_of(row.substr(second + 1))) {
      return tell(fmt::format("{}:{}: no score", where, number));
    }
    texts[id_key(row.substr(0, comma))] = row.substr(comma + 1);
  }
};

}  // namespace

Result<Urgency> epss_urgency(std::string_view text, Date date) {
  const auto comma = text.find(',');
  const auto probability = share_of(text.substr(0, comma));
  const auto percentile = comma == text.npos ? std::nullopt : share_of(text.substr(comma + 1));
  if (!probability || !percentile) return fail(ErrorKind::internal, "the index of EPSS is broken");
  return Urgency{.predicted = Urgency::Predicted{*probability, *percentile, date}};
}

std::unique_ptr<SourceReader> epss_reader() { return std::make_unique<EpssReader>(); }

}  // namespace assay
