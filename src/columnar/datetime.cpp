#include "columnar/datetime.hpp"

#include <algorithm>

#include "base/int128.hpp"

namespace whittle {

namespace {

constexpr int64_t days_per_era = 146'097;  // 400 years
constexpr int64_t epoch_shift = 719'468;   // 0000-03-01 to 1970-01-01

template <class T>
bool add_overflows(T a, T b, T& sum) {
  return __builtin_add_overflow(a, b, &sum);
}

}  // namespace

CivilDate civil_from_days(int64_t days) {
  days += epoch_shift;
  const int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
  const auto day_of_era = static_cast<uint32_t>(days - era * days_per_era);
  const uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t march_month = (5 * day_of_year + 2) / 153;
  const uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  CivilDate date;
  date.year = static_cast<int32_t>(year_of_era + era * 400 + (month <= 2));
  date.month = static_cast<int32_t>(month);
  date.day = static_cast<int32_t>(day_of_year - (153 * march_month + 2) / 5 + 1);
  return date;
}

int64_t days_from_civil(int64_t year, int32_t month, int32_t day) {
  if (month <= 2) --year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<uint32_t>(year - era * 400);
  const uint32_t march_month = static_cast<uint32_t>(month > 2 ? month - 3 : month + 9);
  const uint32_t day_of_year = (153 * march_month + 2) / 5 + static_cast<uint32_t>(day) - 1;
  const uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * days_per_era + day_of_era - epoch_shift;
}

bool is_leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t days_in_month(int64_t year, int32_t month) {
  static constexpr int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap_year(year));
}

std::optional<int32_t> make_date(int64_t year, int32_t month, int32_t day) {
  if (month < 1 || month > 12 || year < -6'000'000 || year > 6'000'000) return {};
  if (day < 1 || day > days_in_month(year, month)) return {};
  const int64_t days = days_from_civil(year, month, day);
  if (days < date_minimum || days > date_maximum) return {};
  return static_cast<int32_t>(days);
}

int32_t iso_weekday(int64_t days) {
  const int64_t shifted = (days + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<int32_t>(shifted < 0 ? shifted + 7 : shifted) + 1;
}

// The week belongs to the year of its Thursday.
IsoWeek iso_week(int32_t days) {
  const int64_t thursday = int64_t{days} + 4 - iso_weekday(days);
  const int32_t year = civil_from_days(thursday).year;
  return {year, static_cast<int32_t>((thursday - days_from_civil(year, 1, 1)) / 7) + 1};
}

int64_t timestamp_units_per_second(TypeId type) {
  switch (type) {
    case TypeId::TimestampS:
      return 1;
    case TypeId::TimestampMs:
      return 1'000;
    case TypeId::TimestampNs:
      return 1'000'000'000;
    default:
      return 1'000'000;
  }
}

std::optional<int64_t> make_timestamp(int32_t days, int64_t microseconds) {
  const int128_t value = static_cast<int128_t>(days) * microseconds_per_day + microseconds;
  if (value < timestamp_minimum || value >= timestamp_infinity) return {};
  return static_cast<int64_t>(value);
}

std::optional<int64_t> convert_timestamp(int64_t value, TypeId from, TypeId to) {
  if (is_infinite_timestamp(value)) return value;
  const int64_t source = timestamp_units_per_second(from), target = timestamp_units_per_second(to);
  if (target < source) {
    const int64_t factor = source / target, half = factor / 2;
    const int64_t rest = value % factor;
    return value / factor + (rest >= half) - (rest <= -half);
  }
  int64_t result;
  if (__builtin_mul_overflow(value, target / source, &result)) return {};
  if (is_infinite_timestamp(result)) return {};
  return result;
}

// ---- arithmetic
// ---------------------------------------------------------------------------------

std::optional<int32_t> add_months(int32_t days, int64_t months) {
  if (is_infinite_date(days)) return days;
  const CivilDate date = civil_from_days(days);
  const int64_t total = int64_t{date.year} * 12 + (date.month - 1) + months;
  const int64_t year = total >= 0 ? total / 12 : -((11 - total) / 12);
  const auto month = static_cast<int32_t>(total - year * 12) + 1;
  return make_date(year, month, std::min(date.day, days_in_month(year, month)));
}

std::optional<int32_t> add_days(int32_t days, int64_t more) {
  if (is_infinite_date(days)) return days;
  int64_t sum;
  if (add_overflows(int64_t{days}, more, sum) || sum < date_minimum || sum > date_maximum)
    return {};
  return static_cast<int32_t>(sum);
}

std::optional<int64_t> add_interval(int64_t timestamp, const IntervalValue& interval) {
  if (is_infinite_timestamp(timestamp)) return timestamp;
  int64_t result = timestamp;
  if (interval.months != 0 || interval.days != 0) {
    const SplitTimestamp split = split_timestamp(timestamp);
    auto days = add_months(static_cast<int32_t>(split.days), interval.months);
    if (days) days = add_days(*days, interval.days);
    if (!days) return {};
    const auto moved = make_timestamp(*days, split.time);
    if (!moved) return {};
    result = *moved;
  }
  if (add_overflows(result, interval.microseconds, result)) return {};
  if (result < timestamp_minimum || is_infinite_timestamp(result)) return {};
  return result;
}

std::optional<int64_t> add_interval_to_date(int32_t days, const IntervalValue& interval) {
  if (is_infinite_date(days)) {
    return days == date_infinity ? timestamp_infinity : timestamp_minus_infinity;
  }
  const auto midnight = make_timestamp(days, 0);
  if (!midnight) return {};
  return add_interval(*midnight, interval);
}

int64_t add_interval_to_time(int64_t microseconds, const IntervalValue& interval) {
  return split_timestamp(microseconds + interval.microseconds % microseconds_per_day).time;
}

std::optional<IntervalValue> negate(const IntervalValue& interval) {
  return multiply(interval, -1);
}

std::optional<IntervalValue> add(const IntervalValue& a, const IntervalValue& b) {
  IntervalValue sum;
  if (add_overflows(a.months, b.months, sum.months) || add_overflows(a.days, b.days, sum.days) ||
      add_overflows(a.microseconds, b.microseconds, sum.microseconds)) {
    return {};
  }
  return sum;
}

std::optional<IntervalValue> multiply(const IntervalValue& interval, int64_t factor) {
  IntervalValue product;
  if (__builtin_mul_overflow(int64_t{interval.months}, factor, &product.months) ||
      __builtin_mul_overflow(int64_t{interval.days}, factor, &product.days) ||
      __builtin_mul_overflow(interval.microseconds, factor, &product.microseconds)) {
    return {};
  }
  return product;
}

std::optional<IntervalValue> timestamp_difference(int64_t a, int64_t b) {
  if (is_infinite_timestamp(a) || is_infinite_timestamp(b)) return {};
  int64_t difference;
  if (__builtin_sub_overflow(a, b, &difference)) return {};
  return IntervalValue{0, static_cast<int32_t>(difference / microseconds_per_day),
                       difference % microseconds_per_day};
}

}  // namespace whittle
