// Dates and times out of their parts and out of numbers, names of months and days, last_day, and
// AT TIME ZONE for UTC and fixed offsets.
#include <cmath>

#include "columnar/numbers.hpp"
#include "exec/functions/date_part.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"

namespace whittle {

namespace {

using one_loop::binary;
using one_loop::unary;
using Arguments = std::span<const Column>;

constexpr int64_t second = 1'000'000;

Result<int32_t> checked_date(int64_t year, int64_t month, int64_t day) {
  const bool small =
      month >= 1 && month <= 12 && day >= 1 && day <= 31 && std::abs(year) < 10'000'000;
  const auto date = small ? make_date(year, static_cast<int32_t>(month), static_cast<int32_t>(day))
                          : std::nullopt;
  if (!date) {
    return fail(ErrorCode::Conversion, "Date out of range: " + std::to_string(year) + "-" +
                                           std::to_string(month) + "-" + std::to_string(day));
  }
  return *date;
}

Result<int64_t> checked_time(int64_t hour, int64_t minute, double seconds) {
  const double whole = std::trunc(seconds);
  const double micros = std::round((seconds - whole) * 1e6);
  const bool end_of_day = hour == 24 && minute == 0 && seconds == 0;
  if (!end_of_day &&
      !(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && seconds >= 0 && seconds < 61)) {
    std::string text;
    append_real(text, seconds);
    return fail(ErrorCode::Conversion, "Time out of range: " + std::to_string(hour) + ":" +
                                           std::to_string(minute) + ":" + text);
  }
  return (hour * 60 + minute) * 60 * second + static_cast<int64_t>(whole) * second +
         static_cast<int64_t>(micros);
}

// All arguments as views for row-wise kernels.
struct Views {
  explicit Views(Arguments arguments) : views(arguments.begin(), arguments.end()) {}
  int64_t integer(size_t i, uint32_t row) const { return views[i].get<int64_t>(row); }
  double real(size_t i, uint32_t row) const { return views[i].get<double>(row); }
  std::vector<ColumnView> views;
};

template <class Out, class F>
Result<Column> by_row(KernelContext& context, Arguments arguments, F&& f) {
  const Views views(arguments);
  return kernels::detail::run<Out>(context, arguments, [&](uint32_t row) { return f(views, row); });
}

Result<Column> make_date_kernel(KernelContext& context, Arguments arguments) {
  return by_row<int32_t>(context, arguments, [](const Views& at, uint32_t row) {
    return checked_date(at.integer(0, row), at.integer(1, row), at.integer(2, row));
  });
}

Result<Column> date_from_days_kernel(KernelContext& context, Arguments arguments) {
  return unary<int32_t, int32_t>(context, arguments, [](int32_t days) { return days; });
}

Result<Column> make_time_kernel(KernelContext& context, Arguments arguments) {
  return by_row<int64_t>(context, arguments, [](const Views& at, uint32_t row) {
    return checked_time(at.integer(0, row), at.integer(1, row), at.real(2, row));
  });
}

Result<int32_t> zone_offset(std::string_view zone);

Result<Column> make_timestamp_kernel(KernelContext& context, Arguments arguments) {
  return by_row<int64_t>(context, arguments, [&](const Views& at, uint32_t row) -> Result<int64_t> {
    const int32_t days =
        TRY(checked_date(at.integer(0, row), at.integer(1, row), at.integer(2, row)));
    int64_t time = TRY(checked_time(at.integer(3, row), at.integer(4, row), at.real(5, row)));
    if (arguments.size() == 7) {
      time -= TRY(zone_offset(at.views[6].get<StringRef>(row).view()))
      *second;
    }
    const auto stamp = make_timestamp(days, time);
    if (!stamp) return fail(ErrorCode::Conversion, "Date and time not in timestamp range");
    return *stamp;
  });
}

// A BIGINT as it is, in the unit of the result; DuckDB's make_timestamp_ms counts milliseconds.
Result<Column> stamps(KernelContext& context, Arguments arguments, int64_t factor) {
  return unary<int64_t, int64_t>(context, arguments, [=](int64_t value) -> Result<int64_t> {
    int64_t result;
    if (__builtin_mul_overflow(value, factor, &result) || is_infinite_timestamp(result) ||
        (factor > 1 && result < timestamp_minimum)) {
      return fail(ErrorCode::Conversion, factor > 1
                                             ? "Could not convert Timestamp(MS) to Timestamp(US)"
                                             : "Timestamp out of range");
    }
    return result;
  });
}
template <int64_t factor>
Result<Column> stamp_kernel(KernelContext& context, Arguments arguments) {
  return stamps(context, arguments, factor);
}

Result<Column> to_timestamp_kernel(KernelContext& context, Arguments arguments) {
  return unary<double, int64_t>(context, arguments, [](double seconds) -> Result<int64_t> {
    const double micros = std::round(seconds * 1e6);
    if (!(micros > -9.223372022400000e18 && micros < 9.223372036854775807e18)) {
      return fail(ErrorCode::Conversion, "Epoch seconds out of range for TIMESTAMP WITH TIME ZONE");
    }
    return static_cast<int64_t>(micros);
  });
}

// The days of a DATE or TIMESTAMP column since 1970; nothing for infinities.
struct Days {
  explicit Days(const Column& column) : is_date(column.type().id() == TypeId::Date), view(column) {}
  std::optional<int64_t> operator[](uint32_t row) const {
    if (is_date) {
      const int32_t days = view.get<int32_t>(row);
      return is_infinite_date(days) ? std::nullopt : std::optional<int64_t>(days);
    }
    const int64_t stamp = view.get<int64_t>(row);
    if (is_infinite_timestamp(stamp)) return std::nullopt;
    return split_timestamp(stamp).days;
  }
  bool is_date;
  ColumnView view;
};

Result<Column> last_day_kernel(KernelContext& context, Arguments arguments) {
  const Days values(arguments[0]);
  return kernels::detail::run<int32_t>(
      context, arguments, [&](uint32_t row) -> Result<std::optional<int32_t>> {
        const std::optional<int64_t> days = values[row];
        if (!days) return std::optional<int32_t>();
        const CivilDate date = civil_from_days(*days);
        const auto end = make_date(date.year, date.month, days_in_month(date.year, date.month));
        if (!end) {
          return fail(ErrorCode::Conversion, "Date out of range: " + std::to_string(date.year) +
                                                 "-" + std::to_string(date.month + 1) + "-1");
        }
        return end;
      });
}

constexpr std::string_view month_names[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
constexpr std::string_view day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

Result<Column> names(KernelContext& context, Arguments arguments, bool month) {
  const Days values(arguments[0]);
  return kernels::detail::run<StringRef>(
      context, arguments, [&](uint32_t row) -> std::optional<StringRef> {
        const std::optional<int64_t> days = values[row];
        if (!days) return std::nullopt;
        return StringRef(month ? month_names[civil_from_days(*days).month - 1]
                               : day_names[iso_weekday(*days) % 7]);
      });
}
template <bool month>
Result<Column> name_kernel(KernelContext& context, Arguments arguments) {
  return names(context, arguments, month);
}

Result<Column> finiteness(KernelContext& context, Arguments arguments, bool finite) {
  const Days values(arguments[0]);
  return kernels::detail::run<uint8_t>(context, arguments, [&](uint32_t row) {
    return static_cast<uint8_t>(values[row].has_value() == finite);
  });
}
template <bool finite>
Result<Column> finite_kernel(KernelContext& context, Arguments arguments) {
  return finiteness(context, arguments, finite);
}

// ---- time zones

// Seconds east of UTC. Names other than UTC's and Etc/GMT±h (whose sign is turned round) need the
// time zone database, which is not part of whittle.
Result<int32_t> zone_offset(std::string_view zone) {
  for (std::string_view utc : {"utc", "gmt", "etc/utc", "etc/gmt", "z", "zulu", "etc/zulu", "uct",
                               "etc/uct", "universal", "greenwich", "gmt0", "gmt+0", "gmt-0"}) {
    if (equals_ignoring_case(zone, utc)) return 0;
  }
  std::string_view rest = zone;
  bool turned = false;
  if (rest.size() > 8 && equals_ignoring_case(rest.substr(0, 7), "etc/gmt")) {
    rest.remove_prefix(7);
    turned = true;
  }
  if (rest.size() >= 2 && (rest[0] == '+' || rest[0] == '-')) {
    const bool west = (rest[0] == '-') != turned;
    rest.remove_prefix(1);
    int32_t parts[2] = {0, 0};
    size_t part = 0, digits = 0;
    bool good = true;
    for (const char c : rest) {
      if (c == ':' && part == 0 && digits > 0) {
        part = 1, digits = 0;
      } else if (is_digit(c) && digits < 2) {
        parts[part] = parts[part] * 10 + (c - '0');
        ++digits;
      } else {
        good = false;
      }
    }
    if (good && digits > 0 && parts[0] <= 15 && parts[1] < 60) {
      const int32_t offset = (parts[0] * 60 + parts[1]) * 60;
      return west ? -offset : offset;
    }
  }
  return fail(Error(ErrorCode::Unsupported, "Unknown TimeZone '" + std::string(zone) + "'!")
                  .with_hint("UTC and fixed offsets like '+02:00' are known; names of regions are "
                             "not."));
}

// timezone(zone, TIMESTAMPTZ) is the local TIMESTAMP, timezone(zone, TIMESTAMP) the instant.
Result<Column> moved_by_zone(KernelContext& context, Arguments arguments, bool to_local) {
  return binary<StringRef, int64_t, int64_t>(
      context, arguments, [=](const StringRef& zone, int64_t stamp) -> Result<int64_t> {
        const int64_t seconds = TRY(zone_offset(zone.view()));
        if (is_infinite_timestamp(stamp)) return stamp;
        const auto moved = add_interval(stamp, {0, 0, (to_local ? seconds : -seconds) * second});
        if (!moved) return fail(ErrorCode::OutOfRange, "Timestamp out of range");
        return *moved;
      });
}
template <bool to_local>
Result<Column> zone_kernel(KernelContext& context, Arguments arguments) {
  return moved_by_zone(context, arguments, to_local);
}

uint64_t at_offset(uint64_t time, int32_t offset) {
  const int64_t utc = timetz_microseconds(time) - int64_t{timetz_offset(time)} * second;
  const int64_t local = split_timestamp(utc + int64_t{offset} * second).time;
  return make_timetz(local, offset);
}

Result<Column> timetz_zone_kernel(KernelContext& context, Arguments arguments) {
  if (arguments[0].type().id() == TypeId::Interval) {
    return binary<IntervalValue, uint64_t, uint64_t>(
        context, arguments, [](const IntervalValue& offset, uint64_t time) {
          return at_offset(time, static_cast<int32_t>(offset.microseconds / second % 57'600));
        });
  }
  return binary<StringRef, uint64_t, uint64_t>(
      context, arguments, [](const StringRef& zone, uint64_t time) -> Result<uint64_t> {
        return at_offset(time, TRY(zone_offset(zone.view())));
      });
}

// A constant zone is checked when the statement is bound.
Status bind_zone(BindCall& call) {
  const Value* zone = call.constants[0];
  if (zone && !zone->is_null() && zone->type().is_string()) TRY(zone_offset(zone->as_string()));
  return {};
}

constexpr TypeId date = TypeId::Date, stamp = TypeId::Timestamp, zoned = TypeId::TimestampTz,
                 big = TypeId::BigInt, real = TypeId::Double, text = TypeId::Varchar,
                 boolean = TypeId::Boolean;

#define DAY_ROWS(name, result, kernel, flags)                                            \
  {name, result, kernel, 1, {date}, flags}, {name, result, kernel, 1, {stamp}, flags}, { \
    name, result, kernel, 1, {zoned}, flags                                              \
  }

constexpr ScalarFunction rows[] = {
    {"make_date", date, make_date_kernel, 3, {big, big, big}, kCanFail},
    {"make_date", date, date_from_days_kernel, 1, {TypeId::Integer}},
    {"make_time", TypeId::Time, make_time_kernel, 3, {big, big, real}, kCanFail},
    {"make_timestamp", stamp, make_timestamp_kernel, 6, {big, big, big, big, big, real}, kCanFail},
    {"make_timestamp", stamp, stamp_kernel<1>, 1, {big}, kCanFail},
    {"make_timestamp_ms", stamp, stamp_kernel<1000>, 1, {big}, kCanFail},
    {"make_timestamp_ns", TypeId::TimestampNs, stamp_kernel<1>, 1, {big}, kCanFail},
    {"make_timestamptz",
     zoned,
     make_timestamp_kernel,
     6,
     {big, big, big, big, big, real},
     kCanFail},
    {"make_timestamptz",
     zoned,
     make_timestamp_kernel,
     7,
     {big, big, big, big, big, real, text},
     kCanFail},
    {"make_timestamptz", zoned, stamp_kernel<1>, 1, {big}, kCanFail},
    {"epoch_ms", stamp, stamp_kernel<1000>, 1, {big}, kCanFail},
    {"to_timestamp", zoned, to_timestamp_kernel, 1, {real}, kCanFail},
    DAY_ROWS("last_day", date, last_day_kernel, kCanFail),
    DAY_ROWS("monthname", text, name_kernel<true>, kNone),
    DAY_ROWS("dayname", text, name_kernel<false>, kNone),
    DAY_ROWS("isfinite", boolean, finite_kernel<true>, kNone),
    DAY_ROWS("isinf", boolean, finite_kernel<false>, kNone),
    {"timezone", stamp, zone_kernel<true>, 2, {text, zoned}, kCanFail, bind_zone},
    {"timezone", zoned, zone_kernel<false>, 2, {text, stamp}, kCanFail, bind_zone},
    {"timezone",
     TypeId::TimeTz,
     timetz_zone_kernel,
     2,
     {text, TypeId::TimeTz},
     kCanFail,
     bind_zone},
    {"timezone", TypeId::TimeTz, timetz_zone_kernel, 2, {TypeId::Interval, TypeId::TimeTz}},
};

}  // namespace

std::span<const ScalarFunction> datetime_make_functions() {
  return rows;
}

}  // namespace whittle
