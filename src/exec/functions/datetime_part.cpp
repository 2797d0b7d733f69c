// date_part('year', x), extract(year from x), year(x) and their kin, and the epoch functions. The
// parts of infinite dates are NULL.
#include "exec/functions/date_part.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

struct PartState final : FunctionState {
  std::vector<DatePart> parts;
};

std::unexpected<Error> no_part(DatePart part, TypeId type) {
  const std::string name(date_part_name(part));
  const bool zone = part >= DatePart::Timezone;
  const std::string kind = type == TypeId::Interval ? "interval"
                           : type == TypeId::Date   ? "date"
                                                    : "time";
  if (zone || kind != "interval") {
    return fail(ErrorCode::Unsupported, "\"" + kind + "\" units \"" + name + "\" not recognized");
  }
  return fail(
      ErrorCode::Unsupported,
      kind + " units \"" + (part == DatePart::YearWeek ? "week" : name) + "\" not recognized");
}

bool has_part(TypeId type, DatePart part) {
  switch (type) {
    case TypeId::Date:
      return part < DatePart::Timezone;
    case TypeId::Interval:
      return is_interval_part(part);
    case TypeId::Time:
    case TypeId::TimeNs:
    case TypeId::TimeTz:
      return is_time_part(part);
    default:
      return true;
  }
}

int64_t zone_part(DatePart part, int32_t offset) {
  if (part == DatePart::Timezone) return offset;
  return part == DatePart::TimezoneHour ? offset / 3600 : offset / 60 % 60;
}

