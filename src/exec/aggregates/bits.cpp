// bool_and, bool_or, bit_and, bit_or, bit_xor.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

enum class Kind : uint8_t { And, Or, Xor };

template <class T, Kind kind>
struct Bits {
  using In = T;
  using Out = T;
  struct State {
    T value;
    uint8_t any;
  };
  static void add(State& state, const T& value) {
    if (!state.any) {
      state.value = value;
    } else if constexpr (kind == Kind::And) {
      state.value = static_cast<T>(state.value & value);
    } else if constexpr (kind == Kind::Or) {
      state.value = static_cast<T>(state.value | value);
    } else {
      state.value = static_cast<T>(state.value ^ value);
    }
    state.any = 1;
  }
  static void merge(State& into, const State& from) {
    if (from.any) add(into, from.value);
  }
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.value;
    return state.any;
  }
};

template <Kind kind>
Status bind_bits(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  if (!type.is_integer()) return no_match(call);
  return dispatch_numeric<Status>(type.physical(), no_match(call), [&](auto tag) -> Status {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      return no_match(call);
    } else {
      using Op = Bits<T, kind>;
      bind_operations(call, unary_aggregate<Op>, sizeof(typename Op::State), type);
      return {};
    }
  });
}

template <Kind kind>
constexpr AggregateFunction logical(std::string_view name) {
  using Op = Bits<uint8_t, kind>;
  return {name,
          TypeId::Boolean,
          &unary_aggregate<Op>,
          sizeof(typename Op::State),
          1,
          {TypeId::Boolean},
          nullptr,
          false,
          true};
}

constexpr AggregateFunction functions[] = {
    logical<Kind::And>("bool_and"),
    logical<Kind::Or>("bool_or"),
    {"bit_and", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_bits<Kind::And>, false, true},
    {"bit_or", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_bits<Kind::Or>, false, true},
    {"bit_xor", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_bits<Kind::Xor>},
};

}  // namespace

std::span<const AggregateFunction> bit_functions() {
  return functions;
}

}  // namespace whittle::aggregates
