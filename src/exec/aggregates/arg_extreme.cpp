#include "exec/aggregates/arg_extreme.hpp"

#include <algorithm>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/operators/sort_keys.hpp"

namespace whittle::aggregates {

namespace {

struct Entry {
  RowBytes key, payload;
};

// `key` of the smaller row comes first: for max it is encoded descending.
bool before(const RowBytes& a, const RowBytes& b) {
  const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
  return order != 0 ? order < 0 : a.size() < b.size();
}

struct Extremes {
  explicit Extremes(MemoryBudget& budget) : memory(budget, "arg_min/arg_max") {}
  std::vector<Entry> entries;  // one, or a heap of at most `limit` with the worst in front
  Reservation memory;
};

struct ExtremeState : FunctionState {
  bool max = false;
  uint32_t limit = 0;  // 0: the one best, not a list
  uint32_t key = 0;    // argument
  bool keep_null_payload = false;
  bool keep_null_key = false;  // behind all others
};

const ExtremeState& bound(const AggregateContext& context) {
  return static_cast<const ExtremeState&>(*context.state);
}

// A binary heap with Floyd's bottom-up removal, written out since the order of equal keys in the
// answer comes from the order of its moves, which the standard library does not promise.
void sift_up(std::vector<Entry>& heap, size_t hole, Entry value) {
  while (hole > 0) {
    const size_t parent = (hole - 1) / 2;
    if (!before(heap[parent].key, value.key)) break;
    heap[hole] = std::move(heap[parent]);
    hole = parent;
  }
  heap[hole] = std::move(value);
}

void push_last(std::vector<Entry>& heap) {
  Entry value = std::move(heap.back());
  sift_up(heap, heap.size() - 1, std::move(value));
}

// Moves the front of the first `length` entries behind the others.
void pop_front(std::vector<Entry>& heap, size_t length) {
  if (length < 2) return;
  --length;
  Entry value = std::move(heap[length]);
  heap[length] = std::move(heap[0]);
  size_t hole = 0, child = 0;
  while (child < (length - 1) / 2) {
    child = 2 * child + 2;
    if (before(heap[child].key, heap[child - 1].key)) --child;
    heap[hole] = std::move(heap[child]);
    hole = child;
  }
  if (length % 2 == 0 && child == (length - 2) / 2) {
    child = 2 * child + 1;
    heap[hole] = std::move(heap[child]);
    hole = child;
  }
  sift_up(heap, hole, std::move(value));
}

Status offer(const ExtremeState& bind, Extremes& extremes, Entry& entry) {
  std::vector<Entry>& entries = extremes.entries;
  const uint32_t limit = std::max<uint32_t>(bind.limit, 1);
  if (entries.size() == limit) {
    if (!before(entry.key, entries.front().key)) return {};
    pop_front(entries, entries.size());
    std::swap(entries.back(), entry);
  } else {
    entries.push_back(entry);
    TRY(extremes.memory.grow(sizeof(Entry) + entry.key.size() + entry.payload.size() + 32));
  }
  push_last(entries);
  return {};
}

Status extreme_update(AggregateContext& context, std::span<const Column> arguments,
                      const Selection& rows, std::byte* const* states) {
  const ExtremeState& bind = bound(context);
  const ColumnView payload(arguments[0]), key(arguments[bind.key]);
  const uint32_t limit = std::max<uint32_t>(bind.limit, 1);
  Entry entry;
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if ((!bind.keep_null_key && !key.valid(row)) ||
        (!bind.keep_null_payload && !payload.valid(row)))
      continue;
    auto& extremes = make_owned<Extremes>(states[i], context.budget);
    entry.key.clear();
    encode_sort_key(key, row, {bind.max, false}, entry.key);
    if (extremes.entries.size() == limit && !before(entry.key, extremes.entries.front().key)) {
      continue;
    }
    entry.payload.clear();
    encode_value(payload, row, entry.payload);
    TRY(offer(bind, extremes, entry));
  }
  return {};
}

Status extreme_combine(AggregateContext& context, std::byte* const* sources,
                       std::byte* const* targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Extremes* from = owned<Extremes>(sources[i]);
    if (!from) continue;
    auto& to = make_owned<Extremes>(targets[i], context.budget);
    for (auto& entry : from->entries) TRY(offer(bound(context), to, entry));
  }
  return {};
}

