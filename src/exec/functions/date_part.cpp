#include "exec/functions/date_part.hpp"

#include <string>

#include "base/ascii.hpp"

namespace whittle {

namespace {

struct PartName {
  std::string_view names;  // the first is the one that messages and STRUCT fields use
  DatePart part;
};
constexpr PartName part_names[] = {
    {"year years yr yrs y", DatePart::Year},
    {"month months mon mons", DatePart::Month},
    {"day days d dayofmonth", DatePart::Day},
    {"decade decades dec decs", DatePart::Decade},
    {"century centuries cent c", DatePart::Century},
    {"millennium millennia millenniums millenium mil mils", DatePart::Millennium},
    {"quarter quarters", DatePart::Quarter},
    {"week weeks w weekofyear", DatePart::Week},
    {"isoyear", DatePart::IsoYear},
    {"yearweek", DatePart::YearWeek},
    {"dow dayofweek weekday", DatePart::DayOfWeek},
    {"isodow", DatePart::IsoDayOfWeek},
    {"doy dayofyear", DatePart::DayOfYear},
    {"era", DatePart::Era},
    {"julian jd", DatePart::Julian},
    {"epoch", DatePart::Epoch},
    {"hour hours hr hrs h", DatePart::Hour},
    {"minute minutes min mins m", DatePart::Minute},
    {"second seconds sec secs s", DatePart::Second},
    {"millisecond milliseconds ms msec msecs msecond mseconds", DatePart::Millisecond},
    {"microsecond microseconds us usec usecs usecond useconds", DatePart::Microsecond},
    {"timezone", DatePart::Timezone},
    {"timezone_hour", DatePart::TimezoneHour},
    {"timezone_minute", DatePart::TimezoneMinute},
};

constexpr int64_t second = 1'000'000;

}  // namespace

std::optional<DatePart> find_date_part(std::string_view name) {
  for (const PartName& row : part_names) {
    if (has_word(row.names, name)) return row.part;
  }
  return std::nullopt;
}

Result<DatePart> date_part_named(std::string_view name) {
  if (const auto part = find_date_part(name)) return *part;
  return fail(ErrorCode::Conversion,
              "extract specifier \"" + std::string(name) + "\" not recognized");
}

std::string_view date_part_name(DatePart part) {
  for (const PartName& row : part_names) {
    if (row.part == part) return row.names.substr(0, row.names.find(' '));
  }
  return "nanosecond";
}

int64_t part_of_day(DatePart part, int64_t days) {
  switch (part) {
    case DatePart::Day:
      return civil_from_days(days).day;
    case DatePart::Month:
      return civil_from_days(days).month;
    case DatePart::Quarter:
      return (civil_from_days(days).month - 1) / 3 + 1;
    case DatePart::DayOfWeek:
      return iso_weekday(days) % 7;
    case DatePart::IsoDayOfWeek:
      return iso_weekday(days);
    case DatePart::Week:
      return iso_week(static_cast<int32_t>(days)).week;
    case DatePart::IsoYear:
      return iso_week(static_cast<int32_t>(days)).year;
    case DatePart::YearWeek: {
      const IsoWeek week = iso_week(static_cast<int32_t>(days));
      return int64_t{week.year} * 100 + (week.year > 0 ? week.week : -week.week);
    }
    case DatePart::Epoch:
      return days * 86'400;
    case DatePart::Julian:
      return days + 2'440'588;
    default:
      break;
  }
  if (part >= DatePart::Hour) return 0;
  const int64_t year = civil_from_days(days).year;
  switch (part) {
    case DatePart::Year:
      return year;
    case DatePart::Decade:
      return year / 10;
    case DatePart::Century:
      return year > 0 ? (year - 1) / 100 + 1 : year / 100 - 1;
    case DatePart::Millennium:
      return year > 0 ? (year - 1) / 1000 + 1 : year / 1000 - 1;
    case DatePart::DayOfYear:
      return days - days_from_civil(year, 1, 1) + 1;
    default:  // Era
      return year > 0;
  }
}

int64_t part_of_time(DatePart part, int64_t microseconds) {
  switch (part) {
    case DatePart::Hour:
      return microseconds / (3600 * second);
    case DatePart::Minute:
      return microseconds / (60 * second) % 60;
    case DatePart::Second:
      return microseconds / second % 60;
    case DatePart::Millisecond:
      return microseconds % (60 * second) / 1000;
    case DatePart::Microsecond:
      return microseconds % (60 * second);
    case DatePart::Nanosecond:
      return microseconds % (60 * second) * 1000;
    case DatePart::Epoch:
      return microseconds / second;
    default:
      return 0;
  }
}

int64_t part_of_timestamp(DatePart part, int64_t timestamp) {
  const SplitTimestamp split = split_timestamp(timestamp);
  if (part >= DatePart::Hour) return part_of_time(part, split.time);
  const int64_t of_day = part_of_day(part, split.days);
  return part == DatePart::Epoch ? of_day + split.time / second : of_day;
}

bool is_interval_part(DatePart part) {
  switch (part) {
    case DatePart::Week:
    case DatePart::IsoYear:
    case DatePart::YearWeek:
    case DatePart::DayOfWeek:
    case DatePart::IsoDayOfWeek:
    case DatePart::DayOfYear:
    case DatePart::Era:
    case DatePart::Julian:
    case DatePart::Timezone:
    case DatePart::TimezoneHour:
    case DatePart::TimezoneMinute:
      return false;
    default:
      return true;
  }
}

int64_t part_of_interval(DatePart part, const IntervalValue& interval) {
  switch (part) {
    case DatePart::Year:
      return interval.months / 12;
    case DatePart::Month:
      return interval.months % 12;
    case DatePart::Day:
      return interval.days;
    case DatePart::Decade:
      return interval.months / 120;
    case DatePart::Century:
      return interval.months / 1200;
    case DatePart::Millennium:
      return interval.months / 12000;
    case DatePart::Quarter:
      return interval.months % 12 / 3 + 1;
    case DatePart::Epoch:
      return static_cast<int64_t>(epoch_of_interval(interval));
    default:
      return part_of_time(part, interval.microseconds);
  }
}

double epoch_of_interval(const IntervalValue& interval) {
  const int64_t quarter_days = int64_t{interval.months / 12} * 1461 +
                               (int64_t{interval.months % 12} * 30 + interval.days) * 4;
  return static_cast<double>(quarter_days * 21'600) +
         static_cast<double>(interval.microseconds) / static_cast<double>(second);
}

int64_t iso_year_start(int64_t days) {
  const IsoWeek week = iso_week(static_cast<int32_t>(days));
  return days - (iso_weekday(days) - 1) - int64_t{week.week - 1} * 7;
}

int64_t time_of_part(DatePart part) {
  constexpr int64_t second = 1'000'000;
  switch (part) {
    case DatePart::Hour:
      return 3600 * second;
    case DatePart::Minute:
      return 60 * second;
    case DatePart::Second:
    case DatePart::Epoch:
      return second;
    case DatePart::Millisecond:
      return 1000;
    case DatePart::Microsecond:
      return 1;
    default:
      return 0;
  }
}

int32_t months_of_part(DatePart part) {
  switch (part) {
    case DatePart::Month:
      return 1;
    case DatePart::Quarter:
      return 3;
    case DatePart::Year:
    case DatePart::IsoYear:
      return 12;
    case DatePart::Decade:
      return 120;
    case DatePart::Century:
      return 1200;
    case DatePart::Millennium:
      return 12000;
    default:
      return 0;
  }
}

}  // namespace whittle
