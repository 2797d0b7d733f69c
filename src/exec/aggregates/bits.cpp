// bool_and, bool_or; bit_and, bit_or, bit_xor of integers and BIT values.
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

// ---- BIT values

// BIT as DuckDB stores it: the count of padding bits, then the bits, padded with ones in front.
void pad(std::string& bits) {
  if (bits.size() > 1)
    bits[1] = static_cast<char>(static_cast<uint8_t>(bits[1]) | 0xFF00 >> bits[0]);
}

struct Text {
  explicit Text(MemoryBudget& budget) : memory(budget, "bit strings") {}
  std::string text;
  bool any = false;
  Reservation memory;
};

template <Kind kind>
Status fold(Text& into, std::string_view bits) {
  if (!into.any) {
    TRY(into.memory.resize(sizeof(Text) + bits.size()));
    into.text = bits;
    into.any = true;
    return {};
  }
  if (into.text.size() != bits.size() || into.text[0] != bits[0]) {
    constexpr std::string_view name = kind == Kind::And ? "AND" : kind == Kind::Or ? "OR" : "XOR";
    return fail(ErrorCode::InvalidArgument,
                "Cannot " + std::string(name) + " bit strings of different sizes");
  }
  for (size_t i = 1; i < bits.size(); ++i) {
    const auto a = static_cast<uint8_t>(into.text[i]), b = static_cast<uint8_t>(bits[i]);
    into.text[i] = static_cast<char>(kind == Kind::And ? a & b : kind == Kind::Or ? a | b : a ^ b);
  }
  pad(into.text);
  return {};
}

template <Kind kind>
Status fold_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    TRY(fold<kind>(make_owned<Text>(states[i], context.budget),
                   view.get<StringRef>(rows[i]).view()));
  }
  return {};
}

template <Kind kind>
Status fold_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const Text* from = owned<Text>(sources[i]);
    if (from && from->any) {
      TRY(fold<kind>(make_owned<Text>(targets[i], context.budget), from->text));
    }
  }
  return {};
}

Result<Column> bits_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Text* bits = owned<Text>(states[i]);
    TRY(bits && bits->any ? builder.append_string(bits->text) : builder.append_null());
  }
  return builder.finish();
}

template <Kind kind>
constexpr AggregateFunctionOperations fold_operations = {
    fold_update<kind>, nullptr, fold_combine<kind>, bits_finalize, destroy_owned<Text>};

template <Kind kind>
Status bind_bits(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  if (type.id() == TypeId::Bit) {
    bind_operations(call, fold_operations<kind>, sizeof(Text*), type);
    return {};
  }
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
