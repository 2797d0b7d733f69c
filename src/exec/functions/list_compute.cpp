// List functions that compute: range and generate_series, distances of vectors, and aggregates
// over the elements of a list.
#include <cmath>

#include "columnar/datetime.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using lists::ListView;
using Arguments = std::span<const Column>;

// ---- range, generate_series

Error too_long() {
  return Error(ErrorCode::InvalidArgument, "Lists larger than 2^32 elements are not supported");
}

// Appends start, start + step, … up to `stop`; the last value is in with `inclusive`.
Status append_numbers(std::vector<int64_t>& out, int64_t start, int64_t stop, int64_t step,
                      bool inclusive) {
  if (step == 0) return {};
  for (int64_t value = start;;) {
    const bool inside = step > 0 ? (inclusive ? value <= stop : value < stop)
                                 : (inclusive ? value >= stop : value > stop);
    if (!inside) return {};
    if (out.size() >= INT32_MAX) return fail(too_long());
    out.push_back(value);
    if (__builtin_add_overflow(value, step, &value)) return {};
  }
}

int direction(const IntervalValue& step) {
  const bool up = step.months > 0 || step.days > 0 || step.microseconds > 0;
  const bool down = step.months < 0 || step.days < 0 || step.microseconds < 0;
  return up && down ? 2 : up ? 1 : down ? -1 : 0;
}

Status append_timestamps(std::vector<int64_t>& out, int64_t start, int64_t stop,
                         const IntervalValue& step, bool inclusive) {
  if (is_infinite_timestamp(start) || is_infinite_timestamp(stop)) {
    return fail(ErrorCode::InvalidArgument, "RANGE with infinite bounds is not supported");
  }
  const int way = direction(step);
  if (way == 0) return {};
  if (way == 2) {
    return fail(ErrorCode::InvalidArgument,
                "RANGE with composite interval that has mixed signs is not supported");
  }
  for (int64_t value = start;;) {
    const bool inside = way > 0 ? (inclusive ? value <= stop : value < stop)
                                : (inclusive ? value >= stop : value > stop);
    if (!inside) return {};
    if (out.size() >= INT32_MAX) return fail(too_long());
    out.push_back(value);
    const auto next = add_interval(value, step);
    if (!next) return {};
    value = *next;
  }
}

Result<Column> ranges(KernelContext& context, Arguments arguments, bool inclusive) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const bool timestamps = arguments.size() == 3 && arguments[2].type().id() == TypeId::Interval;
    const ColumnView first(arguments[0]), second(arguments[arguments.size() > 1]),
        third(arguments.back());
    Column result = TRY(kernels::make_result(inner));
    kernels::merge_validity(inner, arguments, result);
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    std::vector<int64_t> values;
    Reservation reservation(inner.budget, "lists");
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!kernels::row_valid(result, row)) continue;
      const auto start_at = static_cast<uint32_t>(values.size());
      const int64_t a = first.get<int64_t>(row);
      if (timestamps) {
        TRY(append_timestamps(values, a, second.get<int64_t>(row), third.get<IntervalValue>(row),
                              inclusive));
      } else {
        const bool one = arguments.size() == 1;
        const int64_t start = one ? 0 : a, stop = one ? a : second.get<int64_t>(row);
        const int64_t step = arguments.size() == 3 ? third.get<int64_t>(row) : 1;
        if (step != 0) {  // refuse what would not fit before filling it
          const int128_t count = (static_cast<int128_t>(stop) - start) / step;
          if (count > INT32_MAX) return fail(too_long());
          if (count > 0) {
            TRY(reservation.resize((static_cast<uint64_t>(count) + values.capacity()) * 8));
          }
        }
        TRY(append_numbers(values, start, stop, step, inclusive));
      }
      if (values.capacity() * 8 > reservation.bytes())
        TRY(reservation.resize(values.capacity() * 8));
      entries[row] = {start_at, static_cast<uint32_t>(values.size()) - start_at};
    }
    const auto total = static_cast<uint32_t>(values.size());
    Column child =
        TRY(Column::reserve_flat(inner.budget, lists::element_type(inner.call.type), total));
    std::copy(values.begin(), values.end(), child.mutable_values<int64_t>());
    result.mutable_children().push_back(std::move(child));
    return result;
  });
}

template <bool inclusive>
Result<Column> range_kernel(KernelContext& context, Arguments arguments) {
  return ranges(context, arguments, inclusive);
}

Status bind_range(BindCall& call) {
  call.result = Type::list(call.arguments[0]);
  return {};
}

