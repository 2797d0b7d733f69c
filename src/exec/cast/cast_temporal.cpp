// Dates and times among themselves. Units change by a power of 1000; going coarser rounds as DuckDB
// does, infinite dates and timestamps stay infinite.
#include "columnar/datetime.hpp"
#include "columnar/interval.hpp"
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

// Ticks per second of a timestamp type; 0 for other types.
int64_t ticks_per_second(const Type& type) {
  return type.is_timestamp() ? timestamp_units_per_second(type.id()) : 0;
}

int64_t floor_divide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

Result<Column> timestamp_to_timestamp(const CastInput& input) {
  const TypeId from = input.column.type().id(), to = input.target.id();
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion, "Could not convert " +
                                            Value::from_column(input.column, row).to_string() +
                                            " to " + input.target.to_string());
  };
  return convert<int64_t, int64_t>(
      input,
      [=](int64_t in, int64_t* out) {
        const std::optional<int64_t> converted = convert_timestamp(in, from, to);
        if (converted) *out = *converted;
        return converted.has_value();
      },
      explain);
}

Result<Column> date_to_timestamp(const CastInput& input, int64_t ticks) {
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion, "Could not convert DATE " +
                                            Value::from_column(input.column, row).to_string() +
                                            " to " + input.target.to_string() + ": out of range");
  };
  return convert<int32_t, int64_t>(
      input,
      [=](int32_t days, int64_t* out) {
        if (days == date_infinity || days == date_minus_infinity) {
          *out = days > 0 ? timestamp_infinity : timestamp_minus_infinity;
          return true;
        }
        int64_t micros;  // the range is TIMESTAMP's, whatever the unit
        return !__builtin_mul_overflow(int64_t{days}, microseconds_per_day, &micros) &&
               !__builtin_mul_overflow(int64_t{days}, int64_t{86'400} * ticks, out);
      },
      explain);
}

Result<Column> timestamp_to_date(const CastInput& input, int64_t ticks) {
  return convert_all<int64_t, int32_t>(input, [=](int64_t in) -> int32_t {
    if (is_infinite_timestamp(in)) return in > 0 ? date_infinity : date_minus_infinity;
    return static_cast<int32_t>(floor_divide(in, 86'400 * ticks));
  });
}

// An infinite timestamp has no time: NULL, even for CAST.
Result<Column> timestamp_to_timetz(const CastInput& input) {
  const CastInput lenient{input.column, input.target, input.rows, false, input.budget};
  return convert<int64_t, uint64_t>(
      lenient,
      [](int64_t in, uint64_t* out) {
        *out = make_timetz(split_timestamp(in).time, 0);
        return !is_infinite_timestamp(in);
      },
      [](uint32_t) { return Error(ErrorCode::Internal, "cast"); });
}

// The time of day in the target's unit; an infinite timestamp has none.
Result<Column> timestamp_to_time(const CastInput& input, int64_t ticks) {
  const bool nanoseconds = input.target.id() == TypeId::TimeNs;
  const int64_t target_ticks = nanoseconds ? 1'000'000'000 : 1'000'000;
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion,
                 "Could not convert an infinite timestamp to " + input.target.to_string());
  };
  return convert<int64_t, int64_t>(
      input,
      [=](int64_t in, int64_t* out) {
        if (is_infinite_timestamp(in)) return false;
        const int64_t day = 86'400 * ticks;
        const int64_t of_day = in - floor_divide(in, day) * day;
        *out = ticks > target_ticks ? of_day / (ticks / target_ticks)
                                    : of_day * (target_ticks / ticks);
        return true;
      },
      explain);
}

}  // namespace

CastResult cast_temporal(const CastInput& input) {
  const TypeId from = input.column.type().id(), to = input.target.id();
  const int64_t from_ticks = ticks_per_second(input.column.type());
  const int64_t to_ticks = ticks_per_second(input.target);
  if (from == TypeId::TimestampNs && to_ticks == 1'000'000) {  // cut off, not rounded
    return convert_all<int64_t, int64_t>(
        input, [](int64_t in) { return is_infinite_timestamp(in) ? in : in / 1000; });
  }
  if (from_ticks && to_ticks) return timestamp_to_timestamp(input);
  if (from == TypeId::TimestampTz && to == TypeId::TimeTz) {
    return timestamp_to_timetz(input);
  }
  if (from == TypeId::Date && to_ticks) return date_to_timestamp(input, to_ticks);
  if (from_ticks && to == TypeId::Date) return timestamp_to_date(input, from_ticks);
  if (from_ticks && (to == TypeId::Time || to == TypeId::TimeNs))
    return timestamp_to_time(input, from_ticks);
  if (from == TypeId::Time && to == TypeId::TimeNs) {
    return convert_all<int64_t, int64_t>(input, [](int64_t in) { return in * 1000; });
  }
  if (from == TypeId::TimeNs && to == TypeId::Time) {
    return convert_all<int64_t, int64_t>(input, [](int64_t in) { return in / 1000; });
  }
  // TIMETZ keeps (57599 - offset) in its low 24 bits: 57599 is UTC. DuckDB's time of a TIMETZ is
  // local.
  if (from == TypeId::Time && to == TypeId::TimeTz) {
    return convert_all<int64_t, uint64_t>(
        input, [](int64_t in) { return static_cast<uint64_t>(in) << 24 | 57'599; });
  }
  if (from == TypeId::TimeTz && to == TypeId::Time) {
    return convert_all<uint64_t, int64_t>(
        input, [](uint64_t in) { return static_cast<int64_t>(in >> 24); });
  }
  return std::nullopt;
}

}  // namespace whittle::casts
