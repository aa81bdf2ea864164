#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>

namespace assay {

namespace {

bool number(std::string_view text, std::size_t at, std::size_t width, int& value) {
  if (at + width > text.size()) return false;
  const char* first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + width, value);
  return error == std::errc() && end == first + width && *first != '-';
}

}  // namespace

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Result<Date> parse_date(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      number(text, 0, 4, year) && number(text, 5, 2, month) &&
                      number(text, 8, 2, day);
  const Date date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                  std::chrono::day(static_cast<unsigned>(day))};
  if (!shaped || !date.ok()) {
    return fail(ErrorKind::invalid_input,
                "not a date (YYYY-MM-DD): " + std::string(text.substr(0, 40)));
  }
  return date;
}

Result<Time> parse_time(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorKind::invalid_input,
                "not a time (RFC 3339): " + std::string(text.substr(0, 60)));
  };
  const auto date = parse_date(text.substr(0, 10));
  if (!date) return bad();
  Time time{std::chrono::sys_days(*date)};
  if (text.size() == 10) return time;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
      !number(text, 11, 2, hour) || text[13] != ':' || !number(text, 14, 2, minute) ||
      text[16] != ':' || !number(text, 17, 2, second) || hour > 23 || minute > 59 || second > 60) {
    return bad();
  }
  time += std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  std::size_t at = 19;
  if (text[at] == '.') {
    const std::size_t first = ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    if (at == first) return bad();
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z" || zone == "z") return time;
  int zone_hour = 0;
  int zone_minute = 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' ||
      !number(zone, 1, 2, zone_hour) || !number(zone, 4, 2, zone_minute) || zone_hour > 23 ||
      zone_minute > 59) {
    return bad();
  }
  const auto offset = std::chrono::hours(zone_hour) + std::chrono::minutes(zone_minute);
  return zone[0] == '+' ? time - offset : time + offset;
}

std::string format_date(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Date date_of(Time time) { return Date(std::chrono::floor<std::chrono::days>(time)); }

std::string format_time(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", format_date(Date(day)), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace assay
