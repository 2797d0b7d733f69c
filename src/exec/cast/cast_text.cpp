// VARCHAR from and to everything. Text of dictionary columns is cast once per entry by the
// evaluator, so these loops are plain.
#include "columnar/binary_text.hpp"
#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"
#include "columnar/physical_dispatch.hpp"
#include "columnar/text.hpp"
#include "exec/cast/cast.hpp"
#include "exec/cast/nested_text.hpp"
#include "exec/functions/json_text.hpp"

namespace whittle::casts {

namespace {

Result<Column> flat_result(const CastInput& input) {
  const uint32_t length = input.column.length();
  if (length <= batch_rows) return Column::flat(input.budget, input.target, length);
  return Column::reserve_flat(input.budget, input.target, length);
}

// Parses each string with `parse(text) -> Parsed<Out>`.
template <class Out, class Parse>
Result<Column> parse_each(const CastInput& input, Parse&& parse) {
  const ColumnView view(input.column);
  Column result = TRY(flat_result(input));
  Out* out = result.mutable_values<Out>();
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    out[row] = Out{};
    if (!view.valid(row)) {
      result.set_null(input.budget, row);
      continue;
    }
    const std::string_view text = view.get<StringRef>(row).view();
    Parsed<Out> value = parse(text);
    if (value) {
      out[row] = *value;
    } else if (input.strict) {
      return fail(parse_error(value.error(), text, input.target));
    } else {
      result.set_null(input.budget, row);
    }
  }
  return result;
}

// Parses each string into bytes with `parse(text, bytes) -> Parsed<void>`: BLOB and BIT.
template <class Parse>
Result<Column> parse_bytes(const CastInput& input, Parse&& parse) {
  const ColumnView view(input.column);
  Column result = TRY(flat_result(input));
  auto heap = make_ref<StringHeap>(input.budget);
  auto* out = result.mutable_values<StringRef>();
  std::string bytes;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    out[row] = StringRef();
    if (!view.valid(row)) {
      result.set_null(input.budget, row);
      continue;
    }
    bytes.clear();
    const std::string_view text = view.get<StringRef>(row).view();
    if (Parsed<void> parsed = parse(text, bytes); parsed) {
      out[row] = TRY(heap->add(bytes));
    } else if (input.strict) {
      return fail(parse_error(parsed.error(), text, input.target));
    } else {
      result.set_null(input.budget, row);
    }
  }
  result.set_heap(std::move(heap));
  return result;
}

Result<Column> parse_number(const CastInput& input) {
  const Type& target = input.target;
  if (target.id() == TypeId::Decimal) {
    return dispatch_numeric<Result<Column>>(
        target.physical(), fail(ErrorCode::Internal, "decimal storage"), [&]<class T>(TypeTag<T>) {
          return parse_each<T>(input, [&](std::string_view text) -> Parsed<T> {
            const Parsed<int128_t> value =
                parse_decimal(text, target.decimal_width(), target.decimal_scale());
            if (!value) return not_parsed(value.error());
            return static_cast<T>(*value);
          });
        });
  }
  return dispatch_numeric<Result<Column>>(
      target.physical(), fail(ErrorCode::Internal, "number storage"), [&]<class T>(TypeTag<T>) {
        if constexpr (std::is_same_v<T, double>) {
          return parse_each<T>(input, parse_double);
        } else if constexpr (std::is_same_v<T, float>) {
          return parse_each<T>(input, parse_float);
        } else if constexpr (sizeof(T) == 16) {
          return parse_each<T>(input, [](std::string_view text) -> Parsed<T> {
            // Other bases are for the types of up to 64 bits.
            const size_t digits = text.find_first_not_of(" \t\n\v\f\r+-");
            if (digits < text.size() && text[digits] == '0' && digits + 1 < text.size() &&
                !is_digit(text[digits + 1]) &&
                std::string_view("xXbB").contains(text[digits + 1])) {
              return not_parsed(ParseFailure::Format);
            }
            return parse_integer<T>(text);
          });
        } else {
          return parse_each<T>(input, parse_integer<T>);
        }
      });
}

}  // namespace

CastResult cast_to_text(const CastInput& input) {
  const bool as_json = input.target.id() == TypeId::Json && !input.column.type().is_string();
  if (input.target.id() != TypeId::Varchar && !as_json) return std::nullopt;
  const ColumnView view(input.column);
  Column result = TRY(flat_result(input));
  auto heap = make_ref<StringHeap>(input.budget);
  auto* out = result.mutable_values<StringRef>();
  std::string text;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    if (!view.valid(row)) {
      out[row] = StringRef();
      result.set_null(input.budget, row);
      continue;
    }
    text.clear();
    if (as_json) {
      json::append_value(text, view, row);
    } else {
      append_text(view, row, text);
    }
    out[row] = TRY(heap->add(text));
  }
  result.set_heap(std::move(heap));
  return result;
}

CastResult cast_from_text(const CastInput& input) {
  if (input.column.type().id() != TypeId::Varchar) return std::nullopt;
  const Type& target = input.target;
  if (target.is_numeric()) return parse_number(input);
  switch (target.id()) {
    case TypeId::Boolean:
      return parse_each<uint8_t>(input, [](std::string_view text) -> Parsed<uint8_t> {
        const Parsed<bool> value = parse_boolean(text);
        if (!value) return not_parsed(value.error());
        return static_cast<uint8_t>(*value);
      });
    case TypeId::Date:
      return parse_each<int32_t>(input, parse_date);
    case TypeId::Time:
      return parse_each<int64_t>(input, parse_time);
    case TypeId::TimeNs:
      return parse_each<int64_t>(input, parse_time_ns);
    case TypeId::TimeTz:
      return parse_each<uint64_t>(input, parse_timetz);
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::Timestamp:
    case TypeId::TimestampNs:
    case TypeId::TimestampTz:
      return parse_each<int64_t>(
          input, [&](std::string_view text) { return parse_timestamp(text, target.id()); });
    case TypeId::Interval:
      return parse_each<IntervalValue>(input, parse_interval);
    case TypeId::Uuid:
      return parse_each<uint128_t>(input, parse_uuid);
    case TypeId::Blob:
      return parse_bytes(input, parse_blob);
    case TypeId::Bit:
      return parse_bytes(input, parse_bit);
    case TypeId::Json:
      return parse_bytes(input, [](std::string_view text, std::string& bytes) -> Parsed<void> {
        if (!is_valid_json(text)) return not_parsed(ParseFailure::Format);
        bytes = text;
        return {};
      });
    case TypeId::List:
    case TypeId::Array:
    case TypeId::Struct:
    case TypeId::Map:
      return parse_nested(input);
    default:
      return std::nullopt;
  }
}

}  // namespace whittle::casts
