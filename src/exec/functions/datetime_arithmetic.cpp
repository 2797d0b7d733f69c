// + - * / on dates, times and intervals, and the constructors of intervals.
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

std::unexpected<Error> timestamp_range() {
  return fail(ErrorCode::Conversion, "Date and time not in timestamp range");
}
std::unexpected<Error> interval_range(std::string_view verb) {
  return fail(ErrorCode::OutOfRange, "Overflow in " + std::string(verb) + " of INTERVAL.");
}

template <class T>
Result<T> in_range(const std::optional<T>& value) {
  if (!value) return timestamp_range();
  return *value;
}

// `swapped`: the interval, number or time is the first argument. Which it is, and the sign, are
// known at compile time only in the rows of the table: the loops are the same.
Result<Column> move_date_by_days(KernelContext& context, Arguments arguments, bool minus,
                                 bool swapped) {
  return binary<int32_t, int32_t, int32_t>(
      context, arguments,
      [=](int32_t date, int32_t days) -> Result<int32_t> {
        const auto sum = add_days(date, minus ? -int64_t{days} : int64_t{days});
        if (!sum) return fail(ErrorCode::OutOfRange, "Date out of range");
        return *sum;
      },
      swapped);
}
template <bool minus, bool swapped>
Result<Column> date_days_kernel(KernelContext& context, Arguments arguments) {
  return move_date_by_days(context, arguments, minus, swapped);
}

Result<Column> date_date_kernel(KernelContext& context, Arguments arguments) {
  return binary<int32_t, int32_t, int64_t>(
      context, arguments, [](int32_t a, int32_t b) { return int64_t{a} - int64_t{b}; });
}

Result<Column> stamp_stamp_kernel(KernelContext& context, Arguments arguments) {
  return binary<int64_t, int64_t, IntervalValue>(
      context, arguments, [](int64_t a, int64_t b) -> Result<IntervalValue> {
        if (is_infinite_timestamp(a) || is_infinite_timestamp(b)) {
          return fail(ErrorCode::InvalidArgument, "Cannot subtract infinite timestamps");
        }
        const auto difference = timestamp_difference(a, b);
        if (!difference)
          return fail(ErrorCode::OutOfRange, "Timestamp difference is out of bounds");
        return *difference;
      });
}

Result<IntervalValue> signed_interval(const IntervalValue& interval, bool minus) {
  if (!minus) return interval;
  const auto negated = negate(interval);
  if (!negated) return interval_range("negation");
  return *negated;
}

Result<Column> move_date(KernelContext& context, Arguments arguments, bool minus, bool swapped) {
  return binary<int32_t, IntervalValue, int64_t>(
      context, arguments,
      [=](int32_t date, const IntervalValue& interval) -> Result<int64_t> {
        return in_range(add_interval_to_date(date, TRY(signed_interval(interval, minus))));
      },
      swapped);
}
template <bool minus, bool swapped>
Result<Column> date_interval_kernel(KernelContext& context, Arguments arguments) {
  return move_date(context, arguments, minus, swapped);
}

Result<Column> move_stamp(KernelContext& context, Arguments arguments, bool minus, bool swapped) {
  return binary<int64_t, IntervalValue, int64_t>(
      context, arguments,
      [=](int64_t stamp, const IntervalValue& interval) -> Result<int64_t> {
        return in_range(add_interval(stamp, TRY(signed_interval(interval, minus))));
      },
      swapped);
}
template <bool minus, bool swapped>
Result<Column> stamp_interval_kernel(KernelContext& context, Arguments arguments) {
  return move_stamp(context, arguments, minus, swapped);
}

// TIME, and TIME WITH TIME ZONE, whose offset stays.
Result<Column> move_time(KernelContext& context, Arguments arguments, bool minus, bool swapped) {
  const bool zoned = arguments[swapped].type().id() == TypeId::TimeTz;
  return binary<uint64_t, IntervalValue, uint64_t>(
      context, arguments,
      [=](uint64_t time, const IntervalValue& interval) -> Result<uint64_t> {
        const auto micros = zoned ? timetz_microseconds(time) : static_cast<int64_t>(time);
        const auto moved = add_interval_to_time(micros, TRY(signed_interval(interval, minus)));
        return zoned ? make_timetz(moved, timetz_offset(time)) : static_cast<uint64_t>(moved);
      },
      swapped);
}
template <bool minus, bool swapped>
Result<Column> time_interval_kernel(KernelContext& context, Arguments arguments) {
  return move_time(context, arguments, minus, swapped);
}

Result<Column> date_with_time(KernelContext& context, Arguments arguments, bool swapped) {
  const bool zoned = arguments[!swapped].type().id() == TypeId::TimeTz;
  const auto join = [zoned](int32_t date, uint64_t time) -> Result<int64_t> {
    if (is_infinite_date(date)) {
      return date == date_infinity ? timestamp_infinity : timestamp_minus_infinity;
    }
    const int64_t micros =
        zoned ? timetz_microseconds(time) - int64_t{timetz_offset(time)} * 1'000'000
              : static_cast<int64_t>(time);
    const auto stamp = make_timestamp(date, micros);
    if (!stamp) return fail(ErrorCode::OutOfRange, "Timestamp out of range");
    return *stamp;
  };
  return binary<int32_t, uint64_t, int64_t>(context, arguments, join, swapped);
}
template <bool swapped>
Result<Column> date_time_kernel(KernelContext& context, Arguments arguments) {
  return date_with_time(context, arguments, swapped);
}

