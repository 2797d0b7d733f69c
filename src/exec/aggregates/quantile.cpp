// median, quantile_disc, quantile_cont, mad: every value is kept until the end.
//
// Values are kept as one of three: int64 for integer-backed types up to 64 bits, int128, double;
// any other type (strings, …) as sort key and encoded value, for the discrete forms.
#include <algorithm>
#include <cmath>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/operators/sort_keys.hpp"
#include "exec/wide_values.hpp"

namespace whittle::aggregates {

namespace {

struct QuantileState : FunctionState {
  std::vector<double> fractions;  // negative: counted from the largest
  bool list = false;              // the result is a LIST, one element per fraction
  bool continuous = false;
  Type input;
};

const QuantileState& bound(const AggregateContext& context) {
  return static_cast<const QuantileState&>(*context.state);
}

template <class T>
struct Values {
  explicit Values(MemoryBudget& budget) : memory(budget, "quantile") {}
  std::vector<T> values;
  Reservation memory;
  Status add(T value) {
    if (values.size() == values.capacity()) {
      const size_t capacity = std::max<size_t>(values.capacity() * 2, 4);
      TRY(memory.resize(capacity * sizeof(T) + sizeof(Values)));
      values.reserve(capacity);
    }
    values.push_back(std::move(value));
    return {};
  }
};

// A value of a type without arithmetic: [u32 key size][key][value].
struct Opaque {
  RowBytes bytes;
  std::string_view key() const {
    uint32_t size;
    std::memcpy(&size, bytes.data(), 4);
    return {reinterpret_cast<const char*>(bytes.data()) + 4, size};
  }
  bool operator<(const Opaque& other) const { return key() < other.key(); }
};

// Ascending, NaN last.
template <class T>
bool less(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>) {
    return b != b ? a == a : a < b;
  } else {
    return a < b;
  }
}

template <class T>
Status add_rows(MemoryBudget& budget, const Column& argument, const Selection& rows,
                std::byte* const* states) {
  if constexpr (std::is_same_v<T, Opaque>) {
    const ColumnView view(argument);
    for (uint32_t i = 0; i < rows.count; ++i) {
      if (!view.valid(rows[i])) continue;
      Opaque value;
      value.bytes.resize(4);
      encode_sort_key(view, rows[i], {}, value.bytes);
      const auto size = static_cast<uint32_t>(value.bytes.size() - 4);
      std::memcpy(value.bytes.data(), &size, 4);
      encode_value(view, rows[i], value.bytes);
      auto& kept = make_owned<Values<T>>(states[i], budget);
      TRY(kept.memory.grow(value.bytes.size() + 16));
      kept.values.push_back(std::move(value));
    }
    return {};
  } else {
    return visit_wide(argument, rows, [&](uint32_t position, const WideValue& value) -> Status {
      auto& kept = make_owned<Values<T>>(states[position], budget);
      if constexpr (std::is_same_v<T, double>) {
        return kept.add(value.real);
      } else {
        return kept.add(static_cast<T>(value.whole));
      }
    });
  }
}

template <class T>
Status quantile_update(AggregateContext& context, std::span<const Column> arguments,
                       const Selection& rows, std::byte* const* states) {
  return add_rows<T>(context.budget, arguments[0], rows, states);
}

template <class T>
Status quantile_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                        uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Values<T>*& from = owned<Values<T>>(sources[i]);
    Values<T>*& to = owned<Values<T>>(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    TRY(to->memory.grow(from->memory.bytes()));
    to->values.insert(to->values.end(), std::make_move_iterator(from->values.begin()),
                      std::make_move_iterator(from->values.end()));
    delete std::exchange(from, nullptr);
  }
  return {};
}

// The element at `index` in ascending (or descending) order; partially sorts.
template <class T>
T& nth(std::vector<T>& values, size_t index, bool descending) {
  if (descending) index = values.size() - 1 - index;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index),
                   values.end(), less<T>);
  return values[index];
}

