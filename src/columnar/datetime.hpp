// Dates, times and timestamps: the proleptic Gregorian calendar, arithmetic with range checks, and
// DuckDB's text forms.
//
// Calendar arithmetic counts years from March, in eras of 400 years, so that leap days fall at the
// end and every step is a division (after Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms"). Pure functions; nothing allocates but `out`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "columnar/interval.hpp"
#include "columnar/parsed.hpp"

namespace whittle {

// DATE: days since 1970-01-01. Above and below all finite dates stand the infinities.
inline constexpr int32_t date_infinity = INT32_MAX;
inline constexpr int32_t date_minus_infinity = -INT32_MAX;
inline constexpr int32_t date_minimum = INT32_MIN + 2;  // 5877642-06-25 (BC)
inline constexpr int32_t date_maximum = INT32_MAX - 1;  // 5881580-07-10
// All timestamp types, whatever their unit.
inline constexpr int64_t timestamp_infinity = INT64_MAX;
inline constexpr int64_t timestamp_minus_infinity = -INT64_MAX;
inline constexpr int64_t timestamp_minimum = -9'223'372'022'400'000'000;  // 290309-12-22 (BC), µs

inline bool is_infinite_date(int32_t days) {
  return days == date_infinity || days == date_minus_infinity;
}
inline bool is_infinite_timestamp(int64_t value) {
  return value == timestamp_infinity || value == timestamp_minus_infinity;
}

struct CivilDate {
  int32_t year = 1970;  // astronomical: 0 is 1 BC
  int32_t month = 1;
  int32_t day = 1;
};
CivilDate civil_from_days(int64_t days);
/// Month 1 … 12 and day 1 … 31 as given.
int64_t days_from_civil(int64_t year, int32_t month, int32_t day);
bool is_leap_year(int64_t year);
int32_t days_in_month(int64_t year, int32_t month);
/// Checks month, day and the range of DATE.
std::optional<int32_t> make_date(int64_t year, int32_t month, int32_t day);
/// ISO 8601: Monday is 1, Sunday 7.
int32_t iso_weekday(int64_t days);
struct IsoWeek {
  int32_t year;
  int32_t week;
};
IsoWeek iso_week(int32_t days);

/// A timestamp in `per_day` units, split with the time of day never negative.
struct SplitTimestamp {
  int64_t days;
  int64_t time;
};
inline SplitTimestamp split_timestamp(int64_t value, int64_t per_day = microseconds_per_day) {
  int64_t days = value / per_day, time = value % per_day;
  if (time < 0) time += per_day, --days;
  return {days, time};
}
/// Units of a timestamp type per second: 1, 10^3, 10^6, 10^9.
int64_t timestamp_units_per_second(TypeId type);
/// Microseconds; nothing when out of the range of TIMESTAMP.
std::optional<int64_t> make_timestamp(int32_t days, int64_t microseconds);
/// Between timestamp types: to coarser units as DuckDB, half away from zero; infinities stay.
std::optional<int64_t> convert_timestamp(int64_t value, TypeId from, TypeId to);

// TIMETZ: micros << 24 | (57599 - offset seconds), offset within ±15:59:59.
inline constexpr int32_t timetz_maximum_offset = 57'599;
inline uint64_t make_timetz(int64_t microseconds, int32_t offset_seconds) {
  return static_cast<uint64_t>(microseconds) << 24 |
         static_cast<uint64_t>(timetz_maximum_offset - offset_seconds);
}
inline int64_t timetz_microseconds(uint64_t value) {
  return static_cast<int64_t>(value >> 24);
}
inline int32_t timetz_offset(uint64_t value) {
  return timetz_maximum_offset - static_cast<int32_t>(value & 0xffffff);
}
/// The time of day at +00.
inline int64_t timetz_instant(uint64_t value) {
  const int64_t offset = int64_t{timetz_offset(value)} * 1'000'000;
  return split_timestamp(timetz_microseconds(value) - offset).time;
}

// ---- arithmetic; nothing where the result is out of range. Infinities stay as they are.
/// The day is clamped to the month's last: 31 January + 1 month is 28 or 29 February.
std::optional<int32_t> add_months(int32_t days, int64_t months);
std::optional<int32_t> add_days(int32_t days, int64_t more);
/// Months first, then days, then microseconds.
std::optional<int64_t> add_interval(int64_t timestamp, const IntervalValue& interval);
/// DATE ± INTERVAL is a TIMESTAMP.
std::optional<int64_t> add_interval_to_date(int32_t days, const IntervalValue& interval);
/// Wraps around midnight; months and days do not count.
int64_t add_interval_to_time(int64_t microseconds, const IntervalValue& interval);
std::optional<IntervalValue> negate(const IntervalValue& interval);
std::optional<IntervalValue> add(const IntervalValue& a, const IntervalValue& b);
std::optional<IntervalValue> multiply(const IntervalValue& interval, int64_t factor);
/// timestamp - timestamp: days and the rest, both of one sign.
std::optional<IntervalValue> timestamp_difference(int64_t a, int64_t b);

// ---- text
Parsed<int32_t> parse_date(std::string_view text);
/// Microseconds; a date in front and an offset behind are ignored.
Parsed<int64_t> parse_time(std::string_view text);
Parsed<int64_t> parse_time_ns(std::string_view text);
Parsed<uint64_t> parse_timetz(std::string_view text);
/// In the unit of `type`, one of the timestamp types. An offset counts for TIMESTAMPTZ only; of the
/// names of time zones only those of UTC are known here.
Parsed<int64_t> parse_timestamp(std::string_view text, TypeId type);
/// "1 year 2 days ago", "1:02:03.4".
Parsed<IntervalValue> parse_interval(std::string_view text);
/// Months, days and microseconds in one `unit` ("day", "mins", …); nothing for unknown units.
std::optional<IntervalValue> interval_unit(std::string_view unit);

void append_date(std::string& out, int32_t days);
void append_time(std::string& out, int64_t microseconds);
void append_time_ns(std::string& out, int64_t nanoseconds);
void append_timetz(std::string& out, uint64_t value);
/// TIMESTAMPTZ is shown in UTC, "+00".
void append_timestamp(std::string& out, int64_t value, TypeId type);
void append_interval(std::string& out, const IntervalValue& interval);

}  // namespace whittle
