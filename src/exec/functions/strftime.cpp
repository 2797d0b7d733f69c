// strftime(x, format) and strptime(text, format): timestamps as text in a format of the caller's
// and back. A constant format is parsed once, at bind time.
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/functions/strftime_format.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

struct FormatState final : FunctionState {
  std::vector<TimeFormat> formats;
  bool in_try = false;
};

constexpr int64_t nanoseconds_per_day = 86'400'000'000'000;

// The arguments stand in either order: format_at is 0 or 1.
template <int format_at>
Result<Column> format_kernel(KernelContext& context, Arguments arguments) {
  const auto* state = static_cast<const FormatState*>(context.state);
  const ColumnView formats(arguments[format_at]), values(arguments[1 - format_at]);
  const TypeId type = arguments[1 - format_at].type().id();
  std::string out;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        std::optional<TimeFormat> own;
        if (!state) own = TRY(TimeFormat::parse(formats.get<StringRef>(row).view()));
        const TimeFormat& format = state ? state->formats[0] : *own;
        out.clear();
        if (type == TypeId::Date) {
          const int32_t days = values.get<int32_t>(row);
          if (is_infinite_date(days)) {
            append_date(out, days);
          } else {
            format.append(out, days, 0);
          }
          return heap.add(out);
        }
        const int64_t value = values.get<int64_t>(row);
        if (is_infinite_timestamp(value)) {
          append_timestamp(out, value, TypeId::Timestamp);
        } else if (type == TypeId::TimestampNs) {
          const SplitTimestamp split = split_timestamp(value, nanoseconds_per_day);
          format.append(out, split.days, split.time);
        } else {
          const SplitTimestamp split = split_timestamp(value);
          format.append(out, split.days, split.time * 1000);
        }
        return heap.add(out);
      });
}

template <int format_at>
Status bind_format(BindCall& call) {
  const Value* format = call.constants[format_at];
  if (!format || format->is_null()) return {};
  if (format->as_string().empty()) {
    return fail(ErrorCode::InvalidArgument,
                "Failed to parse format specifier : Empty format string");
  }
  auto state = std::make_shared<FormatState>();
  state->formats.push_back(TRY(TimeFormat::parse(format->as_string())));
  call.state = std::move(state);
  call.flags = static_cast<uint8_t>(call.flags & ~kCanFail);
  return {};
}

// ---- strptime

std::optional<int64_t> join_moment(const TimeFormat::Moment& moment, bool nanoseconds) {
  if (moment.special) return *moment.special;
  const int128_t total =
      static_cast<int128_t>(moment.days) * nanoseconds_per_day + moment.nanoseconds;
  const int128_t value = nanoseconds ? total : total / 1000;
  if (value >= timestamp_infinity || value <= timestamp_minus_infinity) return std::nullopt;
  return static_cast<int64_t>(value);
}

Result<Column> read_kernel(KernelContext& context, Arguments arguments) {
  const auto* state = static_cast<const FormatState*>(context.state);
  const bool nanoseconds = context.call.type.id() == TypeId::TimestampNs;
  const bool in_try = context.call.function == "try_strptime";
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(context,
                                 [&](KernelContext& one) { return read_kernel(one, arguments); });
  }
  const ColumnView texts(arguments[0]), formats(arguments[1]);
  return kernels::detail::run<int64_t>(
      context, arguments, [&](uint32_t row) -> Result<std::optional<int64_t>> {
        const std::string_view text = texts.get<StringRef>(row).view();
        std::vector<TimeFormat> own;
        if (!state) {
          Result<TimeFormat> format = TimeFormat::parse(formats.get<StringRef>(row).view());
          if (!format) return fail(std::move(format).error());
          own.push_back(std::move(*format));
        }
        const auto& candidates = state ? state->formats : own;
        std::optional<TimeFormat::Failure> first;
        for (const TimeFormat& format : candidates) {
          auto moment = format.read(text);
          if (moment) {
            const auto value = join_moment(*moment, nanoseconds);
            if (value) return value;
            moment = std::unexpected(
                TimeFormat::Failure{"Date and time not in timestamp range", 0, true});
          }
          if (!first) first = std::move(moment).error();
        }
        if (in_try || !first) return std::optional<int64_t>();
        return fail(candidates[0].error(text, *first));
      });
}

Status bind_read(BindCall& call) {
  const Value* format = call.constants[1];
  if (call.name == "try_strptime") call.flags = static_cast<uint8_t>(call.flags & ~kCanFail);
  if (format && format->is_null()) return {};
  const bool list = lists::is_list(call.arguments[1]);
  if (!format) {
    if (list) {
      return fail(ErrorCode::InvalidArgument, "strptime format list must be a constant");
    }
    call.flags |= kCanFail;
    return {};
  }
  auto state = std::make_shared<FormatState>();
  bool zone = false, nanoseconds = false;
  const auto add = [&](const Value& value) -> Status {
    if (value.is_null()) return {};
    state->formats.push_back(TRY(TimeFormat::parse(value.as_string())));
    zone = zone || state->formats.back().has_zone();
    nanoseconds = nanoseconds || state->formats.back().has_nanoseconds();
    return {};
  };
  if (list) {
    call.arguments[1] = Type::list(TypeId::Varchar);
    for (const Value& item : format->children()) {
      if (!item.is_null() && !item.type().is_string()) {
        return fail(ErrorCode::InvalidArgument, "strptime format list must be a list of VARCHAR");
      }
      TRY(add(item));
    }
    if (state->formats.empty()) {
      return fail(ErrorCode::InvalidArgument, "strptime format list must not be empty");
    }
  } else {
    TRY(add(*format));
  }
  if (zone) {
    call.result = TypeId::TimestampTz;
  } else if (nanoseconds) {
    call.result = TypeId::TimestampNs;
  }
  call.state = std::move(state);
  return {};
}

constexpr TypeId text = TypeId::Varchar;

#define FORMAT_ROWS(type)                                                            \
  {"strftime", text, format_kernel<1>, 2, {type, text}, kCanFail, bind_format<1>}, { \
    "strftime", text, format_kernel<0>, 2, {text, type}, kCanFail, bind_format<0>    \
  }
#define READ_ROWS(name)                                                                \
  {name, TypeId::Timestamp, read_kernel, 2, {text, text}, kCanFail, bind_read}, {      \
    name, TypeId::Timestamp, read_kernel, 2, {text, TypeId::List}, kCanFail, bind_read \
  }

constexpr ScalarFunction rows[] = {
    FORMAT_ROWS(TypeId::Date),
    FORMAT_ROWS(TypeId::Timestamp),
    FORMAT_ROWS(TypeId::TimestampTz),
    FORMAT_ROWS(TypeId::TimestampNs),
    READ_ROWS("strptime"),
    READ_ROWS("try_strptime"),
};

}  // namespace

std::span<const ScalarFunction> strftime_functions() {
  return rows;
}

}  // namespace whittle