// ---- distances

struct Sums {
  double dot = 0, squares_a = 0, squares_b = 0, distance = 0;
};
using Measure = double (*)(const Sums&);

double cosine(const Sums& sums) {
  const double similarity = sums.dot / std::sqrt(sums.squares_a * sums.squares_b);
  return std::max(-1.0, std::min(similarity, 1.0));
}
double euclidean(const Sums& sums) {
  return std::sqrt(sums.distance);
}
double cosine_distance(const Sums& sums) {
  return 1.0 - cosine(sums);
}
double dot(const Sums& sums) {
  return sums.dot;
}
double negative_dot(const Sums& sums) {
  return -sums.dot;
}

// Numbers of a list of FLOAT or DOUBLE.
struct Reals {
  explicit Reals(const Column& column)
      : view(column), is_float(column.type().id() == TypeId::Float) {}
  double operator[](uint32_t at) const {
    return is_float ? view.get<float>(at) : view.get<double>(at);
  }
  ColumnView view;
  bool is_float;
};

struct Distances {
  Distances(KernelContext& context, Arguments arguments, Measure measure)
      : name(context.call.function),
        measure(measure),
        a(arguments[0]),
        b(arguments[1]),
        in_a(*a.child),
        in_b(*b.child) {}

  std::unexpected<Error> refused(const std::string& why) const {
    return fail(ErrorCode::InvalidArgument, name + ": " + why);
  }
  Result<Sums> sums(uint32_t row) const;
  static Status loop(KernelContext& context, void* closure, Column& result);

  std::string name;
  Measure measure;
  ListView a, b;
  Reals in_a, in_b;
};

Result<Sums> Distances::sums(uint32_t row) const {
  const ListEntry x = a.at(row), y = b.at(row);
  if (x.length != y.length) {
    return refused("list dimensions must be equal, got left length '" + std::to_string(x.length) +
                   "' and right length '" + std::to_string(y.length) + "'");
  }
  Sums sums;
  for (uint32_t i = 0; i < x.length; ++i) {
    const bool left = in_a.view.valid(x.offset + i);
    if (!left || !in_b.view.valid(y.offset + i)) {
      return refused(std::string(left ? "right" : "left") +
                     " argument can not contain NULL values");
    }
    const double u = in_a[x.offset + i], v = in_b[y.offset + i];
    sums.dot += u * v;
    sums.squares_a += u * u;
    sums.squares_b += v * v;
    sums.distance += (u - v) * (u - v);
  }
  return sums;
}

Status Distances::loop(KernelContext& context, void* closure, Column& result) {
  const auto& self = *static_cast<const Distances*>(closure);
  const bool is_float = result.type().id() == TypeId::Float;
  // Two empty lists have no angle.
  const bool angle = self.name.find("cosine") != std::string::npos;
  return kernels::for_each_row_checked(context.rows, [&](uint32_t row) -> Status {
    double value = 0;
    if (kernels::row_valid(result, row)) {
      value = self.measure(TRY(self.sums(row)));
      if (angle && self.a.at(row).length == 0) result.set_null(context.budget, row);
    }
    if (is_float) {
      result.mutable_values<float>()[row] = static_cast<float>(value);
    } else {
      result.mutable_values<double>()[row] = value;
    }
    return {};
  });
}

