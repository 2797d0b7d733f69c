// sum (HUGEINT for integers, DECIMAL(38, s), DOUBLE), its compensated form fsum, product.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/integer_sum.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

// Integers of at most 64 bits.
template <class T>
struct SumSmall {
  using In = T;
  struct State {
    CarrySum sum;
    uint64_t any;
  };
  using Out = int128_t;
  static void add(State& state, T value) {
    state.sum.add(static_cast<int64_t>(value));
    state.any = 1;
  }
  static void add_many(State& state, const T* values, uint32_t count) {
    if constexpr (sizeof(T) < 8) {
      for (uint32_t first = 0; first < count; first += 1 << 20) {  // cannot overflow
        const uint32_t end = count - first < 1 << 20 ? count : first + (1 << 20);
        int64_t sum = 0;
        for (uint32_t i = first; i < end; ++i) sum += values[i];
        state.sum.add(sum);
      }
    } else {
      CarrySum sum = state.sum;
      for (uint32_t i = 0; i < count; ++i) sum.add(values[i]);
      state.sum = sum;
    }
    state.any |= count > 0;
  }
  static void merge(State& into, const State& from) {
    into.sum.add(from.sum);
    into.any |= from.any;
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.sum.value();
    return state.any;
  }
};

// Wider ones.
template <class T>
struct SumWide {
  using In = T;
  struct State {
    int128_t sum;
    uint64_t any;
  };
  using Out = int128_t;
  static Status add(State& state, const T& value) {
    state.any = 1;
    if (__builtin_add_overflow(state.sum, static_cast<int128_t>(value), &state.sum)) {
      return fail(ErrorCode::OutOfRange, "Overflow in HUGEINT addition of sum()");
    }
    return {};
  }
  static Status merge(State& into, const State& from) {
    if (from.any) TRY(add(into, static_cast<T>(from.sum)));
    return {};
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.sum;
    return state.any;
  }
};

// uint64 does not fit the carry sum of signed words.
struct SumUnsigned64 : SumWide<uint64_t> {
  static Status merge(State& into, const State& from) {
    into.sum += from.sum;
    into.any |= from.any;
    return {};
  }
};

struct SumDouble {
  using In = double;
  struct State {
    double sum;
    uint64_t any;
  };
  using Out = double;
  static void add(State& state, double value) {
    state.sum += value;
    state.any = 1;
  }
  static void merge(State& into, const State& from) {
    into.sum += from.sum;
    into.any |= from.any;
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.sum;
    return state.any;
  }
};

// Kahan's compensated summation.
struct SumKahan {
  using In = double;
  struct State {
    double sum, error;
    uint64_t any;
  };
  using Out = double;
  static void add(State& state, double value) {
    const double difference = value - state.error;
    const double sum = state.sum + difference;
    state.error = (sum - state.sum) - difference;
    state.sum = sum;
    state.any = 1;
  }
  static void merge(State& into, const State& from) {
    if (!from.any) return;
    add(into, from.sum);
    add(into, -from.error);
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.sum;
    return state.any;
  }
};

struct Product {
  using In = double;
  struct State {
    double product;
    uint64_t any;
  };
  using Out = double;
  static void add(State& state, double value) {
    state.product = state.any ? state.product * value : value;
    state.any = 1;
  }
  static void merge(State& into, const State& from) {
    if (from.any) add(into, from.product);
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.product;
    return state.any;
  }
};

Status bind_sum(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  if (type.id() == TypeId::Float || type.id() == TypeId::UHugeInt) type = TypeId::Double;
  if (!type.is_numeric() && type.id() != TypeId::Boolean) return no_match(call);
  const Type result = type.id() == TypeId::Decimal ? Type::decimal(38, type.decimal_scale())
                                                   : Type(TypeId::HugeInt);
  switch (type.physical()) {
    case PhysicalType::Bool:
    case PhysicalType::UInt8:
      bind_unary<SumSmall, uint8_t>(call, result);
      return {};
    case PhysicalType::Int8:
      bind_unary<SumSmall, int8_t>(call, result);
      return {};
    case PhysicalType::Int16:
      bind_unary<SumSmall, int16_t>(call, result);
      return {};
    case PhysicalType::UInt16:
      bind_unary<SumSmall, uint16_t>(call, result);
      return {};
    case PhysicalType::Int32:
      bind_unary<SumSmall, int32_t>(call, result);
      return {};
    case PhysicalType::UInt32:
      bind_unary<SumSmall, uint32_t>(call, result);
      return {};
    case PhysicalType::Int64:
      bind_unary<SumSmall, int64_t>(call, result);
      return {};
    case PhysicalType::UInt64:
      bind_operations(call, unary_aggregate<SumUnsigned64>, sizeof(SumUnsigned64::State), result);
      return {};
    case PhysicalType::Int128:
      bind_unary<SumWide, int128_t>(call, result);
      return {};
    default:
      bind_operations(call, unary_aggregate<SumDouble>, sizeof(SumDouble::State), TypeId::Double);
      return {};
  }
}

constexpr auto* kahan = &unary_aggregate<SumKahan>;
constexpr uint32_t kahan_size = sizeof(SumKahan::State);

constexpr AggregateFunction functions[] = {
    {"sum", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_sum},
    {"sum_no_overflow", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_sum},
    {"fsum", TypeId::Double, kahan, kahan_size, 1, {TypeId::Double}},
    {"sumkahan", TypeId::Double, kahan, kahan_size, 1, {TypeId::Double}},
    {"kahan_sum", TypeId::Double, kahan, kahan_size, 1, {TypeId::Double}},
    {"product",
     TypeId::Double,
     &unary_aggregate<Product>,
     sizeof(Product::State),
     1,
     {TypeId::Double}},
};

}  // namespace

std::span<const AggregateFunction> sum_functions() {
  return functions;
}

}  // namespace whittle::aggregates
