// avg: exact sums of integers and decimals divided once (in long double, as DuckDB), temporal types
// through their counts, and the compensated favg.
#include "columnar/datetime.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/aggregates/sums.hpp"

namespace whittle::aggregates {

namespace {

struct DecimalScale : FunctionState {
  explicit DecimalScale(uint8_t scale) : scale(scale) {}
  uint8_t scale;
};

long double divisor(uint64_t count, const AggregateContext& context) {
  long double value = static_cast<long double>(count);
  if (context.state) {
    for (int i = 0; i < static_cast<const DecimalScale*>(context.state)->scale; ++i) value *= 10;
  }
  return value;
}

template <class T>
struct AverageSmall : NarrowSum<T> {
  using Out = double;
  static bool result(const typename NarrowSum<T>::State& state, AggregateContext& context,
                     Out& out) {
    if (state.count == 0) return false;
    out = static_cast<double>(static_cast<long double>(state.sum.value()) /
                              divisor(state.count, context));
    return true;
  }
};

template <class T>
struct AverageWide : WideSum<T> {
  using Out = double;
  static bool result(const typename WideSum<T>::State& state, AggregateContext& context, Out& out) {
    if (state.count == 0) return false;
    out = static_cast<double>(static_cast<long double>(state.sum) / divisor(state.count, context));
    return true;
  }
};

// DATE, TIME and TIMESTAMP: to the nearest unit, dates as TIMESTAMP.
template <class T>
struct AverageTemporal : NarrowSum<T> {
  using State = typename NarrowSum<T>::State;
  using Out = int64_t;
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    int128_t sum = state.sum.value();
    if constexpr (sizeof(T) == 4) sum *= 86'400'000'000;
    const auto count = static_cast<int128_t>(state.count);
    out = static_cast<int64_t>(sum / count + (sum % count > count / 2));  // as DuckDB rounds
    return true;
  }
};

// As instants of one day at +00.
struct AverageTimeTz {
  using Instants = AverageTemporal<int64_t>;
  using In = uint64_t;
  using State = Instants::State;
  using Out = uint64_t;
  static void add(State& state, uint64_t value) { Instants::add(state, timetz_instant(value)); }
  static void merge(State& into, const State& from) { Instants::merge(into, from); }
  static bool result(const State& state, AggregateContext& context, Out& out) {
    int64_t instant = 0;
    const bool any = Instants::result(state, context, instant);
    out = make_timetz(instant, 0);
    return any;
  }
};

template <class Base>
struct AverageReal : Base {
  using Out = double;
  static bool result(const typename Base::State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    out = state.sum / static_cast<double>(state.count);
    return true;
  }
};
using AverageDouble = AverageReal<RealSum>;
using AverageKahan = AverageReal<CompensatedSum>;

// The parts are averaged one by one; what does not divide is carried down.
struct AverageInterval {
  using In = IntervalValue;
  struct State {
    int64_t months, days;
    int128_t microseconds;
    uint64_t count;
  };
  using Out = IntervalValue;
  static void add(State& state, const IntervalValue& value) {
    state.months += value.months;
    state.days += value.days;
    state.microseconds += value.microseconds;
    ++state.count;
  }
  static void merge(State& into, const State& from) {
    into.months += from.months;
    into.days += from.days;
    into.microseconds += from.microseconds;
    into.count += from.count;
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    const auto count = static_cast<int128_t>(state.count);
    const int128_t days = state.days + state.months % count * 30;
    const int128_t micros = state.microseconds + days % count * 86'400'000'000;
    out.months = static_cast<int32_t>(state.months / count);
    out.days = static_cast<int32_t>(days / count);
    out.microseconds = static_cast<int64_t>(micros / count);
    return true;
  }
};

Status bind_average(BindCall& call) {
  Type& type = call.arguments[0];
  type = summed_as(type);
  switch (type.id()) {
    case TypeId::Date:
      bind_unary<AverageTemporal, int32_t>(call, TypeId::Timestamp);
      return {};
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::TimestampNs:
      type = TypeId::Timestamp;
      [[fallthrough]];
    case TypeId::Timestamp:
    case TypeId::TimestampTz:
    case TypeId::Time:
      bind_unary<AverageTemporal, int64_t>(call, type);
      return {};
    case TypeId::TimeTz:
      bind_operations(call, unary_aggregate<AverageTimeTz>, sizeof(AverageTimeTz::State), type);
      return {};
    case TypeId::Interval:
      bind_operations(call, unary_aggregate<AverageInterval>, sizeof(AverageInterval::State), type);
      return {};
    default:
      break;
  }
  if (!type.is_numeric()) return no_match(call);
  if (type.id() == TypeId::Decimal)
    call.state = std::make_shared<DecimalScale>(type.decimal_scale());
  const Type result = TypeId::Double;
  switch (type.physical()) {
    case PhysicalType::Int16:
      bind_unary<AverageSmall, int16_t>(call, result);
      return {};
    case PhysicalType::Int32:
      bind_unary<AverageSmall, int32_t>(call, result);
      return {};
    case PhysicalType::Int64:
      bind_unary<AverageSmall, int64_t>(call, result);
      return {};
    case PhysicalType::Int128:
      bind_unary<AverageWide, int128_t>(call, result);
      return {};
    default:
      bind_operations(call, unary_aggregate<AverageDouble>, sizeof(AverageDouble::State), result);
      return {};
  }
}

constexpr AggregateFunction functions[] = {
    {"avg", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_average},
    {"mean", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_average},
    {"favg",
     TypeId::Double,
     &unary_aggregate<AverageKahan>,
     sizeof(AverageKahan::State),
     1,
     {TypeId::Double}},
};

}  // namespace

std::span<const AggregateFunction> average_functions() {
  return functions;
}

}  // namespace whittle::aggregates