Result<Column> distances(KernelContext& context, Arguments arguments, Measure measure) {
  if (!ListView(arguments[0]).child || !ListView(arguments[1]).child) {
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  Distances work(context, arguments, measure);
  return kernels::detail::run_rows(context, arguments, work.loop, &work);
}

template <Measure measure>
Result<Column> distance_kernel(KernelContext& context, Arguments arguments) {
  return distances(context, arguments, measure);
}

Status bind_distance(BindCall& call) {
  bool floats = false, all_floats = true;
  for (const Type& type : call.arguments) {
    const Type element = lists::element_type(type);
    if (!element.is_numeric() && element.id() != TypeId::Null) {
      return fail(
          ErrorCode::Binder,
          std::string(call.name) + ": a list of numbers is expected, not " + type.to_string());
    }
    floats = floats || element.id() == TypeId::Float;
    all_floats = all_floats && (element.id() == TypeId::Float || element.is_integer() ||
                                element.id() == TypeId::Decimal);
  }
  const auto is_other = [](const Type& type) {
    return type.id() == TypeId::Array && !type.element().is_floating();
  };
  if (call.name.starts_with("array_") && is_other(call.arguments[0]) &&
      is_other(call.arguments[1])) {
    return fail(ErrorCode::Binder,
                std::string(call.name) + ": Arguments must be arrays of FLOAT or DOUBLE");
  }
  call.result = floats && all_floats ? TypeId::Float : TypeId::Double;
  for (Type& type : call.arguments) {
    if (lists::is_list(type)) type = Type::list(call.result);
  }
  return {};
}

// ---- array_cross_product

Status cross_product(const ListView& a, const ListView& b, uint32_t row, double* out) {
  const Reals left(*a.child), right(*b.child);
  double x[3], y[3];
  for (uint32_t k = 0; k < 3; ++k) {
    const uint32_t at = a.at(row).offset + k, other = b.at(row).offset + k;
    if (!left.view.valid(at) || !right.view.valid(other)) {
      return fail(ErrorCode::InvalidArgument,
                  "array_cross_product: arguments can not contain NULL values");
    }
    x[k] = left[at];
    y[k] = right[other];
  }
  // Products of FLOATs are rounded as FLOATs are.
  const auto product = [&](double p, double q) {
    return left.is_float ? static_cast<double>(static_cast<float>(p * q)) : p * q;
  };
  for (uint32_t k = 0; k < 3; ++k) {
    const uint32_t next = (k + 1) % 3, last = (k + 2) % 3;
    out[k] = product(x[next], y[last]) - product(x[last], y[next]);
  }
  return {};
}

Result<Column> cross_of(KernelContext& context, Arguments arguments) {
  const ListView a(arguments[0]), b(arguments[1]);
  Column result = TRY(kernels::make_result(context));
  Column child =
      TRY(Column::reserve_flat(context.budget, context.call.type.element(), context.length * 3));
  kernels::merge_validity(context, arguments, result);
  const bool is_float = child.type().id() == TypeId::Float;
  std::memset(child.mutable_values<char>(), 0,
              size_t{context.length} * 3 * child.type().value_size());
  for (uint32_t row = 0; row < context.length; ++row) {
    result.mutable_values<ListEntry>()[row] = {row * 3, 3};
  }
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!kernels::row_valid(result, row)) continue;
    double values[3];
    TRY(cross_product(a, b, row, values));
    for (uint32_t k = 0; k < 3; ++k) {
      if (is_float) {
        child.mutable_values<float>()[row * 3 + k] = static_cast<float>(values[k]);
      } else {
        child.mutable_values<double>()[row * 3 + k] = values[k];
      }
    }
  }
  result.mutable_children().push_back(std::move(child));
  return result;
}

Result<Column> cross_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments,
                                 [&](KernelContext& inner) { return cross_of(inner, arguments); });
}

Status bind_cross(BindCall& call) {
  bool floats = true;
  for (const Type& type : call.arguments) {
    const Type element = lists::element_type(type);
    const bool three =
        type.id() == TypeId::List || (type.id() == TypeId::Array && type.array_size() == 3);
    if (!three || (!element.is_numeric() && element.id() != TypeId::Null)) {
      return fail(ErrorCode::Binder, "array_cross_product: Arguments must be arrays of 3 numbers");
    }
    floats = floats && element.id() == TypeId::Float;
  }
  call.result = Type::array(floats ? TypeId::Float : TypeId::Double, 3);
  for (Type& type : call.arguments) type = call.result;
  return {};
}

// ---- list_aggregate(list, 'name', …), list_sum(list), …

struct AggregateState final : FunctionState {
  const AggregateFunctionOperations* operations = nullptr;
  FunctionStateRef state;
  uint32_t state_size = 0;
  Type result;
  size_t first_extra = 1;  // where further arguments of the aggregate begin
};

