// date_part('year', x), extract(year from x), year(x) and their kin, and the epoch functions. The
// parts of infinite dates are NULL.
#include "exec/functions/date_part.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

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

// A column of dates, times, timestamps or intervals.
struct Temporal {
  explicit Temporal(const Column& column)
      : type(column.type().id()), physical(column.type().physical()), view(column) {}

  int64_t ticks(uint32_t row) const {
    if (physical == PhysicalType::Int32) return view.get<int32_t>(row);
    return view.get<int64_t>(row);
  }
  const IntervalValue& interval(uint32_t row) const { return view.get<IntervalValue>(row); }
  bool is_time() const { return type == TypeId::Time || type == TypeId::TimeNs; }
  /// Of a TIME in any of its types.
  int64_t time(uint32_t row) const {
    const int64_t value = ticks(row);
    if (type == TypeId::TimeTz) return timetz_microseconds(static_cast<uint64_t>(value));
    return type == TypeId::TimeNs ? value / 1000 : value;
  }
  /// Infinite dates and timestamps have no parts.
  bool is_infinite(uint32_t row) const {
    if (type == TypeId::Date) return is_infinite_date(view.get<int32_t>(row));
    return physical == PhysicalType::Int64 && !is_time() &&
           is_infinite_timestamp(view.get<int64_t>(row));
  }

  TypeId type;
  PhysicalType physical;
  ColumnView view;
};

std::optional<int64_t> whole_part(DatePart part, const Temporal& value, uint32_t row) {
  if (value.type == TypeId::Interval) return part_of_interval(part, value.interval(row));
  if (value.is_infinite(row)) return std::nullopt;
  const int64_t ticks = value.ticks(row);
  switch (value.type) {
    case TypeId::Date:
      return part_of_day(part, ticks);
    case TypeId::TimeTz:
      if (part >= DatePart::Timezone) {
        return zone_part(part, timetz_offset(static_cast<uint64_t>(ticks)));
      }
      return part_of_time(part, value.time(row));
    case TypeId::TimeNs:
      if (part == DatePart::Nanosecond) return ticks % 60'000'000'000;
      return part_of_time(part, value.time(row));
    case TypeId::Time:
      return part_of_time(part, ticks);
    case TypeId::TimestampNs:
      if (part == DatePart::Nanosecond) return split_timestamp(ticks, 60'000'000'000).time;
      return part_of_timestamp(part, ticks);
    default:
      return part_of_timestamp(part, ticks);
  }
}

// EPOCH and JULIAN.
std::optional<double> real_part(DatePart part, const Temporal& value, uint32_t row) {
  constexpr double micros = 1e6;
  if (value.type == TypeId::Interval) return epoch_of_interval(value.interval(row));
  if (value.is_infinite(row)) return std::nullopt;
  const int64_t ticks = value.ticks(row);
  if (value.type == TypeId::Date) return static_cast<double>(part_of_day(part, ticks));
  if (value.is_time() || value.type == TypeId::TimeTz) {
    return static_cast<double>(value.time(row)) / micros;
  }
  if (part == DatePart::Epoch) return static_cast<double>(ticks) / micros;
  const SplitTimestamp split = split_timestamp(ticks);
  return static_cast<double>(part_of_day(part, split.days)) +
         static_cast<double>(split.time) / static_cast<double>(microseconds_per_day);
}

Result<Column> known_part(KernelContext& context, const Column& column, DatePart part) {
  const Temporal value(column);
  if (is_real_part(part)) {
    return kernels::detail::run<double>(context, {&column, 1},
                                        [&](uint32_t row) { return real_part(part, value, row); });
  }
  if (value.type == TypeId::Timestamp) {  // the usual case
    auto of_timestamp = [&](uint32_t row) -> std::optional<int64_t> {
      const auto timestamp = value.view.get<int64_t>(row);
      if (is_infinite_timestamp(timestamp)) return std::nullopt;
      return part_of_timestamp(part, timestamp);
    };
    return kernels::detail::run<int64_t>(context, {&column, 1}, of_timestamp);
  }
  return kernels::detail::run<int64_t>(context, {&column, 1},
                                       [&](uint32_t row) { return whole_part(part, value, row); });
}

Result<Column> part_kernel(KernelContext& context, std::span<const Column> arguments) {
  if (const auto* state = static_cast<const PartState*>(context.state)) {
    return known_part(context, arguments.back(), state->parts[0]);
  }
  const ColumnView names(arguments[0]);
  const Temporal value(arguments[1]);
  return kernels::detail::run<int64_t>(
      context, arguments, [&](uint32_t row) -> Result<std::optional<int64_t>> {
        const DatePart part = TRY(date_part_named(names.get<StringRef>(row).view()));
        if (!has_part(value.type, part)) return no_part(part, value.type);
        return whole_part(part, value, row);
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
    result.mutable_children().push_back(TRY(known_part(field, value, state.parts[i])));
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
Result<std::optional<int64_t>> epoch_of(const Temporal& value, uint32_t row, int64_t units) {
  if (value.type != TypeId::Interval && value.is_infinite(row)) return std::optional<int64_t>();
  int64_t ticks, result;
  if (value.type == TypeId::Date) {
    if (__builtin_mul_overflow(value.ticks(row) * 86'400, units, &result)) {
      return fail(ErrorCode::Conversion, "Could not convert DATE to a number of units");
    }
    return std::optional(result);
  } else if (value.type == TypeId::Interval) {
    const IntervalValue& interval = value.interval(row);
    const int64_t days = int64_t{interval.months} * 30 + interval.days;
    if (__builtin_mul_overflow(days, microseconds_per_day, &ticks) ||
        __builtin_add_overflow(ticks, interval.microseconds, &ticks)) {
      return fail(ErrorCode::Conversion, "Could not convert Interval to Microsecond");
    }
  } else {
    ticks = value.type == TypeId::TimeTz ? value.time(row) : value.ticks(row);
  }
  const bool nanoseconds = value.type == TypeId::TimestampNs || value.type == TypeId::TimeNs;
  const int64_t source = nanoseconds ? 1'000'000'000 : 1'000'000;
  if (units <= source) return std::optional(ticks / (source / units));
  if (__builtin_mul_overflow(ticks, units / source, &result)) {
    return fail(ErrorCode::Conversion, "Could not convert Timestamp(US) to Timestamp(NS)");
  }
  return std::optional(result);
}

Result<Column> epochs(KernelContext& context, std::span<const Column> arguments, int64_t units) {
  const Temporal value(arguments[0]);
  return kernels::detail::run<int64_t>(context, arguments,
                                       [&](uint32_t row) { return epoch_of(value, row, units); });
}

template <int64_t units>
Result<Column> epoch_units_kernel(KernelContext& context, std::span<const Column> arguments) {
  return epochs(context, arguments, units);
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
