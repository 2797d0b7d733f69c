// date_diff (boundaries crossed), date_sub (whole parts elapsed) and age (years, months, days and
// time between two timestamps). Infinities give NULL.
#include "exec/functions/date_part.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

struct PartState final : FunctionState {
  explicit PartState(DatePart part) : part(part) {}
  DatePart part;
};

// False beyond the range of TIMESTAMP.
bool join(const SplitTimestamp& split, int64_t& microseconds) {
  return !__builtin_mul_overflow(split.days, microseconds_per_day, &microseconds) &&
         !__builtin_add_overflow(microseconds, split.time, &microseconds);
}

std::unexpected<Error> no_part(std::string_view function) {
  return fail(ErrorCode::Unsupported,
              "Specifier type not implemented for " + std::string(function));
}

// The number of boundaries of the part between two timestamps.
Result<int64_t> boundaries(DatePart part, const SplitTimestamp& from, const SplitTimestamp& to) {
  const int64_t first = from.days, last = to.days;
  if (const int64_t unit = time_of_part(part)) {
    int64_t count;  // of dates that are millions of years apart
    if (__builtin_mul_overflow(last - first, microseconds_per_day / unit, &count)) {
      return fail(ErrorCode::OutOfRange, "Overflow in DATEDIFF");
    }
    return count + to.time / unit - from.time / unit;
  }
  switch (part) {
    case DatePart::Day:
    case DatePart::DayOfWeek:
    case DatePart::IsoDayOfWeek:
    case DatePart::DayOfYear:
    case DatePart::Julian:
      return last - first;
    case DatePart::Week:
    case DatePart::YearWeek:
      return (last - first) / 7;
    case DatePart::IsoYear:
      return part_of_day(part, last) - part_of_day(part, first);
    default:
      break;
  }
  const int32_t months = months_of_part(part);
  if (months == 0) return no_part("DATEDIFF");
  const CivilDate a = civil_from_days(first), b = civil_from_days(last);
  if (months >= 12) return int64_t{b.year} / (months / 12) - int64_t{a.year} / (months / 12);
  return (int64_t{b.year} * 12 + b.month - 1) / months -
         (int64_t{a.year} * 12 + a.month - 1) / months;
}

// Borrows from the next larger field until none is negative; days are borrowed from the month of
// the earlier or later date, as PostgreSQL and DuckDB do.
IntervalValue age_between(int64_t a, int64_t b) {
  const bool flipped = a < b;
  const SplitTimestamp split_a = split_timestamp(a), split_b = split_timestamp(b);
  const CivilDate date_a = civil_from_days(split_a.days), date_b = civil_from_days(split_b.days);
  int64_t years = date_a.year - date_b.year, months = date_a.month - date_b.month;
  int64_t days = date_a.day - date_b.day, time = split_a.time - split_b.time;
  if (flipped) years = -years, months = -months, days = -days, time = -time;
  if (time < 0) time += microseconds_per_day, --days;
  while (days < 0) {
    const CivilDate& month = flipped ? date_a : date_b;
    days += days_in_month(month.year, month.month);
    --months;
  }
  if (months < 0) months += 12, --years;
  IntervalValue result{static_cast<int32_t>(years * 12 + months), static_cast<int32_t>(days), time};
  if (flipped) result = {-result.months, -result.days, -result.microseconds};
  return result;
}

// Whole months from one timestamp to a later one: the last day of a month counts as reaching any
// later day of longer months.
int64_t whole_months(int64_t from, int64_t to) {
  if (from > to) return -whole_months(to, from);
  const SplitTimestamp start = split_timestamp(from), end = split_timestamp(to);
  const CivilDate end_date = civil_from_days(end.days);
  const int32_t end_days = days_in_month(end_date.year, end_date.month);
  if (end_date.day == end_days) {
    const CivilDate date = civil_from_days(start.days);
    if (date.day > end_days || (date.day == end_days && start.time < end.time)) {
      from = days_from_civil(date.year, date.month, end_days) * microseconds_per_day + start.time;
    }
  }
  return age_between(to, from).months;
}

