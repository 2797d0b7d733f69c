// mode, histogram, entropy, approx_top_k: how often each value came.
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "columnar/hash.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/operators/sort_keys.hpp"
#include "exec/sort_rows.hpp"

namespace whittle::aggregates {

namespace {

struct Count {
  uint64_t count = 0, first = 0;  // when it came first, to break ties
};

struct TextHash {
  size_t operator()(const std::string& text) const { return hash_bytes(text.data(), text.size()); }
};

// Values by their encoded bytes.
struct Counts {
  explicit Counts(MemoryBudget& budget) : memory(budget, "value counts") {}
  std::unordered_map<std::string, Count, TextHash> values;
  uint64_t rows = 0;
  Reservation memory;

  Status add(const std::string& value, uint64_t count) {
    const auto [entry, added] = values.try_emplace(value);
    if (added) {
      TRY(memory.grow(sizeof(std::string) + sizeof(Count) + 32 + value.size()));
      entry->second.first = rows;
    }
    entry->second.count += count;
    rows += count;
    return {};
  }
};

bool is_zero(const ColumnView& view, PhysicalType physical, uint32_t row) {
  return (physical == PhysicalType::Double && view.get<double>(row) == 0) ||
         (physical == PhysicalType::Float && view.get<float>(row) == 0);
}

Status counts_update(AggregateContext& context, std::span<const Column> arguments,
                     const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  const PhysicalType physical = arguments[0].type().physical();
  RowBytes bytes;
  std::string value;
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    bytes.clear();
    encode_value(view, rows[i], bytes);
    if (is_zero(view, physical, rows[i])) bytes.back() = std::byte{0};  // -0.0 is 0.0
    value.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    TRY(make_owned<Counts>(states[i], context.budget).add(value, 1));
  }
  return {};
}

Status counts_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                      uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Counts*& from = owned<Counts>(sources[i]);
    Counts*& to = owned<Counts>(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    const uint64_t rows = to->rows;
    for (const auto& [value, entry] : from->values) {
      const bool known = to->values.contains(value);
      TRY(to->add(value, entry.count));
      if (!known) to->values[value].first = rows + entry.first;
    }
  }
  return {};
}

Status decode(const std::string& value, ColumnBuilder& builder) {
  const auto* bytes = reinterpret_cast<const std::byte*>(value.data());
  return decode_value(bytes, builder);
}

using Entry = const std::pair<const std::string, Count>*;

// 0 … count-1 in the order given.
std::vector<uint32_t> sorted(size_t count, const RowOrder& before) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  sort_rows(order, before);
  return order;
}

// The `limit` most frequent entries, among equals those that came first.
std::vector<Entry> most_frequent(const Counts& counts, size_t limit) {
  std::vector<Entry> entries, most;
  for (const auto& entry : counts.values) entries.push_back(&entry);
  const auto order = sorted(entries.size(), [&](uint32_t a, uint32_t b) {
    const Count &left = entries[a]->second, &right = entries[b]->second;
    return left.count != right.count ? left.count > right.count : left.first < right.first;
  });
  for (size_t i = 0; i < order.size() && i < limit; ++i) most.push_back(entries[order[i]]);
  return most;
}

Result<Column> mode_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Counts* counts = owned<Counts>(states[i]);
    Entry best = nullptr;
    if (counts) {
      for (const auto& entry : counts->values) {
        const Count& count_of = entry.second;
        if (!best || count_of.count > best->second.count ||
            (count_of.count == best->second.count && count_of.first < best->second.first)) {
          best = &entry;
        }
      }
    }
    TRY(best ? decode(best->first, builder) : builder.append_null());
  }
  return builder.finish();
}

struct TopCount : FunctionState {
  uint32_t count = 0;
};

