// approx_count_distinct: HyperLogLog (Flajolet et al., 2007, with Heule's small-range correction by
// linear counting), 2,048 registers, about 2.3 % error. approx_quantile: a merging t-digest
// (Dunning and Ertl, "Computing Extremely Accurate Quantiles Using t-Digests", 2019).
#include <algorithm>
#include <bit>
#include <cmath>

#include "columnar/datetime.hpp"
#include "columnar/hash.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/aggregates/sums.hpp"
#include "exec/wide_values.hpp"

namespace whittle::aggregates {

namespace {

constexpr uint32_t register_bits = 11;
constexpr uint32_t register_count = 1 << register_bits;

struct Registers {
  explicit Registers(MemoryBudget& budget) : memory(budget, "approx_count_distinct") {}
  uint8_t values[register_count] = {};
  int64_t rows = 0;  // no estimate is above it
  Reservation memory;
  void add(uint64_t hash) {
    const uint32_t index = static_cast<uint32_t>(hash >> (64 - register_bits));
    const uint64_t rest = hash << register_bits | uint64_t{1} << (register_bits - 1);
    const auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
    values[index] = std::max(values[index], rank);
    ++rows;
  }
  int64_t estimate() const {
    double sum = 0;
    uint32_t zeroes = 0;
    for (uint8_t value : values) {
      sum += std::ldexp(1.0, -value);
      zeroes += value == 0;
    }
    constexpr double m = register_count, alpha = 0.7213 / (1 + 1.079 / m);
    double estimate = alpha * m * m / sum;
    if (estimate <= 2.5 * m && zeroes > 0) estimate = m * std::log(m / zeroes);
    return std::min<int64_t>(std::llround(estimate), rows);
  }
};

Status distinct_update(AggregateContext& context, std::span<const Column> arguments,
                       const Selection& rows, std::byte* const* states) {
  const Column& argument = arguments[0];
  const ColumnView view(argument);
  if (argument.type().physical() == PhysicalType::Null) return {};
  std::vector<uint64_t> hashes(argument.length());
  hash_column(argument, rows, hashes.data(), false);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    Registers*& registers = owned<Registers>(states[i]);
    if (!registers) {
      registers = new Registers(context.budget);
      TRY(registers->memory.resize(sizeof(Registers)));
    }
    registers->add(hashes[rows[i]]);
  }
  return {};
}

Status distinct_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                        uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Registers*& from = owned<Registers>(sources[i]);
    Registers*& to = owned<Registers>(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    for (uint32_t k = 0; k < register_count; ++k) {
      to->values[k] = std::max(to->values[k], from->values[k]);
    }
    to->rows += from->rows;
  }
  return {};
}

Result<Column> distinct_finalize(AggregateContext& context, std::byte* const* states,
                                 uint32_t count) {
  Column column = TRY(Column::reserve_flat(context.budget, context.result, count));
  auto* out = column.mutable_values<int64_t>();
  for (uint32_t i = 0; i < count; ++i) {
    const Registers* registers = owned<Registers>(states[i]);
    out[i] = registers ? registers->estimate() : 0;
  }
  return column;
}

constexpr AggregateFunctionOperations distinct_operations = {
    distinct_update, nullptr, distinct_combine, distinct_finalize, destroy_owned<Registers>};

// ---- t-digest

struct Centroid {
  double mean, weight;
};

struct Digest {
  explicit Digest(MemoryBudget& budget) : memory(budget, "approx_quantile") {}
  std::vector<Centroid> merged, fresh;
  double total = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  Reservation memory;

  static constexpr double compression = 200;
  static constexpr size_t buffer = 512;

  Status add(Centroid centroid) {
    if (fresh.capacity() == 0) {
      TRY(memory.resize(sizeof(Digest) + (buffer + 2 * compression) * sizeof(Centroid)));
      fresh.reserve(buffer);
    }
    fresh.push_back(centroid);
    low = std::min(low, centroid.mean);
    high = std::max(high, centroid.mean);
    if (fresh.size() == buffer) compress();
    return {};
  }

