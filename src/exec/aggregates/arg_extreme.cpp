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
};

const ExtremeState& bound(const AggregateContext& context) {
  return static_cast<const ExtremeState&>(*context.state);
}

Status offer(const ExtremeState& bind, Extremes& extremes, Entry& entry) {
  const auto worse = [](const Entry& a, const Entry& b) { return before(a.key, b.key); };
  std::vector<Entry>& entries = extremes.entries;
  const uint32_t limit = std::max<uint32_t>(bind.limit, 1);
  if (entries.size() == limit) {
    if (!before(entry.key, entries.front().key)) return {};
    std::pop_heap(entries.begin(), entries.end(), worse);
    std::swap(entries.back(), entry);
  } else {
    entries.push_back(entry);
    TRY(extremes.memory.grow(sizeof(Entry) + entry.key.size() + entry.payload.size() + 32));
  }
  std::push_heap(entries.begin(), entries.end(), worse);
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
    if (!key.valid(row) || (!bind.keep_null_payload && !payload.valid(row))) continue;
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
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return before(a.key, b.key); });
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

Status bind_any(BindCall& call, bool max, uint32_t key, bool keep_null, uint32_t limit) {
  for (uint32_t i = 0; i <= key; ++i) {
    if (call.arguments[i].id() == TypeId::Null) call.arguments[i] = TypeId::Integer;
  }
  auto state = std::make_shared<ExtremeState>();
  state->max = max;
  state->key = key;
  state->keep_null_payload = keep_null;
  state->limit = limit;
  call.state = std::move(state);
  const Type& type = call.arguments[0];
  bind_operations(call, operations, sizeof(Extremes*), limit ? Type::list(type) : type);
  return {};
}

template <bool max, bool keep_null>
Status bind_arg(BindCall& call) {
  return bind_any(call, max, 1, keep_null, 0);
}
template <bool max>
Status bind_arg_n(BindCall& call) {
  return bind_extreme_list(call, max, true);
}

#define WHITTLE_ARG_EXTREME(name, max)                                                       \
  {name, TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::Null}, bind_arg<max, false>}, { \
    name, TypeId::Null, nullptr, 0, 3, {TypeId::Null, TypeId::Null, TypeId::BigInt},         \
        bind_arg_n<max>                                                                      \
  }

constexpr AggregateFunction functions[] = {
    WHITTLE_ARG_EXTREME("arg_min", false),
    WHITTLE_ARG_EXTREME("argmin", false),
    WHITTLE_ARG_EXTREME("min_by", false),
    WHITTLE_ARG_EXTREME("arg_max", true),
    WHITTLE_ARG_EXTREME("argmax", true),
    WHITTLE_ARG_EXTREME("max_by", true),
    {"arg_min_null",
     TypeId::Null,
     nullptr,
     0,
     2,
     {TypeId::Null, TypeId::Null},
     bind_arg<false, true>},
    {"arg_max_null",
     TypeId::Null,
     nullptr,
     0,
     2,
     {TypeId::Null, TypeId::Null},
     bind_arg<true, true>},
};

}  // namespace

Status bind_extreme_value(BindCall& call, bool max) {
  return bind_any(call, max, 0, false, 0);
}

Status bind_extreme_list(BindCall& call, bool max, bool separate_key) {
  const Value* count = call.constants[separate_key ? 2 : 1];
  if (!count || count->is_null() || !count->type().is_integer() || count->as_integer() <= 0 ||
      count->as_integer() >= 1'000'000) {
    return fail(ErrorCode::Binder,
                "Invalid input for arg_min/arg_max: n value must be > 0 and < 1000000");
  }
  return bind_any(call, max, separate_key ? 1 : 0, false,
                  static_cast<uint32_t>(count->as_integer()));
}

std::span<const AggregateFunction> arg_extreme_functions() {
  return functions;
}

}  // namespace whittle::aggregates
