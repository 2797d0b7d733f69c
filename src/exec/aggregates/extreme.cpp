// min and max: a value inline for fixed-width types, strings with a copy of long ones. Nested types
// and min(x, n) are arg_min's work. The numbers that queries are full of have loops of their own,
// the others go through wide values.
#include "columnar/compare.hpp"
#include "columnar/interval.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/arg_extreme.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/wide_values.hpp"

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

// ---- any number, widened

struct WideState {
  WideValue value;
  uint64_t any;
};

// What is the same for all rows.
struct WideExtreme {
  WideExtreme(const Type& type, bool max) : compare(type.physical()), max(max) {}
  void add(WideState& state, const WideValue& value) const {
    if (state.any) {
      const int order = compare(value, state.value);
      if (max ? order <= 0 : order >= 0) return;
    }
    state.value = value;
    state.any = 1;
  }
  WideOrder compare;
  bool max;
};

template <bool max>
Status wide_update(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                   std::byte* const* states) {
  const WideExtreme extreme(arguments[0].type(), max);
  return visit_wide(arguments[0], rows, [&](uint32_t position, const WideValue& value) -> Status {
    extreme.add(*reinterpret_cast<WideState*>(states[position]), value);
    return {};
  });
}

template <bool max>
Status wide_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  const WideExtreme extreme(context.result, max);
  for (uint32_t i = 0; i < count; ++i) {
    const auto& from = *reinterpret_cast<const WideState*>(sources[i]);
    if (from.any) extreme.add(*reinterpret_cast<WideState*>(targets[i]), from.value);
  }
  return {};
}

Status wide_results(AggregateContext& context, std::byte* const* states, uint32_t count,
                    Column& column) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *reinterpret_cast<const WideState*>(states[i]);
    write_wide(column.mutable_values<std::byte>(), context.result.physical(), {&i, 1},
               &state.value);
    if (!state.any) column.set_null(context.budget, i);
  }
  return {};
}

Result<Column> wide_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  return detail::run_finalize(context, states, count, wide_results);
}

template <bool max>
constexpr AggregateFunctionOperations wide_operations = {wide_update<max>, nullptr,
                                                         wide_combine<max>, wide_finalize, nullptr};

// ---- strings

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

bool text_beats(const TextState& state, const StringRef& value, bool max) {
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
    if (text_beats(state, value, max)) TRY(keep_text(state, value, context.budget));
  }
  return {};
}

template <bool max>
Status text_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& from = *reinterpret_cast<const TextState*>(sources[i]);
    auto& to = *reinterpret_cast<TextState*>(targets[i]);
    if (from.any && text_beats(to, from.value, max)) TRY(keep_text(to, from.value, context.budget));
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

template <class T>
void bind_inline(BindCall& call, bool max) {
  bind_operations(call,
                  max ? unary_aggregate<Extreme<T, true>> : unary_aggregate<Extreme<T, false>>,
                  sizeof(typename Extreme<T, true>::State), call.arguments[0]);
}

Status bind_extreme(BindCall& call) {
  const bool max = call.name == "max";
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  switch (type.physical()) {
    case PhysicalType::String:
      bind_operations(call, max ? text_operations<true> : text_operations<false>, sizeof(TextState),
                      type);
      return {};
    case PhysicalType::List:
    case PhysicalType::Struct:
      return bind_extreme_value(call, max);
    case PhysicalType::Interval:
      bind_inline<IntervalValue>(call, max);
      return {};
    case PhysicalType::Int16:
      bind_inline<int16_t>(call, max);
      return {};
    case PhysicalType::Int32:
      bind_inline<int32_t>(call, max);
      return {};
    case PhysicalType::Int64:
      bind_inline<int64_t>(call, max);
      return {};
    case PhysicalType::Double:
      bind_inline<double>(call, max);
      return {};
    case PhysicalType::Null:
      return no_match(call);
    default:
      bind_operations(call, max ? wide_operations<true> : wide_operations<false>, sizeof(WideState),
                      type);
      return {};
  }
}

Status bind_extreme_n(BindCall& call) {
  return bind_extreme_list(call, call.name == "max");
}

constexpr AggregateFunction functions[] = {
    {"min", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_extreme, false, true},
    {"max", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_extreme, false, true},
    {"min", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::BigInt}, bind_extreme_n},
    {"max", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::BigInt}, bind_extreme_n},
};

}  // namespace

std::span<const AggregateFunction> extreme_functions() {
  return functions;
}

}  // namespace whittle::aggregates
