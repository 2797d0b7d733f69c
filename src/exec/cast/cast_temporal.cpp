// Dates and times among themselves. Units change by a power of 1000; going coarser rounds as DuckDB
// does, infinite dates and timestamps stay infinite.
#include <limits>

#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();
constexpr int32_t kDateInfinity = std::numeric_limits<int32_t>::max();

// Ticks per second of a timestamp type; 0 for other types.
int64_t ticks_per_second(TypeId id) {
  switch (id) {
    case TypeId::TimestampS:
      return 1;
    case TypeId::TimestampMs:
      return 1'000;
    case TypeId::Timestamp:
    case TypeId::TimestampTz:
      return 1'000'000;
    case TypeId::TimestampNs:
      return 1'000'000'000;
    default:
      return 0;
  }
}

int64_t floor_divide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

bool is_infinite(int64_t value) {
  return value == kInfinity || value == -kInfinity;
}

// DuckDB rounds half up from µs to ms and s, but truncates towards zero from ns to µs.
int64_t coarser(int64_t value, int64_t divisor, bool from_nanoseconds) {
  return from_nanoseconds ? value / divisor : floor_divide(value + divisor / 2, divisor);
}

Result<Column> timestamp_to_timestamp(const CastInput& input, int64_t from, int64_t to) {
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion, "Could not convert " +
                                            Value::from_column(input.column, row).to_string() +
                                            " to " + input.target.to_string());
  };
  return convert<int64_t, int64_t>(
      input,
      [=](int64_t in, int64_t* out) {
        *out = in;
        if (is_infinite(in) || from == to) return true;
        if (to > from) return !__builtin_mul_overflow(in, to / from, out);
        *out = coarser(in, from / to, from == 1'000'000'000 && to == 1'000'000);
        return true;
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
        if (days == kDateInfinity || days == -kDateInfinity) {
          *out = days > 0 ? kInfinity : -kInfinity;
          return true;
        }
        return !__builtin_mul_overflow(int64_t{days}, int64_t{86'400} * ticks, out);
      },
      explain);
}

Result<Column> timestamp_to_date(const CastInput& input, int64_t ticks) {
  return convert_all<int64_t, int32_t>(input, [=](int64_t in) -> int32_t {
    if (is_infinite(in)) return in > 0 ? kDateInfinity : -kDateInfinity;
    return static_cast<int32_t>(floor_divide(in, 86'400 * ticks));
  });
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
        if (is_infinite(in)) return false;
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
  const int64_t from_ticks = ticks_per_second(from), to_ticks = ticks_per_second(to);
  if (from_ticks && to_ticks) return timestamp_to_timestamp(input, from_ticks, to_ticks);
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
  if (from == TypeId::Time && to == TypeId::Interval) {
    return convert_all<int64_t, IntervalValue>(input,
                                               [](int64_t in) { return IntervalValue{0, 0, in}; });
  }
  if (from == TypeId::Interval && to == TypeId::Time) {
    return convert_all<IntervalValue, int64_t>(input, [](const IntervalValue& in) {
      return in.microseconds - floor_divide(in.microseconds, kMicrosPerDay) * kMicrosPerDay;
    });
  }
  return std::nullopt;
}

}  // namespace whittle::casts