Result<Column> extreme_finalize(AggregateContext& context, std::byte* const* states,
                                uint32_t count) {
  const bool list = bound(context).limit > 0;
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    Extremes* extremes = owned<Extremes>(states[i]);
    if (!extremes || extremes->entries.empty()) {
      TRY(builder.append_null());
      continue;
    }
    std::vector<Entry>& entries = extremes->entries;
    for (size_t length = entries.size(); length > 1; --length) pop_front(entries, length);
    if (list) builder.begin_list();
    for (const auto& entry : entries) {
      const std::byte* bytes = entry.payload.data();
      TRY(decode_value(bytes, list ? builder.child(0) : builder));
    }
    if (list) TRY(builder.end_list());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations operations = {extreme_update, nullptr, extreme_combine,
                                                    extreme_finalize, destroy_owned<Extremes>};

enum class Nulls : uint8_t { Skip, KeepPayload, Last };

Status bind_any(BindCall& call, bool max, uint32_t key, Nulls nulls, uint32_t limit) {
  for (uint32_t i = 0; i <= key; ++i) {
    if (call.arguments[i].id() == TypeId::Null) call.arguments[i] = TypeId::Integer;
  }
  auto state = std::make_shared<ExtremeState>();
  state->max = max;
  state->key = key;
  state->keep_null_payload = nulls != Nulls::Skip;
  state->keep_null_key = nulls == Nulls::Last;
  state->limit = limit;
  call.state = std::move(state);
  const Type& type = call.arguments[0];
  bind_operations(call, operations, sizeof(Extremes*), limit ? Type::list(type) : type);
  return {};
}

Result<uint32_t> constant_count(const Value* count) {
  if (!count || count->is_null() || !count->type().is_integer() || count->as_integer() <= 0 ||
      count->as_integer() >= 1'000'000) {
    return fail(ErrorCode::Binder,
                "Invalid input for arg_min/arg_max: n value must be > 0 and < 1000000");
  }
  return static_cast<uint32_t>(count->as_integer());
}

template <bool max, Nulls nulls>
Status bind_arg(BindCall& call) {
  const bool list = call.arguments.size() == 3;
  return bind_any(call, max, 1, nulls, list ? TRY(constant_count(call.constants[2])) : 0);
}

constexpr TypeId any = TypeId::Null;

#define ARG_ROW(name, max, nulls) {name, any, nullptr, 0, 2, {any, any}, bind_arg<max, nulls>}
#define ARG_ROWS(name, max, nulls)                                             \
  ARG_ROW(name, max, nulls), {                                                 \
    name, any, nullptr, 0, 3, {any, any, TypeId::BigInt}, bind_arg<max, nulls> \
  }

constexpr AggregateFunction functions[] = {
    ARG_ROWS("arg_min", false, Nulls::Skip),
    ARG_ROWS("argmin", false, Nulls::Skip),
    ARG_ROWS("min_by", false, Nulls::Skip),
    ARG_ROWS("arg_max", true, Nulls::Skip),
    ARG_ROWS("argmax", true, Nulls::Skip),
    ARG_ROWS("max_by", true, Nulls::Skip),
    ARG_ROW("arg_min_null", false, Nulls::KeepPayload),
    ARG_ROW("arg_max_null", true, Nulls::KeepPayload),
    ARG_ROWS("arg_min_nulls_last", false, Nulls::Last),
    ARG_ROWS("arg_max_nulls_last", true, Nulls::Last),
};

}  // namespace

Status bind_extreme_value(BindCall& call, bool max) {
  return bind_any(call, max, 0, Nulls::Skip, 0);
}

Status bind_extreme_list(BindCall& call, bool max) {
  return bind_any(call, max, 0, Nulls::Skip, TRY(constant_count(call.constants[1])));
}

std::span<const AggregateFunction> arg_extreme_functions() {
  return functions;
}

}  // namespace whittle::aggregates