// Each list is a group of its own: all elements of the batch are fed at once.
Result<Column> aggregate_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const auto& state = static_cast<const AggregateState&>(*inner.state);
    const ListView list(arguments[0]);
    if (!list.child) return Column::constant_null(inner.budget, inner.call.type, inner.length);
    const size_t size = (state.state_size + 15) / 16 * 16;
    BufferRef states = TRY(Buffer::reserve(inner.budget, size * inner.length, "aggregate states"));
    std::memset(states->data(), 0, size * inner.length);
    std::vector<std::byte*> all(inner.length), targets;
    for (uint32_t i = 0; i < inner.length; ++i) all[i] = states->data() + size * i;
    std::vector<uint32_t> elements, row_of;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!list.valid(row)) continue;
      const ListEntry entry = list.at(row);
      for (uint32_t e = 0; e < entry.length; ++e) {
        elements.push_back(entry.offset + e);
        row_of.push_back(row);
        targets.push_back(all[row]);
      }
    }
    AggregateContext aggregate{inner.budget, state.state.get(), state.result, inner.cancellation};
    const auto destroy = [&] {
      if (state.operations->destroy) state.operations->destroy(all.data(), inner.length);
    };
    const auto compute = [&]() -> Result<Column> {
      std::vector<Column> inputs;
      const auto count = static_cast<uint32_t>(elements.size());
      inputs.push_back(TRY(gather(*list.child, elements.data(), count, inner.budget)));
      for (size_t i = state.first_extra; i < arguments.size(); ++i) {
        inputs.push_back(TRY(gather(arguments[i], row_of.data(), count, inner.budget)));
      }
      if (count > 0) {
        TRY(state.operations->update(aggregate, inputs, Selection::all(count), targets.data()));
      }
      return state.operations->finalize(aggregate, all.data(), inner.length);
    };
    Result<Column> result = compute();
    destroy();
    if (!result) return result;
    result->set_type(inner.call.type);
    Column flat = TRY(flatten(*result, inner.budget));
    const ColumnView lists_view(arguments[0]);
    if (!lists_view.has_nulls()) return flat;
    // A NULL list has no aggregate, not that of no elements.
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      if (!lists_view.valid(inner.rows[i])) flat.set_null(inner.budget, inner.rows[i]);
    }
    return flat;
  });
}

// The aggregates by name: made once, immutable.
const FunctionRegistry& aggregate_registry() {
  static const FunctionRegistry* registry = [] {
    auto* made = new FunctionRegistry;
    add_aggregate_functions(*made);
    return made;
  }();
  return *registry;
}

Status bind_aggregate_named(BindCall& call, std::string_view name, size_t first_extra) {
  const auto rows = aggregate_registry().aggregate(name);
  if (rows.empty()) {
    return fail(ErrorCode::Binder,
                "Aggregate Function with name " + std::string(name) + " does not exist!");
  }
  std::vector<Type> inputs = {lists::element_type(call.arguments[0])};
  std::vector<const Value*> constants = {nullptr};
  for (size_t i = first_extra; i < call.arguments.size(); ++i) {
    inputs.push_back(call.arguments[i]);
    constants.push_back(call.constants[i]);
  }
  const AggregateFunction* best = nullptr;
  int64_t best_cost = 0;
  for (const AggregateFunction* row : rows) {
    if (row->count != inputs.size()) continue;
    int64_t cost = 0;
    bool fits = true;
    for (size_t i = 0; i < inputs.size() && fits; ++i) {
      const auto step = implicit_cast_cost(Operand(inputs[i]), row->arguments[i]);
      fits = step.has_value();
      cost += step.value_or(0);
    }
    if (fits && (!best || cost < best_cost)) best = row, best_cost = cost;
  }
  if (!best) {
    return fail(ErrorCode::Binder, "No function matches the given name and argument types '" +
                                       std::string(name) + "(" + inputs[0].to_string() + ")'");
  }
  BindCall inner;
  inner.name = best->name;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TypeId wanted = best->arguments[i];
    const bool open = wanted == TypeId::Null || wanted == TypeId::List || wanted == TypeId::Map ||
                      wanted == TypeId::Struct || wanted == TypeId::Array;
    inner.arguments.push_back(open                        ? inputs[i]
                              : wanted == TypeId::Decimal ? natural_decimal(inputs[i])
                                                          : Type(wanted));
  }
  inner.constants = constants;
  inner.argument_names.resize(inputs.size());
  inner.result = best->result == TypeId::Null ? inner.arguments[0] : Type(best->result);
  inner.aggregate = best->operations;
  inner.state_size = best->state_size;
  if (best->bind) TRY(best->bind(inner));
  auto state = std::make_shared<AggregateState>();
  state->operations = inner.aggregate;
  state->state = inner.state;
  state->state_size = inner.state_size;
  state->result = inner.result;
  state->first_extra = first_extra;
  if (lists::is_list(call.arguments[0])) call.arguments[0] = Type::list(inner.arguments[0]);
  for (size_t i = 1; i < inner.arguments.size(); ++i) {
    call.arguments[first_extra + i - 1] = inner.arguments[i];
  }
  call.result = inner.result;
  call.state = std::move(state);
  return {};
}

Status bind_aggregate(BindCall& call) {
  const Value* name = call.constants[1];
  if (!name || name->is_null()) {
    return fail(ErrorCode::Binder, "Aggregate function name must be a constant");
  }
  return bind_aggregate_named(call, name->as_string(), 2);
}