  // One pass over all centroids in order; the scale function k1 bounds each one's share.
  void compress() {
    if (fresh.empty()) return;
    std::vector<Centroid> all;
    all.reserve(fresh.size() + merged.size());
    all.insert(all.end(), merged.begin(), merged.end());
    all.insert(all.end(), fresh.begin(), fresh.end());
    fresh.clear();
    std::sort(all.begin(), all.end(),
              [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
    total = 0;
    for (const auto& centroid : all) total += centroid.weight;
    const auto scale = [](double q) { return compression / (2 * M_PI) * std::asin(2 * q - 1); };
    merged.clear();
    double before = 0;
    Centroid current = all[0];
    for (size_t i = 1; i < all.size(); ++i) {
      const double together = current.weight + all[i].weight;
      if (scale(std::min(1.0, (before + together) / total)) - scale(before / total) <= 1) {
        current.mean += (all[i].mean - current.mean) * all[i].weight / together;
        current.weight = together;
      } else {
        merged.push_back(current);
        before += current.weight;
        current = all[i];
      }
    }
    merged.push_back(current);
  }

  double quantile(double q) {
    compress();
    const double target = q * total;
    double before = 0;
    for (size_t i = 0; i < merged.size(); ++i) {
      const double middle = before + merged[i].weight / 2;
      if (target <= middle || i + 1 == merged.size()) {
        if (target == middle) return merged[i].mean;
        const double left_mean = i > 0 ? merged[i - 1].mean : low;
        const double left = i > 0 ? before - merged[i - 1].weight / 2 : 0;
        if (target > middle) {
          const double share = (target - middle) / std::max(total - middle, 1e-300);
          return merged[i].mean + (high - merged[i].mean) * share;
        }
        const double share = (target - left) / std::max(middle - left, 1e-300);
        return left_mean + (merged[i].mean - left_mean) * share;
      }
      before += merged[i].weight;
    }
    return high;
  }
};

struct DigestState : FunctionState {
  std::vector<double> fractions;
  bool list = false;
};

Status digest_update(AggregateContext& context, std::span<const Column> arguments,
                     const Selection& rows, std::byte* const* states) {
  const bool real = is_real(arguments[0].type().physical());
  const bool timed = arguments[0].type().id() == TypeId::TimeTz;
  return visit_wide(arguments[0], rows, [&](uint32_t position, const WideValue& wide) -> Status {
    double value = real ? wide.real : static_cast<double>(wide.whole);
    if (timed) value = static_cast<double>(timetz_instant(static_cast<uint64_t>(wide.whole)));
    if (!std::isfinite(value)) return {};
    return make_owned<Digest>(states[position], context.budget).add({value, 1});
  });
}

Status digest_combine(AggregateContext& context, std::byte* const* sources,
                      std::byte* const* targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Digest* from = owned<Digest>(sources[i]);
    if (!from) continue;
    from->compress();
    auto& to = make_owned<Digest>(targets[i], context.budget);
    for (const auto& centroid : from->merged) TRY(to.add(centroid));
    to.low = std::min(to.low, from->low);
    to.high = std::max(to.high, from->high);
  }
  return {};
}

Status append_number(ColumnBuilder& builder, double value) {
  const Type& type = builder.type();
  if (type.is_floating()) return builder.append(Value::real(type, value));
  // The largest DOUBLE below a limit may round to beyond it.
  const bool wide = type.value_size() == 16;
  const double limit = std::ldexp(1.0, wide ? 127 : 63);
  const int128_t most = wide ? static_cast<int128_t>(~uint128_t{0} >> 1) : int128_t{INT64_MAX};
  value = std::nearbyint(value);
  int128_t whole = value >= limit    ? most
                   : value <= -limit ? -most - 1
                                     : static_cast<int128_t>(value);
  if (type.id() == TypeId::TimeTz) whole = make_timetz(static_cast<int64_t>(whole), 0);
  return builder.append(Value::integer(type, whole));
}

Result<Column> digest_finalize(AggregateContext& context, std::byte* const* states,
                               uint32_t count) {
  const auto& bind = static_cast<const DigestState&>(*context.state);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    Digest* digest = owned<Digest>(states[i]);
    if (!digest) {
      TRY(builder.append_null());
      continue;
    }
    if (!bind.list) {
      TRY(append_number(builder, digest->quantile(bind.fractions[0])));
      continue;
    }
    builder.begin_list();
    for (double fraction : bind.fractions) {
      TRY(append_number(builder.child(0), digest->quantile(fraction)));
    }
    TRY(builder.end_list());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations digest_operations = {digest_update, nullptr, digest_combine,
                                                           digest_finalize, destroy_owned<Digest>};

Result<double> fraction_of(const Value& value) {
  double fraction = -1;
  if (!value.is_null() && value.type().is_floating()) fraction = value.as_real();
  if (!value.is_null() && (value.type().is_integer() || value.type().id() == TypeId::Decimal)) {
    fraction = static_cast<double>(value.as_integer());
    for (int i = 0; i < value.type().decimal_scale(); ++i) fraction /= 10;
  }
  if (fraction >= 0 && fraction <= 1) return fraction;
  return fail(ErrorCode::Binder,
              "APPROXIMATE QUANTILE can only take parameters in the range [0, 1]");
}

Status bind_digest(BindCall& call) {
  const Type argument = call.arguments[0];
  const Value* constant = call.constants[1];
  if (!constant)
    return fail(ErrorCode::Binder, "APPROXIMATE QUANTILE can only take constant parameters");
  if (!argument.is_numeric() && !argument.is_temporal() && argument.id() != TypeId::Null)
    return no_match(call);
  // DECIMALs are rounded to whole numbers of the type that stores them.
  Type result = summed_as(argument);
  if (argument.id() == TypeId::Decimal) {
    const uint8_t width = argument.decimal_width();
    result = width <= 4    ? TypeId::SmallInt
             : width <= 9  ? TypeId::Integer
             : width <= 18 ? TypeId::BigInt
                           : TypeId::HugeInt;
  } else if (argument.is_timestamp() && argument.id() != TypeId::TimestampTz) {
    result = TypeId::Timestamp;
  }
  call.arguments[0] = result;
  auto state = std::make_shared<DigestState>();
  state->list = constant->type().id() == TypeId::List || constant->type().id() == TypeId::Array;
  if (state->list && !constant->is_null()) {
    for (const auto& child : constant->children())
      state->fractions.push_back(TRY(fraction_of(child)));
  } else {
    state->fractions.push_back(TRY(fraction_of(*constant)));
  }
  if (state->list) result = Type::list(result);
  call.state = std::move(state);
  bind_operations(call, digest_operations, 8, result);
  return {};
}

constexpr AggregateFunction functions[] = {
    {"approx_count_distinct", TypeId::BigInt, &distinct_operations, 8, 1, {TypeId::Null}},
    {"approx_quantile", TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::Null}, bind_digest},
};

}  // namespace

std::span<const AggregateFunction> sketch_functions() {
  return functions;
}

}  // namespace whittle::aggregates
