// sum (HUGEINT for integers, DECIMAL(38, s), DOUBLE), its compensated form fsum, product.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/aggregates/sums.hpp"

namespace whittle::aggregates {

namespace {

template <class Base, class Result>
struct Sum : Base {
  using Out = Result;
  static bool result(const typename Base::State& state, AggregateContext&, Out& out) {
    if constexpr (requires { state.sum.value(); }) {
      out = state.sum.value();
    } else {
      out = state.sum;
    }
    return state.count > 0;
  }
};
template <class T>
using SumSmall = Sum<NarrowSum<T>, int128_t>;
template <class T>
using SumWide = Sum<WideSum<T>, int128_t>;
using SumDouble = Sum<RealSum, double>;
using SumKahan = Sum<CompensatedSum, double>;

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
  if (!type.is_numeric() && type.id() != TypeId::Boolean) return no_match(call);
  type = summed_as(type);
  const Type result = type.id() == TypeId::Decimal ? Type::decimal(38, type.decimal_scale())
                                                   : Type(TypeId::HugeInt);
  switch (type.physical()) {
    case PhysicalType::Int16:
      bind_unary<SumSmall, int16_t>(call, result);
      return {};
    case PhysicalType::Int32:
      bind_unary<SumSmall, int32_t>(call, result);
      return {};
    case PhysicalType::Int64:
      bind_unary<SumSmall, int64_t>(call, result);
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