Status bind_list_aggregate(BindCall& call) {
  return bind_aggregate_named(call, call.name.substr(5), 1);
}

constexpr TypeId big = TypeId::BigInt, list = TypeId::List, any = TypeId::Null,
                 text = TypeId::Varchar, stamp = TypeId::Timestamp, zoned = TypeId::TimestampTz,
                 interval = TypeId::Interval;

#define RANGE_ROWS(name, inclusive)                                                               \
  {name, list, range_kernel<inclusive>, 1, {big}, kCanFail, bind_range},                          \
      {name, list, range_kernel<inclusive>, 2, {big, big}, kCanFail, bind_range},                 \
      {name, list, range_kernel<inclusive>, 3, {big, big, big}, kCanFail, bind_range},            \
      {name, list, range_kernel<inclusive>, 3, {stamp, stamp, interval}, kCanFail, bind_range}, { \
    name, list, range_kernel<inclusive>, 3, {zoned, zoned, interval}, kCanFail, bind_range        \
  }
#define DISTANCE_ROW(name, measure) \
  {name, TypeId::Double, distance_kernel<measure>, 2, {list, list}, kCanFail, bind_distance}
#define NAMED_ROWS(name) \
  {name, any, aggregate_kernel, 2, {list, text}, kCanFail, bind_aggregate, true}
#define AGGREGATE_ROW(name) \
  {name, any, aggregate_kernel, 1, {list}, kCanFail, bind_list_aggregate, true}

constexpr ScalarFunction rows[] = {
    RANGE_ROWS("range", false),
    RANGE_ROWS("generate_series", true),
    DISTANCE_ROW("list_distance", euclidean),
    DISTANCE_ROW("array_distance", euclidean),
    DISTANCE_ROW("list_cosine_similarity", cosine),
    DISTANCE_ROW("array_cosine_similarity", cosine),
    DISTANCE_ROW("list_cosine_distance", cosine_distance),
    DISTANCE_ROW("array_cosine_distance", cosine_distance),
    DISTANCE_ROW("list_inner_product", dot),
    DISTANCE_ROW("list_dot_product", dot),
    DISTANCE_ROW("array_inner_product", dot),
    DISTANCE_ROW("array_dot_product", dot),
    DISTANCE_ROW("list_negative_inner_product", negative_dot),
    DISTANCE_ROW("list_negative_dot_product", negative_dot),
    DISTANCE_ROW("array_negative_inner_product", negative_dot),
    DISTANCE_ROW("array_negative_dot_product", negative_dot),
    {"array_cross_product", any, cross_kernel, 2, {any, any}, kCanFail, bind_cross},
    NAMED_ROWS("list_aggregate"),
    NAMED_ROWS("list_aggr"),
    NAMED_ROWS("array_aggregate"),
    NAMED_ROWS("array_aggr"),
    NAMED_ROWS("aggregate"),
    AGGREGATE_ROW("list_sum"),
    AGGREGATE_ROW("list_avg"),
    AGGREGATE_ROW("list_min"),
    AGGREGATE_ROW("list_max"),
    AGGREGATE_ROW("list_count"),
    AGGREGATE_ROW("list_first"),
    AGGREGATE_ROW("list_last"),
    AGGREGATE_ROW("list_any_value"),
    AGGREGATE_ROW("list_product"),
    AGGREGATE_ROW("list_median"),
    AGGREGATE_ROW("list_mode"),
    AGGREGATE_ROW("list_mad"),
    AGGREGATE_ROW("list_entropy"),
    AGGREGATE_ROW("list_histogram"),
    AGGREGATE_ROW("list_string_agg"),
    AGGREGATE_ROW("list_bool_and"),
    AGGREGATE_ROW("list_bool_or"),
    AGGREGATE_ROW("list_bit_and"),
    AGGREGATE_ROW("list_bit_or"),
    AGGREGATE_ROW("list_bit_xor"),
    AGGREGATE_ROW("list_stddev_samp"),
    AGGREGATE_ROW("list_stddev_pop"),
    AGGREGATE_ROW("list_var_samp"),
    AGGREGATE_ROW("list_var_pop"),
    AGGREGATE_ROW("list_sem"),
    AGGREGATE_ROW("list_skewness"),
    AGGREGATE_ROW("list_kurtosis"),
    AGGREGATE_ROW("list_kurtosis_pop"),
    AGGREGATE_ROW("list_approx_count_distinct"),
};

}  // namespace

std::span<const ScalarFunction> list_compute_functions() {
  return rows;
}

}  // namespace whittle