// One value of a column's physical type; nothing for infinities. Out is int64_t or double.
template <class In, class Out>
std::optional<Out> part_of(DatePart part, TypeId type, In value) {
  constexpr bool real = std::is_same_v<Out, double>;
  constexpr double micros = 1e6;
  if constexpr (std::is_same_v<In, int32_t>) {
    if (is_infinite_date(value)) return std::nullopt;
    return static_cast<Out>(part_of_day(part, value));
  } else if constexpr (std::is_same_v<In, IntervalValue>) {
    if constexpr (real) return epoch_of_interval(value);
    return static_cast<Out>(part_of_interval(part, value));
  } else if constexpr (std::is_same_v<In, uint64_t>) {
    if (part >= DatePart::Timezone) {
      return static_cast<Out>(zone_part(part, timetz_offset(value)));
    }
    const int64_t time = timetz_microseconds(value);
    if constexpr (real) return static_cast<double>(time) / micros;
    return static_cast<Out>(part_of_time(part, time));
  } else if (type == TypeId::Time || type == TypeId::TimeNs) {
    const int64_t time = type == TypeId::TimeNs ? value / 1000 : value;
    if constexpr (real) return static_cast<double>(time) / micros;
    if (part == DatePart::Nanosecond && type == TypeId::TimeNs) {
      return static_cast<Out>(value % 60'000'000'000);
    }
    return static_cast<Out>(part_of_time(part, time));
  } else {
    if (is_infinite_timestamp(value)) return std::nullopt;
    if (type == TypeId::TimestampNs && part == DatePart::Nanosecond) {
      return static_cast<Out>(split_timestamp(value, 60'000'000'000).time);
    }
    if constexpr (real) {
      if (part == DatePart::Epoch) return static_cast<double>(value) / micros;
      const SplitTimestamp split = split_timestamp(value);
      return static_cast<double>(part_of_day(part, split.days)) +
             static_cast<double>(split.time) / static_cast<double>(microseconds_per_day);
    }
    return static_cast<Out>(part_of_timestamp(part, value));
  }
}

// Calls f with the C++ type of a temporal column.
template <class F>
Result<Column> on_temporal(const Column& value, F&& f) {
  switch (value.type().physical()) {
    case PhysicalType::Int32:
      return f.template operator()<int32_t>();
    case PhysicalType::UInt64:
      return f.template operator()<uint64_t>();
    case PhysicalType::Interval:
      return f.template operator()<IntervalValue>();
    default:
      return f.template operator()<int64_t>();
  }
}

template <class Out>
Result<Column> known_part(KernelContext& context, const Column& value, DatePart part) {
  const TypeId type = value.type().id();
  return on_temporal(value, [&]<class In>() {
    return unary<In, Out>(context, value,
                          [=](const In& in) { return part_of<In, Out>(part, type, in); });
  });
}

Result<Column> part_kernel(KernelContext& context, std::span<const Column> arguments) {
  const Column& value = arguments.back();
  if (const auto* state = static_cast<const PartState*>(context.state)) {
    const DatePart part = state->parts[0];
    if (is_real_part(part)) return known_part<double>(context, value, part);
    return known_part<int64_t>(context, value, part);
  }
  const TypeId type = value.type().id();
  return on_temporal(value, [&]<class In>() {
    return binary<StringRef, In, int64_t>(
        context, arguments[0], value,
        [=](const StringRef& name, const In& in) -> Result<std::optional<int64_t>> {
          const DatePart part = TRY(date_part_named(name.view()));
          if (!has_part(type, part)) return no_part(part, type);
          return part_of<In, int64_t>(part, type, in);
        });
  });
}

// date_part(['year', 'month'], x): a STRUCT with a field per part.
Result<Column> parts_kernel(KernelContext& context, std::span<const Column> arguments) {
  const auto& state = static_cast<const PartState&>(*context.state);
  const Column& value = arguments[1];
  if (value.encoding() == Encoding::Constant && context.length != 1) {
    return kernels::detail::once(context,
                                 [&](KernelContext& one) { return parts_kernel(one, arguments); });
  }
  Column result = Column::flat(context.budget, context.call.type, context.length);
  kernels::merge_validity(context, {&value, 1}, result);
  for (size_t i = 0; i < state.parts.size(); ++i) {
    const Type& type = context.call.type.fields()[i].type;
    const Expression call(ExpressionKind::Call, type);
    KernelContext field{context.budget, context.rows, context.length, call};
    result.mutable_children().push_back(
        TRY(is_real_part(state.parts[i]) ? known_part<double>(field, value, state.parts[i])
                                         : known_part<int64_t>(field, value, state.parts[i])));
  }
  return result;
}

Status check_part(DatePart part, const Type& type) {
  if (!has_part(type.id(), part)) return no_part(part, type.id());
  return {};
}

Status bind_part(BindCall& call) {
  const Value* name = call.constants[0];
  if (!name || name->is_null()) return {};
  auto state = std::make_shared<PartState>();
  state->parts.push_back(TRY(date_part_named(name->as_string())));
  TRY(check_part(state->parts[0], call.arguments[1]));
  if (is_real_part(state->parts[0])) call.result = TypeId::Double;
  call.state = std::move(state);
  call.flags = static_cast<uint8_t>(call.flags & ~kCanFail);
  return {};
}

Status bind_parts(BindCall& call) {
  const Value* names = call.constants[0];
  if (!names || names->is_null() || names->children().empty()) {
    return fail(ErrorCode::Binder, "date_part requires a constant, non-empty list of specifiers");
  }
  auto state = std::make_shared<PartState>();
  std::vector<Type::Field> fields;
  for (const Value& name : names->children()) {
    if (name.is_null() || !name.type().is_string()) {
      return fail(ErrorCode::Binder, "NULL struct entry name in date_part");
    }
    const DatePart part = TRY(date_part_named(name.as_string()));
    for (const DatePart before : state->parts) {
      if (before == part) {
        return fail(ErrorCode::Binder,
                    "Duplicate struct entry name \"" + name.as_string() + "\" in date_part");
      }
    }
    TRY(check_part(part, call.arguments[1]));
    state->parts.push_back(part);
    fields.push_back({name.as_string(), is_real_part(part) ? TypeId::Double : TypeId::BigInt});
  }
  call.result = Type::structure(std::move(fields));
  call.state = std::move(state);
  return {};
}

// year(x): the function's name is the part's.
Status bind_named(BindCall& call) {
  auto state = std::make_shared<PartState>();
  state->parts.push_back(call.name == "nanosecond" ? DatePart::Nanosecond
                                                   : TRY(date_part_named(call.name)));
  if (call.arguments.size() == 1) TRY(check_part(state->parts[0], call.arguments[0]));
  call.state = std::move(state);
  return {};
}

// epoch_ns, epoch_us, epoch_ms: whole units since 1970, of a TIME since midnight, of an INTERVAL
// with 30-day months.
template <int64_t units>
Result<Column> epoch_units_kernel(KernelContext& context, std::span<const Column> arguments) {
  const Column& value = arguments[0];
  const TypeId type = value.type().id();
  const int64_t source =
      type == TypeId::TimestampNs || type == TypeId::TimeNs ? 1'000'000'000 : 1'000'000;
  return on_temporal(value, [&]<class In>() {
    return unary<In, int64_t>(context, value, [=](const In& in) -> Result<std::optional<int64_t>> {
      int64_t ticks, result;
      if constexpr (std::is_same_v<In, int32_t>) {
        if (is_infinite_date(in)) return std::optional<int64_t>();
        ticks = int64_t{in} * 86'400;
        if (__builtin_mul_overflow(ticks, units, &result)) {
          return fail(ErrorCode::Conversion, "Could not convert DATE to a number of units");
        }
        return std::optional(result);
      } else if constexpr (std::is_same_v<In, uint64_t>) {
        ticks = timetz_microseconds(in);
      } else if constexpr (std::is_same_v<In, IntervalValue>) {
        const int64_t days = int64_t{in.months} * 30 + in.days;
        if (__builtin_mul_overflow(days, microseconds_per_day, &ticks) ||
            __builtin_add_overflow(ticks, in.microseconds, &ticks)) {
          return fail(ErrorCode::Conversion, "Could not convert Interval to Microsecond");
        }
      } else {
        ticks = in;
        if (type != TypeId::Time && type != TypeId::TimeNs && is_infinite_timestamp(in)) {
          return std::optional<int64_t>();
        }
      }
      if (units <= source) return std::optional(ticks / (source / units));
      if (__builtin_mul_overflow(ticks, units / source, &result)) {
        return fail(ErrorCode::Conversion, "Could not convert Timestamp(US) to Timestamp(NS)");
      }
      return std::optional(result);
    });
  });
}

constexpr TypeId big = TypeId::BigInt;
constexpr TypeId real = TypeId::Double;
constexpr TypeId text = TypeId::Varchar;

#define PART_ROW(name, type)                                                       \
  {name, big, part_kernel, 2, {text, type}, kCanFail, bind_part}, {                \
    name, TypeId::Struct, parts_kernel, 2, {TypeId::List, type}, kNone, bind_parts \
  }
#define PART_ROWS(name)                                                      \
  PART_ROW(name, TypeId::Timestamp), PART_ROW(name, TypeId::Date),           \
      PART_ROW(name, TypeId::TimestampTz), PART_ROW(name, TypeId::Interval), \
      PART_ROW(name, TypeId::Time), PART_ROW(name, TypeId::TimeTz), PART_ROW(name, TypeId::TimeNs)
#define NAMED_ROW(name, result, type) {name, result, part_kernel, 1, {type}, kNone, bind_named}
#define STAMP_ROWS(name, result)                                                     \
  NAMED_ROW(name, result, TypeId::Timestamp), NAMED_ROW(name, result, TypeId::Date), \
      NAMED_ROW(name, result, TypeId::TimestampTz)
#define DATE_ROWS(name) STAMP_ROWS(name, big), NAMED_ROW(name, big, TypeId::Interval)
#define TIME_ROWS(name, result)                                                       \
  STAMP_ROWS(name, result), NAMED_ROW(name, result, TypeId::Interval),                \
      NAMED_ROW(name, result, TypeId::Time), NAMED_ROW(name, result, TypeId::TimeTz), \
      NAMED_ROW(name, result, TypeId::TimeNs)
#define EPOCH_ROW(name, units, type) {name, big, epoch_units_kernel<units>, 1, {type}, kCanFail}
#define EPOCH_ROWS(name, units)                                                              \
  EPOCH_ROW(name, units, TypeId::Timestamp), EPOCH_ROW(name, units, TypeId::Date),           \
      EPOCH_ROW(name, units, TypeId::TimestampTz), EPOCH_ROW(name, units, TypeId::Interval), \
      EPOCH_ROW(name, units, TypeId::Time), EPOCH_ROW(name, units, TypeId::TimeTz),          \
      EPOCH_ROW(name, units, TypeId::TimeNs)

constexpr ScalarFunction rows[] = {
    PART_ROWS("date_part"),
    PART_ROWS("datepart"),
    DATE_ROWS("year"),
    DATE_ROWS("month"),
    DATE_ROWS("day"),
    DATE_ROWS("dayofmonth"),
    DATE_ROWS("decade"),
    DATE_ROWS("century"),
    DATE_ROWS("millennium"),
    DATE_ROWS("quarter"),
    STAMP_ROWS("week", big),
    STAMP_ROWS("weekofyear", big),
    STAMP_ROWS("isoyear", big),
    STAMP_ROWS("yearweek", big),
    STAMP_ROWS("dayofweek", big),
    STAMP_ROWS("weekday", big),
    STAMP_ROWS("isodow", big),
    STAMP_ROWS("dayofyear", big),
    STAMP_ROWS("era", big),
    STAMP_ROWS("julian", real),
    STAMP_ROWS("timezone_hour", big),
    STAMP_ROWS("timezone_minute", big),
    STAMP_ROWS("timezone", big),
    TIME_ROWS("hour", big),
    TIME_ROWS("minute", big),
    TIME_ROWS("second", big),
    TIME_ROWS("millisecond", big),
    TIME_ROWS("microsecond", big),
    TIME_ROWS("nanosecond", big),
    NAMED_ROW("nanosecond", big, TypeId::TimestampNs),
    TIME_ROWS("epoch", real),
    EPOCH_ROWS("epoch_ms", 1'000),
    EPOCH_ROWS("epoch_us", 1'000'000),
    EPOCH_ROWS("epoch_ns", 1'000'000'000),
    EPOCH_ROW("epoch_ns", 1'000'000'000, TypeId::TimestampNs),
};

}  // namespace

std::span<const ScalarFunction> datetime_part_functions() {
  return rows;
}

}  // namespace whittle