size_t discrete_index(size_t count, double fraction) {
  const double n = static_cast<double>(count);
  const auto below = static_cast<size_t>(std::floor(n - fraction * n));
  return std::max<size_t>(1, count - below) - 1;
}

struct Neighbours {
  size_t low, high;
  double weight;
};
Neighbours continuous_index(size_t count, double fraction) {
  const double position = static_cast<double>(count - 1) * fraction;
  return {static_cast<size_t>(std::floor(position)), static_cast<size_t>(std::ceil(position)),
          position - std::floor(position)};
}

template <class T>
double interpolate(T low, T high, double weight) {
  if (weight == 0 || low == high) return static_cast<double>(low);
  return static_cast<double>(low) * (1.0 - weight) + static_cast<double>(high) * weight;
}
// Integer results (decimals, times): from the lower value on.
template <class T>
T interpolate_exact(T low, T high, double weight, bool round) {
  const double step = static_cast<double>(high - low) * weight;
  return low + static_cast<T>(round ? std::round(step) : step);
}

Status append_scalar(ColumnBuilder& builder, const Type& type, double value) {
  return builder.append(Value::real(type, value));
}

// A date's days as the microseconds of the TIMESTAMP that stands for it.
template <class T>
T widen(T value, const QuantileState& bind) {
  if constexpr (std::is_same_v<T, int64_t>) {
    if (bind.continuous && bind.input.id() == TypeId::Date) return value * 86'400'000'000;
  }
  return value;
}

template <class T>
Status append_quantile(ColumnBuilder& builder, std::vector<T>& values, double fraction,
                       const QuantileState& bind) {
  const bool descending = std::signbit(fraction);
  fraction = std::fabs(fraction);
  const Type& type = builder.type();
  if constexpr (std::is_same_v<T, Opaque>) {
    const Opaque& value = nth(values, discrete_index(values.size(), fraction), descending);
    const std::byte* bytes = value.bytes.data() + 4 + value.key().size();
    return decode_value(bytes, builder);
  } else {
    if (!bind.continuous) {
      const T value = nth(values, discrete_index(values.size(), fraction), descending);
      if constexpr (std::is_same_v<T, double>) return append_scalar(builder, type, value);
      return builder.append(Value::integer(type, static_cast<int128_t>(value)));
    }
    const Neighbours at = continuous_index(values.size(), fraction);
    const T low = widen(nth(values, at.low, descending), bind);
    const T high = at.high == at.low ? low : widen(nth(values, at.high, descending), bind);
    if (type.is_floating()) return append_scalar(builder, type, interpolate(low, high, at.weight));
    if constexpr (!std::is_same_v<T, double>) {
      const T value = interpolate_exact(low, high, at.weight, type.is_temporal());
      return builder.append(Value::integer(type, static_cast<int128_t>(value)));
    }
    return fail(ErrorCode::Internal, "quantile of an unexpected type");
  }
}

template <class T>
Result<Column> quantile_finalize(AggregateContext& context, std::byte* const* states,
                                 uint32_t count) {
  const QuantileState& bind = bound(context);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    Values<T>* kept = owned<Values<T>>(states[i]);
    if (!kept || kept->values.empty()) {
      TRY(builder.append_null());
      continue;
    }
    if (!bind.list) {
      TRY(append_quantile(builder, kept->values, bind.fractions[0], bind));
      continue;
    }
    builder.begin_list();
    for (double fraction : bind.fractions) {
      TRY(append_quantile(builder.child(0), kept->values, fraction, bind));
    }
    TRY(builder.end_list());
  }
  return builder.finish();
}

template <class T>
constexpr AggregateFunctionOperations quantile_operations = {
    quantile_update<T>, nullptr, quantile_combine<T>, quantile_finalize<T>,
    destroy_owned<Values<T>>};

