// date_trunc and time_bucket: dates and timestamps down to the start of their month, week, quarter
// of an hour. Infinities stay.
#include "columnar/numbers.hpp"
#include "exec/functions/date_part.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

struct TruncState final : FunctionState {
  explicit TruncState(DatePart part) : part(part) {}
  DatePart part;
};

std::unexpected<Error> no_trunc() {
  return fail(ErrorCode::Unsupported, "Specifier type not implemented for DATETRUNC");
}

Status check_part(DatePart part) {
  if (part == DatePart::Era || part >= DatePart::Timezone) return no_trunc();
  return {};
}

int64_t truncate_days(DatePart part, int64_t days) {
  switch (part) {
    case DatePart::Week:
    case DatePart::YearWeek:
      return days - (iso_weekday(days) - 1);
    case DatePart::IsoYear:
      return iso_year_start(days);
    default:
      break;
  }
  const int32_t months = months_of_part(part);
  if (months == 0) return days;
  const CivilDate date = civil_from_days(days);
  if (months < 12) return days_from_civil(date.year, (date.month - 1) / months * months + 1, 1);
  const int32_t years = months / 12;
  return days_from_civil(date.year / years * years, 1, 1);
}

Result<int64_t> truncate(DatePart part, int64_t timestamp) {
  if (is_infinite_timestamp(timestamp)) return timestamp;
  const int64_t unit = time_of_part(part);
  if (unit > 0) {
    const int64_t rest = timestamp % unit;
    return timestamp - (rest < 0 ? rest + unit : rest);
  }
  const auto days = truncate_days(part, split_timestamp(timestamp).days);
  const auto result = make_timestamp(static_cast<int32_t>(days), 0);
  if (!result) return fail(ErrorCode::Conversion, "Date and time not in timestamp range");
  return *result;
}

Result<int64_t> truncate(DatePart part, int32_t days) {
  if (is_infinite_date(days)) {
    return days == date_infinity ? timestamp_infinity : timestamp_minus_infinity;
  }
  const auto result = make_timestamp(static_cast<int32_t>(truncate_days(part, days)), 0);
  if (!result) return fail(ErrorCode::Conversion, "Date and time not in timestamp range");
  return *result;
}

Result<IntervalValue> truncate(DatePart part, const IntervalValue& interval) {
  const int64_t unit = time_of_part(part);
  if (unit > 0) {
    return IntervalValue{interval.months, interval.days, interval.microseconds / unit * unit};
  }
  if (part == DatePart::Week || part == DatePart::YearWeek) {
    return IntervalValue{interval.months, interval.days / 7 * 7, 0};
  }
  const int32_t months = months_of_part(part);
  if (months > 0) return IntervalValue{interval.months / months * months, 0, 0};
  return IntervalValue{interval.months, interval.days, 0};
}

template <class In, class Out>
Result<Column> trunc_kernel(KernelContext& context, std::span<const Column> arguments) {
  if (const auto* state = static_cast<const TruncState*>(context.state)) {
    const DatePart part = state->part;
    return unary<In, Out>(context, arguments[1],
                          [part](const In& in) { return truncate(part, in); });
  }
  return binary<StringRef, In, Out>(context, arguments[0], arguments[1],
                                    [](const StringRef& name, const In& in) -> Result<Out> {
                                      const DatePart part = TRY(date_part_named(name.view()));
                                      TRY(check_part(part));
                                      return truncate(part, in);
                                    });
}

// A constant part of at most a year keeps every value in range but the first of all; it counts as
// safe.
Status bind_trunc(BindCall& call) {
  const Value* name = call.constants[0];
  if (!name || name->is_null()) return {};
  const DatePart part = TRY(date_part_named(name->as_string()));
  TRY(check_part(part));
  call.state = std::make_shared<TruncState>(part);
  return {};
}

// ---- time_bucket

// Buckets of months count from January 2000, others from Monday, 3 January 2000.
constexpr int64_t second = 1'000'000;
constexpr int64_t month_origin = 946'684'800 * second;
constexpr int64_t day_origin = 946'857'600 * second;

int64_t floor_to(int64_t value, int64_t width) {
  const int64_t rest = value % width;
  return value - (rest < 0 ? rest + width : rest);
}

std::unexpected<Error> out_of_range() {
  return fail(ErrorCode::OutOfRange, "Timestamp out of range");
}

int64_t months_since_1970(int64_t timestamp) {
  const CivilDate date = civil_from_days(split_timestamp(timestamp).days);
  return (int64_t{date.year} - 1970) * 12 + date.month - 1;
}

// Widths of months keep the time of the origin out: buckets begin on the first of a month.
Result<int64_t> bucket(const IntervalValue& width, int64_t timestamp, int64_t origin) {
  if (width.months != 0) {
    if (width.days != 0 || width.microseconds != 0) {
      return fail(ErrorCode::Unsupported, "Month intervals cannot have day or time component");
    }
    if (width.months < 0) return fail(ErrorCode::Unsupported, "Period must be greater than 0");
    if (is_infinite_timestamp(timestamp)) return timestamp;
    const int64_t from = months_since_1970(origin);
    const int64_t months = from + floor_to(months_since_1970(timestamp) - from, width.months);
    const int64_t year = 1970 + floor_to(months, 12) / 12;
    const auto days = make_date(year, static_cast<int32_t>(months - floor_to(months, 12)) + 1, 1);
    const auto result = days ? make_timestamp(*days, 0) : std::nullopt;
    if (!result) return out_of_range();
    return *result;
  }
  int64_t micros;
  if (__builtin_mul_overflow(int64_t{width.days}, microseconds_per_day, &micros) ||
      __builtin_add_overflow(micros, width.microseconds, &micros)) {
    return out_of_range();
  }
  if (micros <= 0) return fail(ErrorCode::Unsupported, "Period must be greater than 0");
  if (is_infinite_timestamp(timestamp)) return timestamp;
  int64_t distance;
  if (__builtin_sub_overflow(timestamp, origin % micros, &distance)) return out_of_range();
  return floor_to(distance, micros) + origin % micros;
}

