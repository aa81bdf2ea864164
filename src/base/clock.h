#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

using Time = std::chrono::sys_seconds;
using Date = std::chrono::year_month_day;

// Passed to whatever asks for the time of day, so that expiry can be tested.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

// RFC 3339 with "Z" or an offset, fractions of a second cut off, or a bare date (midnight UTC).
Result<Time> parse_time(std::string_view text);
std::string format_time(Time time);  // 2026-11-25T02:16:00Z

Result<Date> parse_date(std::string_view text);  // YYYY-MM-DD
std::string format_date(Date date);
Date date_of(Time time);

}  // namespace assay