// The median of the distances from the median.
template <class T>
Result<Column> deviation_finalize(AggregateContext& context, std::byte* const* states,
                                  uint32_t count) {
  const QuantileState& bind = bound(context);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    Values<T>* kept = owned<Values<T>>(states[i]);
    if (!kept || kept->values.empty()) {
      TRY(builder.append_null());
      continue;
    }
    std::vector<T>& values = kept->values;
    for (T& value : values) value = widen(value, bind);
    const Neighbours at = continuous_index(values.size(), 0.5);
    const T low = nth(values, at.low, false), high = nth(values, at.high, false);
    const auto middle_of = [&](auto& list) {
      const auto a = nth(list, at.low, false), b = nth(list, at.high, false);
      return interpolate(a, b, at.weight);
    };
    if (context.result.is_floating()) {
      const double middle = interpolate(low, high, at.weight);
      std::vector<double> distances(values.size());
      for (size_t k = 0; k < values.size(); ++k) {
        distances[k] = std::fabs(static_cast<double>(values[k]) - middle);
      }
      TRY(append_scalar(builder, context.result, middle_of(distances)));
    } else if constexpr (!std::is_same_v<T, double>) {
      const T middle = interpolate_exact(low, high, at.weight, bind.input.is_temporal());
      for (T& value : values) value = value < middle ? middle - value : value - middle;
      const T a = nth(values, at.low, false), b = nth(values, at.high, false);
      const T result = interpolate_exact(a, b, at.weight, context.result.id() == TypeId::Interval);
      if (context.result.id() == TypeId::Interval) {
        const auto micros = static_cast<int64_t>(result);
        TRY(builder.append_value(IntervalValue{0, static_cast<int32_t>(micros / 86'400'000'000),
                                               micros % 86'400'000'000}));
      } else {
        TRY(builder.append(Value::integer(context.result, static_cast<int128_t>(result))));
      }
    }
  }
  return builder.finish();
}

template <class T>
constexpr AggregateFunctionOperations deviation_operations = {
    quantile_update<T>, nullptr, quantile_combine<T>, deviation_finalize<T>,
    destroy_owned<Values<T>>};

Result<double> fraction_of(const Value& value) {
  double fraction = 0;
  if (value.is_null()) return fail(ErrorCode::Binder, "QUANTILE parameter cannot be NULL");
  if (value.type().is_floating()) {
    fraction = value.as_real();
  } else if (value.type().id() == TypeId::Decimal || value.type().is_integer()) {
    fraction = static_cast<double>(value.as_integer());
    if (value.type().id() == TypeId::Decimal) {
      for (int i = 0; i < value.type().decimal_scale(); ++i) fraction /= 10;
    }
  } else {
    return fail(ErrorCode::Binder, "QUANTILE parameter must be a number");
  }
  if (!(fraction >= -1 && fraction <= 1)) {
    return fail(ErrorCode::Binder, "QUANTILE can only take parameters in the range [-1, 1]");
  }
  return fraction;
}

Status read_fractions(BindCall& call, QuantileState& state) {
  const Value* constant = call.constants.size() > 1 ? call.constants[1] : nullptr;
  if (!constant)
    return fail(ErrorCode::Binder, "QUANTILE can only take constant quantile parameters");
  state.list = constant->type().id() == TypeId::List || constant->type().id() == TypeId::Array;
  if (!state.list) {
    state.fractions.push_back(TRY(fraction_of(*constant)));
    return {};
  }
  if (constant->is_null() || constant->children().empty()) {
    return fail(ErrorCode::Binder, "QUANTILE requires at least one quantile parameter");
  }
  for (const auto& child : constant->children()) state.fractions.push_back(TRY(fraction_of(child)));
  return {};
}

enum class Storage : uint8_t { Int64, Int128, Double, Opaque };
Storage storage_of(const Type& type) {
  switch (type.physical()) {
    case PhysicalType::Float:
    case PhysicalType::Double:
      return Storage::Double;
    case PhysicalType::Int128:
    case PhysicalType::UInt64:
      return Storage::Int128;
    case PhysicalType::UInt128:
    case PhysicalType::String:
    case PhysicalType::Interval:
    case PhysicalType::List:
    case PhysicalType::Struct:
      return Storage::Opaque;
    default:
      return Storage::Int64;
  }
}

void bind_storage(BindCall& call, const Type& result) {
  switch (storage_of(call.arguments[0])) {
    case Storage::Int64:
      return bind_operations(call, quantile_operations<int64_t>, 8, result);
    case Storage::Int128:
      return bind_operations(call, quantile_operations<int128_t>, 8, result);
    case Storage::Double:
      return bind_operations(call, quantile_operations<double>, 8, result);
    case Storage::Opaque:
      return bind_operations(call, quantile_operations<Opaque>, 8, result);
  }
}

// What interpolation gives for a type; NULL type: it cannot be interpolated.
Type continuous_type(const Type& type) {
  if (type.id() == TypeId::Decimal || type.is_timestamp() || type.id() == TypeId::Time) return type;
  if (type.id() == TypeId::Float) return type;
  if (type.is_numeric()) return TypeId::Double;
  if (type.id() == TypeId::Date) return TypeId::Timestamp;
  return TypeId::Null;
}

Status bind_quantile(BindCall& call) {
  const bool continuous = call.name == "quantile_cont";
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  if (type.id() == TypeId::UHugeInt && continuous) type = TypeId::Double;
  auto state = std::make_shared<QuantileState>();
  TRY(read_fractions(call, *state));
  state->continuous = continuous;
  state->input = type;
  Type result = continuous ? continuous_type(type) : type;
  if (result.id() == TypeId::Null) return no_match(call);
  if (state->list) result = Type::list(result);
  call.state = std::move(state);
  bind_storage(call, result);
  return {};
}

Status bind_median(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null) type = TypeId::Integer;
  if (type.id() == TypeId::UHugeInt) type = TypeId::Double;
  auto state = std::make_shared<QuantileState>();
  state->fractions = {0.5};
  state->input = type;
  Type result = continuous_type(type);
  state->continuous = result.id() != TypeId::Null;
  if (!state->continuous) result = type;
  call.state = std::move(state);
  bind_storage(call, result);
  return {};
}

Status bind_deviation(BindCall& call) {
  Type& type = call.arguments[0];
  if (type.id() == TypeId::Null || type.id() == TypeId::UHugeInt) type = TypeId::Double;
  Type result = continuous_type(type);
  if (result.id() == TypeId::Null) return no_match(call);
  if (result.is_temporal()) result = TypeId::Interval;
  if (type.is_timestamp() && type.id() != TypeId::TimestampTz) type = TypeId::Timestamp;
  auto state = std::make_shared<QuantileState>();
  state->continuous = true;
  state->input = type;
  call.state = std::move(state);
  switch (storage_of(type)) {
    case Storage::Int64:
      bind_operations(call, deviation_operations<int64_t>, 8, result);
      return {};
    case Storage::Int128:
      bind_operations(call, deviation_operations<int128_t>, 8, result);
      return {};
    default:
      bind_operations(call, deviation_operations<double>, 8, result);
      return {};
  }
}

#define WHITTLE_QUANTILE(name, bind) \
  {name, TypeId::Null, nullptr, 0, 2, {TypeId::Null, TypeId::Null}, bind}

constexpr AggregateFunction functions[] = {
    {"median", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_median},
    {"mad", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_deviation},
    WHITTLE_QUANTILE("quantile", bind_quantile),
    WHITTLE_QUANTILE("quantile_disc", bind_quantile),
    WHITTLE_QUANTILE("quantile_cont", bind_quantile),
    // A sample of everything is exact; the size of the sample is a hint.
    WHITTLE_QUANTILE("reservoir_quantile", bind_quantile),
    {"reservoir_quantile",
     TypeId::Null,
     nullptr,
     0,
     3,
     {TypeId::Null, TypeId::Null, TypeId::Integer},
     bind_quantile},
};

}  // namespace

std::span<const AggregateFunction> quantile_functions() {
  return functions;
}

}  // namespace whittle::aggregates