Result<int64_t> elapsed(DatePart part, const SplitTimestamp& first, const SplitTimestamp& last) {
  int64_t from, to;
  if (!join(first, from) || !join(last, to)) {
    return fail(ErrorCode::Conversion, "Date and time not in timestamp range");
  }
  int64_t unit = time_of_part(part);
  switch (part) {
    case DatePart::Day:
    case DatePart::DayOfWeek:
    case DatePart::IsoDayOfWeek:
    case DatePart::DayOfYear:
    case DatePart::Julian:
      unit = microseconds_per_day;
      break;
    case DatePart::Week:
    case DatePart::YearWeek:
      unit = 7 * microseconds_per_day;
      break;
    default:
      break;
  }
  if (unit != 0) {
    int64_t difference;
    if (__builtin_sub_overflow(to, from, &difference)) {
      return fail(ErrorCode::OutOfRange, "Overflow in subtraction of INT64 (" + std::to_string(to) +
                                             " - " + std::to_string(from) + ")!");
    }
    return difference / unit;
  }
  const int32_t months = months_of_part(part);
  if (months == 0) return no_part("DATESUB");
  return whole_months(from, to) / months;
}

using Measure = Result<int64_t> (*)(DatePart, const SplitTimestamp&, const SplitTimestamp&);

// Dates count as their midnight; times as a day of 1970.
template <Measure measure>
Result<Column> difference_kernel(KernelContext& context, std::span<const Column> arguments) {
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(
        context, [&](KernelContext& one) { return difference_kernel<measure>(one, arguments); });
  }
  const auto* state = static_cast<const PartState*>(context.state);
  const TypeId type = arguments[1].type().id();
  const ColumnView names(arguments[0]), starts(arguments[1]), ends(arguments[2]);
  const auto stamp = [type](const ColumnView& view, uint32_t row) -> std::optional<SplitTimestamp> {
    if (type == TypeId::Date) {
      const int32_t days = view.get<int32_t>(row);
      if (is_infinite_date(days)) return std::nullopt;
      return SplitTimestamp{days, 0};
    }
    const int64_t value = view.get<int64_t>(row);
    if (type != TypeId::Time && is_infinite_timestamp(value)) return std::nullopt;
    return split_timestamp(value);
  };
  return kernels::detail::run<int64_t>(
      context, arguments, [&](uint32_t row) -> Result<std::optional<int64_t>> {
        const auto from = stamp(starts, row), to = stamp(ends, row);
        if (!from || !to) return std::optional<int64_t>();
        const DatePart part =
            state ? state->part : TRY(date_part_named(names.get<StringRef>(row).view()));
        if (type == TypeId::Time && !is_time_part(part)) {
          return fail(
              ErrorCode::Unsupported,
              "\"time\" units \"" + std::string(date_part_name(part)) + "\" not recognized");
        }
        return std::optional<int64_t>(TRY(measure(part, *from, *to)));
      });
}

Status bind_difference(BindCall& call) {
  const Value* name = call.constants[0];
  if (!name || name->is_null()) return {};
  const DatePart part = TRY(date_part_named(name->as_string()));
  call.state = std::make_shared<PartState>(part);
  if (time_of_part(part) == 0 && months_of_part(part) == 0) return {};
  const bool times = call.arguments[1].id() == TypeId::Time;
  if (!times || is_time_part(part)) call.flags = static_cast<uint8_t>(call.flags & ~kCanFail);
  return {};
}

Result<Column> age_kernel(KernelContext& context, std::span<const Column> arguments) {
  return kernels::binary<int64_t, int64_t, IntervalValue>(
      context, arguments[0], arguments[1],
      [](int64_t a, int64_t b) -> std::optional<IntervalValue> {
        if (is_infinite_timestamp(a) || is_infinite_timestamp(b)) return std::nullopt;
        return age_between(a, b);
      });
}

#define DIFFERENCE_ROW(name, measure, type)                                                \
  {name,     TypeId::BigInt, difference_kernel<measure>, 3, {TypeId::Varchar, type, type}, \
   kCanFail, bind_difference}
#define DIFFERENCE_ROWS(name, measure)                                                           \
  DIFFERENCE_ROW(name, measure, TypeId::Timestamp), DIFFERENCE_ROW(name, measure, TypeId::Date), \
      DIFFERENCE_ROW(name, measure, TypeId::TimestampTz),                                        \
      DIFFERENCE_ROW(name, measure, TypeId::Time)

constexpr ScalarFunction rows[] = {
    DIFFERENCE_ROWS("date_diff", boundaries),
    DIFFERENCE_ROWS("datediff", boundaries),
    DIFFERENCE_ROWS("date_sub", elapsed),
    DIFFERENCE_ROWS("datesub", elapsed),
    {"age", TypeId::Interval, age_kernel, 2, {TypeId::Timestamp, TypeId::Timestamp}},
    {"age", TypeId::Interval, age_kernel, 2, {TypeId::TimestampTz, TypeId::TimestampTz}},
};

}  // namespace

std::span<const ScalarFunction> datetime_difference_functions() {
  return rows;
}

}  // namespace whittle