Result<int64_t> shifted(int64_t timestamp, const IntervalValue& by, bool back) {
  const auto offset = back ? negate(by) : std::optional(by);
  const auto moved = offset ? add_interval(timestamp, *offset) : std::nullopt;
  if (!moved) return out_of_range();
  return *moved;
}

// All values as timestamps; the third argument is an origin, an offset or a time zone.
Result<Column> bucket_kernel(KernelContext& context, std::span<const Column> arguments) {
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(context,
                                 [&](KernelContext& one) { return bucket_kernel(one, arguments); });
  }
  const bool dates = arguments[1].type().id() == TypeId::Date;
  const TypeId third = arguments.size() > 2 ? arguments[2].type().id() : TypeId::Null;
  const ColumnView widths(arguments[0]), values(arguments[1]), extras(arguments.back());
  const auto stamp = [](const ColumnView& view, uint32_t row, bool date) -> Result<int64_t> {
    if (!date) return view.get<int64_t>(row);
    return truncate(DatePart::Day, view.get<int32_t>(row));
  };
  Column result = TRY(kernels::make_result(context));
  kernels::merge_validity(context, arguments, result);
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!kernels::row_valid(result, row)) continue;
    const auto& width = widths.get<IntervalValue>(row);
    int64_t origin = width.months != 0 ? month_origin : day_origin;
    int64_t timestamp = TRY(stamp(values, row, dates));
    if (third == TypeId::Interval) {
      timestamp = TRY(shifted(timestamp, extras.get<IntervalValue>(row), true));
    } else if (third == TypeId::Varchar) {
      if (!equals_ignoring_case(extras.get<StringRef>(row).view(), "utc")) {
        return fail(ErrorCode::Unsupported, "time_bucket knows the time zone UTC only");
      }
    } else if (third != TypeId::Null) {
      origin = TRY(stamp(extras, row, dates));
      if (is_infinite_timestamp(origin)) {
        result.set_null(context.budget, row);
        continue;
      }
    }
    int64_t start = TRY(bucket(width, timestamp, origin));
    if (third == TypeId::Interval) {
      start = TRY(shifted(start, extras.get<IntervalValue>(row), false));
    }
    if (dates) {
      result.mutable_values<int32_t>()[row] =
          start == timestamp_infinity         ? date_infinity
          : start == timestamp_minus_infinity ? date_minus_infinity
                                              : static_cast<int32_t>(split_timestamp(start).days);
    } else {
      result.mutable_values<int64_t>()[row] = start;
    }
  }
  return result;
}

#define TRUNC_ROWS(name)                                                   \
  {name,                                                                   \
   TypeId::Timestamp,                                                      \
   trunc_kernel<int64_t, int64_t>,                                         \
   2,                                                                      \
   {TypeId::Varchar, TypeId::Timestamp},                                   \
   kCanFail,                                                               \
   bind_trunc},                                                            \
      {name,                                                               \
       TypeId::Timestamp,                                                  \
       trunc_kernel<int32_t, int64_t>,                                     \
       2,                                                                  \
       {TypeId::Varchar, TypeId::Date},                                    \
       kCanFail,                                                           \
       bind_trunc},                                                        \
      {name,                                                               \
       TypeId::TimestampTz,                                                \
       trunc_kernel<int64_t, int64_t>,                                     \
       2,                                                                  \
       {TypeId::Varchar, TypeId::TimestampTz},                             \
       kCanFail,                                                           \
       bind_trunc},                                                        \
  {                                                                        \
    name, TypeId::Interval, trunc_kernel<IntervalValue, IntervalValue>, 2, \
        {TypeId::Varchar, TypeId::Interval}, kCanFail, bind_trunc          \
  }
#define BUCKET_ROWS(type)                                                                       \
  {"time_bucket", type, bucket_kernel, 2, {TypeId::Interval, type}, kCanFail},                  \
      {"time_bucket", type, bucket_kernel, 3, {TypeId::Interval, type, type}, kCanFail}, {      \
    "time_bucket", type, bucket_kernel, 3, {TypeId::Interval, type, TypeId::Interval}, kCanFail \
  }

constexpr ScalarFunction rows[] = {
    TRUNC_ROWS("date_trunc"),
    TRUNC_ROWS("datetrunc"),
    BUCKET_ROWS(TypeId::Date),
    BUCKET_ROWS(TypeId::Timestamp),
    BUCKET_ROWS(TypeId::TimestampTz),
    {"time_bucket",
     TypeId::TimestampTz,
     bucket_kernel,
     3,
     {TypeId::Interval, TypeId::TimestampTz, TypeId::Varchar},
     kCanFail},
};

}  // namespace

std::span<const ScalarFunction> datetime_trunc_functions() {
  return rows;
}

}  // namespace whittle
