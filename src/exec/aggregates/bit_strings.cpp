// bitstring_agg: which of a range's numbers came, as a BIT.
#include <algorithm>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

// BIT as DuckDB stores it: the count of padding bits, then the bits, padded with ones in front.
void pad(std::string& bits) {
  if (bits.size() > 1)
    bits[1] = static_cast<char>(static_cast<uint8_t>(bits[1]) | 0xFF00 >> bits[0]);
}
std::string zero_bits(uint64_t length) {
  std::string bits(1 + (length + 7) / 8, '\0');
  bits[0] = static_cast<char>((8 - length % 8) % 8);
  pad(bits);
  return bits;
}
void set_one(std::string& bits, uint64_t index) {
  const uint64_t at = index + static_cast<uint8_t>(bits[0]);
  bits[1 + at / 8] = static_cast<char>(static_cast<uint8_t>(bits[1 + at / 8]) | 0x80 >> at % 8);
}

struct Range : FunctionState {
  int128_t low = 0, high = 0;
  bool given = false;
};

// Without a given range the numbers are kept, and their own range is that of the answer.
struct Numbers {
  explicit Numbers(MemoryBudget& budget) : memory(budget, "bitstring_agg") {}
  std::vector<int128_t> values;
  Reservation memory;
  Status add(int128_t value) {
    if (!values.empty() && values.back() == value) return {};
    if (values.size() == values.capacity()) {
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      const size_t capacity = std::max<size_t>(16, values.size() * 2);
      TRY(memory.resize(capacity * sizeof(int128_t)));
      values.reserve(capacity);
    }
    values.push_back(value);
    return {};
  }
};

Status mark_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  const auto& range = static_cast<const Range&>(*context.state);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    const int128_t value = view.get<int128_t>(rows[i]);
    if (range.given && (value < range.low || value > range.high)) {
      return fail(ErrorCode::OutOfRange, "Value " +
                                             Value::integer(TypeId::HugeInt, value).to_string() +
                                             " is outside of provided min and max range");
    }
    TRY(make_owned<Numbers>(states[i], context.budget).add(value));
  }
  return {};
}

Status mark_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const Numbers* from = owned<Numbers>(sources[i]);
    if (!from) continue;
    auto& to = make_owned<Numbers>(targets[i], context.budget);
    for (const int128_t value : from->values) TRY(to.add(value));
  }
  return {};
}

Status check_range(int128_t low, int128_t high) {
  if (static_cast<uint128_t>(high) - static_cast<uint128_t>(low) < 1'000'000'000) return {};
  return fail(ErrorCode::OutOfRange,
              "The range between min and max value is too large for bitstring aggregation");
}

Result<Column> mark_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  const auto& range = static_cast<const Range&>(*context.state);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Numbers* numbers = owned<Numbers>(states[i]);
    if (!numbers) {
      TRY(builder.append_null());
      continue;
    }
    const auto [least, most] = std::minmax_element(numbers->values.begin(), numbers->values.end());
    const int128_t low = range.given ? range.low : *least, high = range.given ? range.high : *most;
    TRY(check_range(low, high));
    Reservation room(context.budget, "bitstring_agg");
    TRY(room.resize(static_cast<uint64_t>(high - low) / 8 + 2));
    std::string bits = zero_bits(static_cast<uint64_t>(high - low) + 1);
    for (const int128_t value : numbers->values) set_one(bits, static_cast<uint64_t>(value - low));
    TRY(builder.append_string(bits));
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations mark_operations = {mark_update, nullptr, mark_combine,
                                                         mark_finalize, destroy_owned<Numbers>};

Status bind_mark(BindCall& call) {
  if (!call.arguments[0].is_integer() && call.arguments[0].id() != TypeId::Null) {
    return no_match(call);
  }
  auto range = std::make_shared<Range>();
  if (call.arguments.size() == 3) {
    const Value *low = call.constants[1], *high = call.constants[2];
    if (!low || !high || low->is_null() || high->is_null() || !low->type().is_integer() ||
        !high->type().is_integer()) {
      return fail(ErrorCode::Binder, "bitstring_agg requires a constant min and max argument");
    }
    range->low = low->as_integer();
    range->high = high->as_integer();
    range->given = true;
    if (range->low > range->high) {
      return fail(ErrorCode::InvalidArgument, "Invalid explicit bitstring range: Minimum (" +
                                                  low->to_string() + ") > maximum (" +
                                                  high->to_string() + ")");
    }
    TRY(check_range(range->low, range->high));
  }
  for (Type& type : call.arguments) type = TypeId::HugeInt;
  call.state = std::move(range);
  bind_operations(call, mark_operations, sizeof(Numbers*), TypeId::Bit);
  return {};
}

constexpr TypeId bit = TypeId::Bit, any = TypeId::Null;

constexpr AggregateFunction functions[] = {
    {"bitstring_agg", bit, nullptr, 0, 1, {any}, bind_mark, false, true},
    {"bitstring_agg", bit, nullptr, 0, 3, {any, any, any}, bind_mark, false, true},
};

}  // namespace

std::span<const AggregateFunction> bitstring_functions() {
  return functions;
}

}  // namespace whittle::aggregates