Result<Column> top_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  const uint32_t limit = static_cast<const TopCount*>(context.state)->count;
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Counts* counts = owned<Counts>(states[i]);
    if (!counts) {
      TRY(builder.append_null());
      continue;
    }
    builder.begin_list();
    for (Entry entry : most_frequent(*counts, limit)) TRY(decode(entry->first, builder.child(0)));
    TRY(builder.end_list());
  }
  return builder.finish();
}

Result<Column> histogram_finalize(AggregateContext& context, std::byte* const* states,
                                  uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Counts* counts = owned<Counts>(states[i]);
    if (!counts) {
      TRY(builder.append_null());
      continue;
    }
    // Keys in ascending order: sort keys of the decoded values.
    ColumnBuilder values(context.result.map_key(), context.budget);
    std::vector<uint64_t> frequencies;
    for (const auto& [value, entry] : counts->values) {
      TRY(decode(value, values));
      frequencies.push_back(entry.count);
    }
    const Column column = TRY(values.finish());
    const ColumnView view(column);
    std::vector<RowBytes> keys(frequencies.size());
    for (uint32_t k = 0; k < keys.size(); ++k) encode_sort_key(view, k, {}, keys[k]);
    builder.begin_list();
    ColumnBuilder& entries = builder.child(0);
    for (const uint32_t row :
         sorted(keys.size(), [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; })) {
      TRY(entries.child(0).append_from(column, row));
      TRY(entries.child(1).append_value(frequencies[row]));
      TRY(entries.end_struct());
    }
    TRY(builder.end_list());
  }
  return builder.finish();
}

Result<Column> entropy_finalize(AggregateContext& context, std::byte* const* states,
                                uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Counts* counts = owned<Counts>(states[i]);
    double entropy = 0;
    if (counts) {
      const double rows = static_cast<double>(counts->rows);
      for (const auto& [value, entry] : counts->values) {
        const double share = static_cast<double>(entry.count) / rows;
        entropy += share * std::log2(rows / static_cast<double>(entry.count));
      }
    }
    TRY(builder.append_value(entropy));
  }
  return builder.finish();
}

using Finalize = Result<Column> (*)(AggregateContext&, std::byte* const*, uint32_t);
template <Finalize finalize>
constexpr AggregateFunctionOperations operations = {counts_update, nullptr, counts_combine,
                                                    finalize, destroy_owned<Counts>};

Status bind_mode(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Null) call.arguments[0] = TypeId::Integer;
  bind_operations(call, operations<mode_finalize>, 8, call.arguments[0]);
  return {};
}
Status bind_histogram(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Null) call.arguments[0] = TypeId::Integer;
  bind_operations(call, operations<histogram_finalize>, 8,
                  Type::map(call.arguments[0], TypeId::UBigInt));
  return {};
}
Status bind_entropy(BindCall& call) {
  bind_operations(call, operations<entropy_finalize>, 8, TypeId::Double);
  return {};
}
Status bind_top(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Null) call.arguments[0] = TypeId::Integer;
  const Value* limit = call.constants[1];
  if (!limit || limit->is_null() || !limit->type().is_integer() || limit->as_integer() <= 0 ||
      limit->as_integer() >= 1'000'000) {
    return fail(ErrorCode::Binder,
                "Invalid input for approx_top_k: k value must be > 0 and < 1000000");
  }
  auto state = std::make_shared<TopCount>();
  state->count = static_cast<uint32_t>(limit->as_integer());
  call.state = std::move(state);
  bind_operations(call, operations<top_finalize>, 8, Type::list(call.arguments[0]));
  return {};
}

constexpr AggregateFunction functions[] = {
    {"mode", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_mode, true},
    {"histogram", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_histogram},
    {"entropy", TypeId::Double, nullptr, 0, 1, {TypeId::Null}, bind_entropy},
    {"approx_top_k", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::BigInt}, bind_top},
};

}  // namespace

std::span<const AggregateFunction> frequency_functions() {
  return functions;
}

}  // namespace whittle::aggregates
