#include "exec/operators/ordered_aggregate.hpp"

#include <algorithm>
#include <cstring>

#include "exec/operators/sort_keys.hpp"

namespace whittle {

namespace {

struct OrderedState : FunctionState {
  const AggregateFunctionOperations* operations;
  uint32_t state_size;
  FunctionStateRef state;
  std::vector<Type> arguments;
  std::vector<SortDirection> directions;
};

// [u32 key size][key][arguments]: rows of one group one after the other.
struct OrderedRows {
  explicit OrderedRows(MemoryBudget& budget) : memory(budget, "an ordered aggregate") {}
  RowBytes bytes;
  std::vector<size_t> begins;
  Reservation memory;
  Status account() { return memory.resize(bytes.capacity() + begins.capacity() * sizeof(size_t)); }
};

OrderedRows*& rows_of(std::byte* state) {
  return *reinterpret_cast<OrderedRows**>(state);
}

Status ordered_update(AggregateContext& context, std::span<const Column> arguments,
                      const Selection& rows, std::byte* const* states) {
  const auto& ordered = static_cast<const OrderedState&>(*context.state);
  const std::vector<ColumnView> views = make_views(arguments);
  const size_t count = ordered.arguments.size();
  for (uint32_t i = 0; i < rows.count; ++i) {
    OrderedRows*& kept = rows_of(states[i]);
    if (!kept) kept = new OrderedRows(context.budget);
    const size_t before = kept->bytes.capacity();
    const size_t begin = kept->bytes.size();
    kept->begins.push_back(begin);
    kept->bytes.resize(begin + 4);
    for (size_t k = 0; k < ordered.directions.size(); ++k) {
      encode_sort_key(views[count + k], rows[i], ordered.directions[k], kept->bytes);
    }
    const auto key_size = static_cast<uint32_t>(kept->bytes.size() - begin - 4);
    std::memcpy(kept->bytes.data() + begin, &key_size, 4);
    encode_row({views.data(), count}, rows[i], kept->bytes);
    if (kept->bytes.capacity() != before) TRY(kept->account());
  }
  return {};
}

Status ordered_combine(AggregateContext& context, std::byte* const* sources,
                       std::byte* const* targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    OrderedRows*& from = rows_of(sources[i]);
    OrderedRows*& to = rows_of(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    const size_t shift = to->bytes.size();
    to->bytes.insert(to->bytes.end(), from->bytes.begin(), from->bytes.end());
    for (size_t begin : from->begins) to->begins.push_back(begin + shift);
    TRY(to->account());
    delete std::exchange(from, nullptr);
  }
  return {};
}

std::span<const std::byte> key_of(const OrderedRows& rows, size_t begin) {
  uint32_t size;
  std::memcpy(&size, rows.bytes.data() + begin, 4);
  return {rows.bytes.data() + begin + 4, size};
}

// Sorts one group's rows and gives them to the inner state.
Status feed(AggregateContext& context, const OrderedState& ordered, OrderedRows& rows,
            std::byte* state) {
  std::stable_sort(rows.begins.begin(), rows.begins.end(), [&](size_t a, size_t b) {
    const auto left = key_of(rows, a), right = key_of(rows, b);
    const int order = std::memcmp(left.data(), right.data(), std::min(left.size(), right.size()));
    return order != 0 ? order < 0 : left.size() < right.size();
  });
  RowDecoder decoder(ordered.arguments, context.budget);
  for (size_t i = 0; i < rows.begins.size(); ++i) {
    const auto key = key_of(rows, rows.begins[i]);
    TRY(decoder.append(key.data() + key.size()));
    if (decoder.rows() < batch_rows && i + 1 < rows.begins.size()) continue;
    const uint32_t count = decoder.rows();
    const std::vector<Column> arguments = TRY(decoder.finish());
    std::vector<std::byte*> states(count, state);
    TRY(ordered.operations->update(context, arguments, Selection::all(count), states.data()));
  }
  return {};
}

Result<Column> ordered_finalize(AggregateContext& outer, std::byte* const* states, uint32_t count) {
  const auto& ordered = static_cast<const OrderedState&>(*outer.state);
  AggregateContext context{outer.budget, ordered.state.get(), outer.result, outer.cancellation};
  const size_t size = (ordered.state_size + 15) & ~size_t{15};
  BufferRef memory = TRY(Buffer::reserve(context.budget, size * count + 16, "ordered aggregates"));
  std::memset(memory->data(), 0, memory->size());
  std::vector<std::byte*> inner(count);
  for (uint32_t i = 0; i < count; ++i) inner[i] = memory->data() + size * i;
  const auto run = [&]() -> Result<Column> {
    for (uint32_t i = 0; i < count; ++i) {
      if (OrderedRows* rows = rows_of(states[i])) TRY(feed(context, ordered, *rows, inner[i]));
    }
    return ordered.operations->finalize(context, inner.data(), count);
  };
  Result<Column> result = run();
  if (ordered.operations->destroy) ordered.operations->destroy(inner.data(), count);
  return result;
}

void ordered_destroy(std::byte* const* states, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) delete std::exchange(rows_of(states[i]), nullptr);
}

constexpr AggregateFunctionOperations ordered_operations = {
    ordered_update, nullptr, ordered_combine, ordered_finalize, ordered_destroy};

}  // namespace

HashAggregation::Call make_ordered_call(const AggregateCall& call) {
  auto state = std::make_shared<OrderedState>();
  state->operations = call.operations;
  state->state_size = call.state_size;
  state->state = call.state;
  for (const auto& argument : call.arguments) state->arguments.push_back(argument->type);
  for (const auto& order : call.order_by) {
    state->directions.push_back({order.descending, order.nulls_first});
  }
  HashAggregation::Call ordered;
  ordered.operations = &ordered_operations;
  ordered.state_size = sizeof(OrderedRows*);
  ordered.state = std::move(state);
  ordered.type = call.type;
  return ordered;
}

}  // namespace whittle
