// min and max: a value inline for fixed-width types, strings with a copy of long ones. Nested types
// and min(x, n) are arg_min's work.
#include "columnar/compare.hpp"
#include "columnar/interval.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/arg_extreme.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

template <class T, bool max>
bool beats(const T& challenger, const T& holder) {
  int order;
  if constexpr (std::is_same_v<T, IntervalValue>) {
    order = compare(challenger, holder);
  } else if constexpr (std::is_integral_v<T>) {
    return max ? challenger > holder : challenger < holder;
  } else {
    order = compare_values(challenger, holder);
  }
  return max ? order > 0 : order < 0;
}

template <class T, bool max>
struct Extreme {
  using In = T;
  using Out = T;
  struct State {
    T value;
    uint8_t any;
  };
  static void add(State& state, const T& value) {
    if (!state.any || beats<T, max>(value, state.value)) state.value = value;
    state.any = 1;
  }
  static void add_many(State& state, const T* values, uint32_t count) {
    if (count == 0) return;
    T best = state.any ? state.value : values[0];
    for (uint32_t i = 0; i < count; ++i) best = beats<T, max>(values[i], best) ? values[i] : best;
    state.value = best;
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

// Long strings are copied into memory of the state, which is reused while it is large enough.
struct LongText {
  explicit LongText(MemoryBudget& budget) : memory(budget, "min/max of strings") {}
  std::unique_ptr<char[]> bytes;
  uint32_t capacity = 0;
  Reservation memory;
};

struct TextState {
  StringRef value;
  LongText* copy;
  uint64_t any;
};

Status keep_text(TextState& state, const StringRef& value, MemoryBudget& budget) {
  state.any = 1;
  if (value.is_inlined()) {
    state.value = value;
    return {};
  }
  if (!state.copy) state.copy = new LongText(budget);
  LongText& copy = *state.copy;
  if (copy.capacity < value.size()) {
    const uint32_t capacity = value.size() + value.size() / 4;
    TRY(copy.memory.resize(capacity + sizeof(LongText)));
    copy.bytes = std::make_unique_for_overwrite<char[]>(capacity);
    copy.capacity = capacity;
  }
  std::memcpy(copy.bytes.get(), value.data(), value.size());
  state.value = StringRef(copy.bytes.get(), value.size());
  return {};
}

template <bool max>
bool text_beats(const TextState& state, const StringRef& value) {
  if (!state.any) return true;
  const int order = compare(value, state.value);
  return max ? order > 0 : order < 0;
}

template <bool max>
Status text_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    auto& state = *reinterpret_cast<TextState*>(states[i]);
    const StringRef& value = view.get<StringRef>(rows[i]);
    if (text_beats<max>(state, value)) TRY(keep_text(state, value, context.budget));
  }
  return {};
}

template <bool max>
Status text_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& from = *reinterpret_cast<const TextState*>(sources[i]);
    auto& to = *reinterpret_cast<TextState*>(targets[i]);
    if (from.any && text_beats<max>(to, from.value)) TRY(keep_text(to, from.value, context.budget));
  }
  return {};
}

Result<Column> text_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  TRY(builder.reserve(count));
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *reinterpret_cast<const TextState*>(states[i]);
    TRY(state.any ? builder.append_string(state.value.view()) : builder.append_null());
  }
  return builder.finish();
}

void text_destroy(std::byte* const* states, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    delete std::exchange(reinterpret_cast<TextState*>(states[i])->copy, nullptr);
  }
}

template <bool max>
constexpr AggregateFunctionOperations text_operations = {
    text_update<max>, nullptr, text_combine<max>, text_finalize, text_destroy};

template <bool max>
Status bind_extreme(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  const PhysicalType physical = type.physical();
  if (physical == PhysicalType::String) {
    bind_operations(call, text_operations<max>, sizeof(TextState), type);
    return {};
  }
  if (physical == PhysicalType::List || physical == PhysicalType::Struct) {
    return bind_extreme_value(call, max);
  }
  if (physical == PhysicalType::Interval) {
    bind_operations(call, unary_aggregate<Extreme<IntervalValue, max>>, 32, type);
    return {};
  }
  return dispatch_numeric<Status>(physical, no_match(call), [&](auto tag) -> Status {
    using Op = Extreme<typename decltype(tag)::type, max>;
    bind_operations(call, unary_aggregate<Op>, sizeof(typename Op::State), type);
    return {};
  });
}

template <bool max>
Status bind_extreme_n(BindCall& call) {
  return bind_extreme_list(call, max);
}

constexpr AggregateFunction functions[] = {
    {"min", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_extreme<false>, false, true},
    {"max", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_extreme<true>, false, true},
    {"min", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::BigInt}, bind_extreme_n<false>},
    {"max", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::BigInt}, bind_extreme_n<true>},
};

}  // namespace

std::span<const AggregateFunction> extreme_functions() {
  return functions;
}

}  // namespace whittle::aggregates
