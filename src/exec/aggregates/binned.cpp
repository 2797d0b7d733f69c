// histogram(x, bins) and histogram_exact(x, bins): how many values are at most, or are, each bin.
// Values and bins are compared as sort keys.
#include <algorithm>
#include <limits>
#include <numeric>

#include "columnar/datetime.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/evaluator.hpp"
#include "exec/operators/sort_keys.hpp"
#include "exec/sort_rows.hpp"

namespace whittle::aggregates {

namespace {

struct Bins : FunctionState {
  std::vector<std::pair<RowBytes, Value>> bins;  // ascending, each once
  Value other;                                   // the name of what is in no bin
  bool exact = false;
};

const Bins& bound(const AggregateContext& context) {
  return static_cast<const Bins&>(*context.state);
}

struct Frequencies {
  explicit Frequencies(MemoryBudget& budget) : memory(budget, "histogram") {}
  std::vector<uint64_t> counts;  // one more than bins: the others
  Reservation memory;
  Status prepare(size_t bins) {
    if (!counts.empty()) return {};
    TRY(memory.resize((bins + 1) * sizeof(uint64_t)));
    counts.resize(bins + 1);
    return {};
  }
};

Status binned_update(AggregateContext& context, std::span<const Column> arguments,
                     const Selection& rows, std::byte* const* states) {
  const auto& [bins, other, exact] = bound(context);
  const ColumnView view(arguments[0]);
  RowBytes key;
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    key.clear();
    encode_sort_key(view, rows[i], {}, key);
    auto bin =
        std::lower_bound(bins.begin(), bins.end(), key,
                         [](const auto& entry, const RowBytes& k) { return entry.first < k; });
    if (exact && bin != bins.end() && bin->first != key) bin = bins.end();
    auto& frequencies = make_owned<Frequencies>(states[i], context.budget);
    TRY(frequencies.prepare(bins.size()));
    ++frequencies.counts[static_cast<size_t>(bin - bins.begin())];
  }
  return {};
}

Status binned_combine(AggregateContext& context, std::byte* const* sources,
                      std::byte* const* targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const Frequencies* from = owned<Frequencies>(sources[i]);
    if (!from) continue;
    auto& to = make_owned<Frequencies>(targets[i], context.budget);
    TRY(to.prepare(from->counts.size() - 1));
    for (size_t k = 0; k < from->counts.size(); ++k) to.counts[k] += from->counts[k];
  }
  return {};
}

Result<Column> binned_finalize(AggregateContext& context, std::byte* const* states,
                               uint32_t count) {
  const Bins& bins = bound(context);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Frequencies* frequencies = owned<Frequencies>(states[i]);
    if (!frequencies) {
      TRY(builder.append_null());
      continue;
    }
    builder.begin_list();
    ColumnBuilder& entries = builder.child(0);
    for (size_t k = 0; k < frequencies->counts.size(); ++k) {
      const bool others = k == bins.bins.size();
      if (others && frequencies->counts[k] == 0) break;
      TRY(entries.child(0).append(others ? bins.other : bins.bins[k].second));
      TRY(entries.child(1).append_value(frequencies->counts[k]));
      TRY(entries.end_struct());
    }
    TRY(builder.end_list());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations operations = {binned_update, nullptr, binned_combine,
                                                    binned_finalize, destroy_owned<Frequencies>};

// What stands for the values in no bin: the type's largest, infinity, or an empty value.
Value other_bin(const Type& type) {
  if (type.is_floating()) return Value::real(type, std::numeric_limits<double>::infinity());
  if (type.id() == TypeId::Date) return Value::integer(type, date_infinity);
  if (type.is_timestamp()) return Value::integer(type, timestamp_infinity);
  if (type.is_integer() && type.value_size() == 16) {
    const bool is_signed = type.is_signed_integer();
    return Value::integer(type,
                          static_cast<int128_t>(is_signed ? ~uint128_t{0} >> 1 : ~uint128_t{0}));
  }
  if (type.is_integer()) {
    const uint32_t bits = type.value_size() * 8 - (type.is_signed_integer() ? 1 : 0);
    return Value::integer(type, static_cast<int128_t>((uint128_t{1} << bits) - 1));
  }
  if (type.is_string() || type.id() == TypeId::Blob) return Value::string(type, "");
  if (type.id() == TypeId::List) return Value::nested(type, {});
  return Value::null(type);
}

Status bind_binned(BindCall& call) {
  const Type list = call.arguments[1];
  if (list.id() != TypeId::List && list.id() != TypeId::Array) return no_match(call);
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = list.element();
  if (type.id() == TypeId::Decimal) type = TypeId::Double;
  const Value* constant = call.constants[1];
  if (!constant) return fail(ErrorCode::Binder, "Histogram bins must be a constant list");
  if (constant->is_null()) return fail(ErrorCode::Binder, "Histogram bin list cannot be NULL");
  auto state = std::make_shared<Bins>();
  state->exact = call.name == "histogram_exact";
  MemoryBudget budget(UINT64_MAX);
  std::vector<std::pair<RowBytes, Value>> bins;
  for (const Value& bin : constant->children()) {
    if (bin.is_null()) return fail(ErrorCode::Binder, "Histogram bin entry cannot be NULL");
    const Column one = TRY(bin.to_column(budget));
    const Column cast = TRY(cast_column(one, type, Selection::all(1), true, budget));
    RowBytes key;
    encode_sort_key(ColumnView(cast), 0, {}, key);
    bins.emplace_back(std::move(key), Value::from_column(cast, 0));
  }
  std::vector<uint32_t> order(bins.size());
  std::iota(order.begin(), order.end(), 0U);
  sort_rows(order, [&](uint32_t a, uint32_t b) { return bins[a].first < bins[b].first; });
  for (const uint32_t i : order) {
    if (state->bins.empty() || state->bins.back().first != bins[i].first) {
      state->bins.push_back(std::move(bins[i]));
    }
  }
  state->other = other_bin(type);
  call.state = std::move(state);
  bind_operations(call, operations, sizeof(Frequencies*), Type::map(type, TypeId::UBigInt));
  return {};
}

constexpr TypeId any = TypeId::Null, map = TypeId::Map, list = TypeId::List;

constexpr AggregateFunction functions[] = {
    {"histogram", map, nullptr, 0, 2, {any, list}, bind_binned},
    {"histogram_exact", map, nullptr, 0, 2, {any, list}, bind_binned},
};

}  // namespace

std::span<const AggregateFunction> binned_functions() {
  return functions;
}

}  // namespace whittle::aggregates