// ---- intervals

Result<Column> sum_of_intervals(KernelContext& context, Arguments arguments, bool minus) {
  return binary<IntervalValue, IntervalValue, IntervalValue>(
      context, arguments,
      [=](const IntervalValue& a, const IntervalValue& b) -> Result<IntervalValue> {
        const auto sum = add(a, TRY(signed_interval(b, minus)));
        if (!sum) return interval_range(minus ? "subtraction" : "addition");
        return *sum;
      });
}
template <bool minus>
Result<Column> interval_interval_kernel(KernelContext& context, Arguments arguments) {
  return sum_of_intervals(context, arguments, minus);
}

Result<Column> negate_kernel(KernelContext& context, Arguments arguments) {
  return unary<IntervalValue, IntervalValue>(
      context, arguments, [](const IntervalValue& a) { return signed_interval(a, true); });
}

Result<Column> multiple(KernelContext& context, Arguments arguments, bool swapped) {
  return binary<IntervalValue, int64_t, IntervalValue>(
      context, arguments,
      [](const IntervalValue& a, int64_t factor) -> Result<IntervalValue> {
        const auto product = multiply(a, factor);
        if (!product) return interval_range("multiplication");
        return *product;
      },
      swapped);
}
template <bool swapped>
Result<Column> times_kernel(KernelContext& context, Arguments arguments) {
  return multiple(context, arguments, swapped);
}

