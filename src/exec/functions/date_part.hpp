// The parts of dates, times and intervals that date_part, date_trunc, date_diff and date_sub name.
// Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "columnar/datetime.hpp"

namespace whittle {

enum class DatePart : uint8_t {
  Year,
  Month,
  Day,
  Decade,
  Century,
  Millennium,
  Quarter,
  Week,
  IsoYear,
  YearWeek,
  DayOfWeek,
  IsoDayOfWeek,
  DayOfYear,
  Era,
  Julian,
  Epoch,
  Hour,
  Minute,
  Second,
  Millisecond,
  Microsecond,
  Nanosecond,
  Timezone,
  TimezoneHour,
  TimezoneMinute,
};

/// "year", "years", "y", … in any case.
std::optional<DatePart> find_date_part(std::string_view name);
/// As above; the error is DuckDB's.
Result<DatePart> date_part_named(std::string_view name);
std::string_view date_part_name(DatePart part);
/// EPOCH and JULIAN are DOUBLE, all others BIGINT.
inline bool is_real_part(DatePart part) {
  return part == DatePart::Epoch || part == DatePart::Julian;
}

/// A part of a day; parts of the time of day are those of midnight.
int64_t part_of_day(DatePart part, int64_t days);
/// HOUR … NANOSECOND of a time of day.
int64_t part_of_time(DatePart part, int64_t microseconds);
int64_t part_of_timestamp(DatePart part, int64_t timestamp);
int64_t part_of_interval(DatePart part, const IntervalValue& interval);
/// EPOCH of an interval: a year of months counts 365.25 days, a month 30.
double epoch_of_interval(const IntervalValue& interval);

/// Whether a TIME has the part, and an INTERVAL.
inline bool is_time_part(DatePart part) {
  return part == DatePart::Epoch || part >= DatePart::Hour;
}
bool is_interval_part(DatePart part);

/// Microseconds of a part of the time of day; 0 for longer ones.
int64_t time_of_part(DatePart part);
/// Months of QUARTER … MILLENNIUM; 0 for parts that no number of months makes.
int32_t months_of_part(DatePart part);

/// The Monday that begins the ISO year of the day.
int64_t iso_year_start(int64_t days);

}  // namespace whittle
