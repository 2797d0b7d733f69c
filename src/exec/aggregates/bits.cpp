// bool_and, bool_or; bit_and, bit_or, bit_xor of integers and BIT values.
#include <bit>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

enum class Kind : uint8_t { And, Or, Xor };

template <class T>
T combined(Kind kind, T a, T b) {
  return static_cast<T>(kind == Kind::And ? a & b : kind == Kind::Or ? a | b : a ^ b);
}

// ---- integers and booleans: the bits of any type in one state, so that the loops are compiled
// once

struct State {
  uint128_t value;
  uint8_t any;
};

void add(Kind kind, State& state, uint128_t value) {
  state.value = state.any ? combined(kind, state.value, value) : value;
  state.any = 1;
}

uint128_t bits_at(const ColumnView& view, uint32_t size, uint32_t row) {
  switch (size) {
    case 1:
      return view.get<uint8_t>(row);
    case 2:
      return view.get<uint16_t>(row);
    case 4:
      return view.get<uint32_t>(row);
    case 8:
      return view.get<uint64_t>(row);
    default:
      return view.get<uint128_t>(row);
  }
}

// `step`: from the state of one row to that of the next; 0 for one state of all rows.
Status add_rows(Kind kind, const Column& argument, const Selection& rows, std::byte* const* states,
                uint32_t step) {
  const ColumnView view(argument);
  const uint32_t size = argument.type().value_size();
  for (uint32_t i = 0; i < rows.count; ++i, states += step) {
    if (!view.valid(rows[i])) continue;
    add(kind, *reinterpret_cast<State*>(*states), bits_at(view, size, rows[i]));
  }
  return {};
}

template <Kind kind>
Status update(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
              std::byte* const* states) {
  return add_rows(kind, arguments[0], rows, states, 1);
}

template <Kind kind>
Status update_one(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                  std::byte* state) {
  return add_rows(kind, arguments[0], rows, &state, 0);
}

template <Kind kind>
Status combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
               uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& from = *reinterpret_cast<const State*>(sources[i]);
    if (from.any) add(kind, *reinterpret_cast<State*>(targets[i]), from.value);
  }
  return {};
}

Status write_results(AggregateContext& context, std::byte* const* states, uint32_t count,
                     Column& column) {
  static_assert(std::endian::native == std::endian::little);  // the low bytes come first
  const uint32_t size = column.type().value_size();
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *reinterpret_cast<const State*>(states[i]);
    std::memcpy(column.mutable_values<std::byte>() + size_t{i} * size, &state.value, size);
    if (!state.any) column.set_null(context.budget, i);
  }
  return {};
}

Result<Column> finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  return detail::run_finalize(context, states, count, write_results);
}

template <Kind kind>
constexpr AggregateFunctionOperations operations = {update<kind>, update_one<kind>, combine<kind>,
                                                    finalize, nullptr};

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

Status fold(Kind kind, Text& into, std::string_view bits) {
  if (!into.any) {
    TRY(into.memory.resize(sizeof(Text) + bits.size()));
    into.text = bits;
    into.any = true;
    return {};
  }
  if (into.text.size() != bits.size() || into.text[0] != bits[0]) {
    const std::string_view name = kind == Kind::And ? "AND" : kind == Kind::Or ? "OR" : "XOR";
    return fail(ErrorCode::InvalidArgument,
                "Cannot " + std::string(name) + " bit strings of different sizes");
  }
  for (size_t i = 1; i < bits.size(); ++i) {
    into.text[i] = combined(kind, into.text[i], bits[i]);
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
    TRY(fold(kind, make_owned<Text>(states[i], context.budget),
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
      TRY(fold(kind, make_owned<Text>(targets[i], context.budget), from->text));
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
  bind_operations(call, operations<kind>, sizeof(State), type);
  return {};
}

template <Kind kind>
constexpr AggregateFunction logical(std::string_view name) {
  return {name, TypeId::Boolean,   &operations<kind>, sizeof(State),
          1,    {TypeId::Boolean}, nullptr,           false,
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