// Fractions of a month become days of 30 to the month, fractions of a day time.
std::optional<IntervalValue> scaled(const IntervalValue& interval, double factor) {
  const double months = interval.months * factor;
  if (!(std::abs(months) <= INT32_MAX)) return std::nullopt;
  const double whole_months = std::trunc(months);
  // As PostgreSQL, rests are rounded to six digits on their way down.
  const auto six_digits = [](double value) { return std::nearbyint(value * 1e6) / 1e6; };
  double day_rest = six_digits((months - whole_months) * 30);
  const double from_months = std::trunc(day_rest);
  double days = interval.days * factor;
  if (!(std::abs(days) < INT32_MAX - 31.0)) return std::nullopt;
  const double whole_days = std::trunc(days);
  day_rest = (day_rest - from_months) + (days - whole_days);
  const double micros = std::nearbyint(static_cast<double>(interval.microseconds) * factor +
                                       six_digits(day_rest * 86'400) * 1e6);
  if (!(std::abs(micros) < 9.2e18)) return std::nullopt;
  return IntervalValue{static_cast<int32_t>(whole_months),
                       static_cast<int32_t>(whole_days + from_months),
                       static_cast<int64_t>(micros)};
}

Result<Column> scaled_by(KernelContext& context, Arguments arguments, bool swapped) {
  return binary<IntervalValue, double, IntervalValue>(
      context, arguments,
      [](const IntervalValue& a, double factor) -> Result<IntervalValue> {
        const auto product = scaled(a, factor);
        if (!product) return interval_range("multiplication");
        return *product;
      },
      swapped);
}
template <bool swapped>
Result<Column> scale_kernel(KernelContext& context, Arguments arguments) {
  return scaled_by(context, arguments, swapped);
}

Result<Column> divide_kernel(KernelContext& context, Arguments arguments) {
  return binary<IntervalValue, double, IntervalValue>(
      context, arguments,
      [](const IntervalValue& a, double divisor) -> Result<std::optional<IntervalValue>> {
        if (divisor == 0) return std::optional<IntervalValue>();
        const auto quotient = scaled(a, 1 / divisor);
        if (!quotient) return interval_range("division");
        return quotient;
      });
}

Result<Column> normalized_kernel(KernelContext& context, Arguments arguments) {
  return unary<IntervalValue, IntervalValue>(context, arguments, [](const IntervalValue& interval) {
    const NormalizedInterval parts = normalize(interval);
    return IntervalValue{static_cast<int32_t>(parts.months), static_cast<int32_t>(parts.days),
                         parts.microseconds};
  });
}

// to_years(3): `count` units of the function's name.
struct UnitState final : FunctionState {
  IntervalValue unit;
  std::string_view name;
};

Status bind_unit(BindCall& call) {
  const std::string_view name = call.name.substr(3);
  const auto unit = interval_unit(name);
  if (!unit) return fail(ErrorCode::Internal, "no unit " + std::string(name));
  auto state = std::make_shared<UnitState>();
  state->unit = *unit;
  state->name = name;
  call.state = std::move(state);
  return {};
}

Result<Column> unit_kernel(KernelContext& context, Arguments arguments) {
  const auto& state = static_cast<const UnitState&>(*context.state);
  const auto range = [&](const std::string& count) {
    return fail(ErrorCode::OutOfRange,
                "Interval value " + count + " " + std::string(state.name) + " out of range");
  };
  if (arguments[0].type().id() == TypeId::Double) {
    return unary<double, IntervalValue>(
        context, arguments, [&](double count) -> Result<IntervalValue> {
          const double micros = std::round(count * static_cast<double>(state.unit.microseconds));
          if (!(std::abs(micros) < 9223372036854775807.0)) {
            std::string text;
            append_real(text, count);
            return range(text);
          }
          return IntervalValue{0, 0, static_cast<int64_t>(micros)};
        });
  }
  return unary<int64_t, IntervalValue>(context, arguments,
                                       [&](int64_t count) -> Result<IntervalValue> {
                                         const auto product = multiply(state.unit, count);
                                         if (!product) return range(std::to_string(count));
                                         return *product;
                                       });
}

constexpr TypeId date = TypeId::Date, stamp = TypeId::Timestamp, zoned = TypeId::TimestampTz,
                 interval = TypeId::Interval, time_of_day = TypeId::Time, timetz = TypeId::TimeTz;

#define MOVE_ROWS(symbol, minus)                                                             \
  {symbol, date, date_days_kernel<minus, false>, 2, {date, TypeId::Integer}, kCanFail},      \
      {symbol, stamp, date_interval_kernel<minus, false>, 2, {date, interval}, kCanFail},    \
      {symbol, stamp, stamp_interval_kernel<minus, false>, 2, {stamp, interval}, kCanFail},  \
      {symbol, zoned, stamp_interval_kernel<minus, false>, 2, {zoned, interval}, kCanFail},  \
      {symbol, time_of_day, time_interval_kernel<minus, false>, 2, {time_of_day, interval}}, \
      {symbol, timetz, time_interval_kernel<minus, false>, 2, {timetz, interval}}, {         \
    symbol, interval, interval_interval_kernel<minus>, 2, {interval, interval}, kCanFail     \
  }
#define UNIT_ROW(name) {name, interval, unit_kernel, 1, {TypeId::BigInt}, kCanFail, bind_unit}

constexpr ScalarFunction rows[] = {
    MOVE_ROWS("+", false),
    MOVE_ROWS("-", true),
    MOVE_ROWS("date_add", false),
    {"+", date, date_days_kernel<false, true>, 2, {TypeId::Integer, date}, kCanFail},
    {"+", stamp, date_interval_kernel<false, true>, 2, {interval, date}, kCanFail},
    {"+", stamp, stamp_interval_kernel<false, true>, 2, {interval, stamp}, kCanFail},
    {"+", zoned, stamp_interval_kernel<false, true>, 2, {interval, zoned}, kCanFail},
    {"+", time_of_day, time_interval_kernel<false, true>, 2, {interval, time_of_day}},
    {"+", timetz, time_interval_kernel<false, true>, 2, {interval, timetz}},
    {"+", stamp, date_time_kernel<false>, 2, {date, time_of_day}, kCanFail},
    {"+", stamp, date_time_kernel<true>, 2, {time_of_day, date}, kCanFail},
    {"+", zoned, date_time_kernel<false>, 2, {date, timetz}, kCanFail},
    {"+", zoned, date_time_kernel<true>, 2, {timetz, date}, kCanFail},
    {"-", TypeId::BigInt, date_date_kernel, 2, {date, date}},
    {"-", interval, stamp_stamp_kernel, 2, {stamp, stamp}, kCanFail},
    {"-", interval, stamp_stamp_kernel, 2, {zoned, zoned}, kCanFail},
    {"-", interval, negate_kernel, 1, {interval}, kCanFail},
    {"*", interval, times_kernel<false>, 2, {interval, TypeId::BigInt}, kCanFail},
    {"*", interval, times_kernel<true>, 2, {TypeId::BigInt, interval}, kCanFail},
    {"*", interval, scale_kernel<false>, 2, {interval, TypeId::Double}, kCanFail},
    {"*", interval, scale_kernel<true>, 2, {TypeId::Double, interval}, kCanFail},
    {"/", interval, divide_kernel, 2, {interval, TypeId::Double}, kCanFail},
    {"normalized_interval", interval, normalized_kernel, 1, {interval}},
    UNIT_ROW("to_years"),
    UNIT_ROW("to_months"),
    UNIT_ROW("to_quarters"),
    UNIT_ROW("to_decades"),
    UNIT_ROW("to_centuries"),
    UNIT_ROW("to_millennia"),
    UNIT_ROW("to_weeks"),
    UNIT_ROW("to_days"),
    UNIT_ROW("to_hours"),
    UNIT_ROW("to_minutes"),
    UNIT_ROW("to_microseconds"),
    {"to_seconds", interval, unit_kernel, 1, {TypeId::Double}, kCanFail, bind_unit},
    {"to_milliseconds", interval, unit_kernel, 1, {TypeId::Double}, kCanFail, bind_unit},
};

}  // namespace

std::span<const ScalarFunction> datetime_arithmetic_functions() {
  return rows;
}

}  // namespace whittle
