// count, count(*), count_if.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

int64_t& count_of(std::byte* state) {
  return *reinterpret_cast<int64_t*>(state);
}

uint32_t count_valid(const Column& argument, const Selection& rows) {
  const ColumnView view(argument);
  if (!view.has_nulls()) {
    return argument.type().physical() == PhysicalType::Null ? 0 : rows.count;
  }
  uint32_t count = 0;
  for (uint32_t i = 0; i < rows.count; ++i) count += view.valid(rows[i]);
  return count;
}

Status count_update(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                    std::byte* const* states) {
  if (arguments.empty() || (!ColumnView(arguments[0]).has_nulls() &&
                            arguments[0].type().physical() != PhysicalType::Null)) {
    for (uint32_t i = 0; i < rows.count; ++i) ++count_of(states[i]);
    return {};
  }
  const ColumnView view(arguments[0]);
  const bool never = arguments[0].type().physical() == PhysicalType::Null;
  for (uint32_t i = 0; i < rows.count; ++i) count_of(states[i]) += !never && view.valid(rows[i]);
  return {};
}

Status count_update_one(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                        std::byte* state) {
  count_of(state) += arguments.empty() ? rows.count : count_valid(arguments[0], rows);
  return {};
}

struct Sum64 {
  using State = int64_t;
  using Out = int64_t;
  using In = uint8_t;
  static void add(State& state, uint8_t value) { state += value != 0; }
  static void merge(State& into, const State& from) { into += from; }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state;
    return true;
  }
};

// As the sum of ones and zeros: NULL over nothing.
struct CountIf {
  struct State {
    int64_t count;
    uint64_t any;
  };
  using Out = int128_t;
  using In = uint8_t;
  static void add(State& state, uint8_t value) {
    state.count += value != 0;
    state.any = 1;
  }
  static void merge(State& into, const State& from) {
    into.count += from.count;
    into.any |= from.any;
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.count;
    return state.any;
  }
};

constexpr AggregateFunctionOperations count_operations = {
    count_update, count_update_one, plain_combine<Sum64>, plain_finalize<Sum64>, nullptr};

constexpr AggregateFunction functions[] = {
    {"count_star", TypeId::BigInt, &count_operations, 8, 0, {}},
    {"count", TypeId::BigInt, &count_operations, 8, 0, {}},
    {"count", TypeId::BigInt, &count_operations, 8, 1, {TypeId::Null}},
    {"count_if", TypeId::HugeInt, &unary_aggregate<CountIf>, 16, 1, {TypeId::Boolean}},
    {"countif", TypeId::HugeInt, &unary_aggregate<CountIf>, 16, 1, {TypeId::Boolean}},
};

}  // namespace

std::span<const AggregateFunction> count_functions() {
  return functions;
}

}  // namespace whittle::aggregates
