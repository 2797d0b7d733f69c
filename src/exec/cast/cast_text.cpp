// VARCHAR from and to everything. Text of dictionary columns is cast once per entry by the
// evaluator, so these loops are plain.
#include <cstring>

#include "columnar/binary_text.hpp"
#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"
#include "columnar/text.hpp"
#include "exec/cast/cast.hpp"
#include "exec/cast/nested_text.hpp"
#include "exec/functions/json_text.hpp"

namespace whittle::casts {

namespace {

// Borrowed: reads a value of the target type from `text` into `out`, which is zeroed before.
struct ParseValue {
  template <class F>
  ParseValue(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, std::string_view text, std::byte* out) {
          return (*static_cast<const F*>(object))(text, out);
        }) {}
  const void* object;
  Parsed<void> (*call)(const void* object, std::string_view text, std::byte* out);
};

// One loop for all types: what is read is a line of text, what is written a few bytes.
Result<Column> parse_each(const CastInput& input, const ParseValue& parse) {
  const ColumnView view(input.column);
  Column result = TRY(flat_result(input));
  const size_t size = input.target.value_size();
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    std::byte* out = result.mutable_values<std::byte>() + size_t{row} * size;
    std::memset(out, 0, size);
    if (!view.valid(row)) {
      result.set_null(input.budget, row);
      continue;
    }
    const std::string_view text = view.get<StringRef>(row).view();
    const Parsed<void> parsed = parse.call(parse.object, text, out);
    if (parsed) continue;
    if (input.strict) return fail(parse_error(parsed.error(), text, input.target));
    result.set_null(input.budget, row);
  }
  return result;
}

// With a parser that gives the value.
template <class Out, class Parse>
Result<Column> parse_values(const CastInput& input, const Parse& parse) {
  return parse_each(input, [&](std::string_view text, std::byte* out) -> Parsed<void> {
    const Parsed<Out> value = parse(text);
    if (!value) return not_parsed(value.error());
    std::memcpy(out, &*value, sizeof(Out));
    return {};
  });
}

// Parses each string into bytes with `parse(text, bytes) -> Parsed<void>`: BLOB and BIT.
template <class Parse>
Result<Column> parse_bytes(const CastInput& input, Parse&& parse) {
  return to_bytes(input,
                  [&](const ColumnView& view, uint32_t row, std::string& out) -> Result<bool> {
                    const std::string_view text = view.get<StringRef>(row).view();
                    const Parsed<void> parsed = parse(text, out);
                    if (!parsed && input.strict)
                      return fail(parse_error(parsed.error(), text, input.target));
                    return parsed.has_value();
                  });
}

// Other bases are for the types of up to 64 bits.
bool has_base(std::string_view text) {
  const size_t digits = text.find_first_not_of(" \t\n\v\f\r+-");
  return digits < text.size() && text[digits] == '0' && digits + 1 < text.size() &&
         std::string_view("xXbB").contains(text[digits + 1]);
}

Result<Column> parse_integers(const CastInput& input) {
  const size_t size = input.target.value_size();
  const bool is_signed = input.target.is_signed_integer();
  const uint128_t maximum = ~uint128_t{0} >> (128 - size * 8) >> (is_signed ? 1 : 0);
  return parse_each(input, [=](std::string_view text, std::byte* out) -> Parsed<void> {
    if (size == 16 && has_base(text)) return not_parsed(ParseFailure::Format);
    const Parsed<ParsedNumber> number = parse_integer_number(text);
    if (!number) return not_parsed(number.error());
    const uint128_t allowed = !number->negative ? maximum : is_signed ? maximum + 1 : 0;
    if (number->magnitude > allowed) return not_parsed(ParseFailure::Range);
    const uint128_t value = number->negative ? 0 - number->magnitude : number->magnitude;
    std::memcpy(out, &value, size);  // little-endian: the low bytes come first
    return {};
  });
}

Result<Column> parse_number(const CastInput& input) {
  const Type& target = input.target;
  if (target.id() == TypeId::Double) return parse_values<double>(input, parse_double);
  if (target.id() == TypeId::Float) return parse_values<float>(input, parse_float);
  if (target.id() != TypeId::Decimal) return parse_integers(input);
  return parse_each(input, [&](std::string_view text, std::byte* out) -> Parsed<void> {
    const Parsed<int128_t> value =
        parse_decimal(text, target.decimal_width(), target.decimal_scale());
    if (!value) return not_parsed(value.error());
    std::memcpy(out, &*value, target.value_size());
    return {};
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
      return parse_values<uint8_t>(input, [](std::string_view text) -> Parsed<uint8_t> {
        const Parsed<bool> value = parse_boolean(text);
        if (!value) return not_parsed(value.error());
        return static_cast<uint8_t>(*value);
      });
    case TypeId::Date:
      return parse_values<int32_t>(input, parse_date);
    case TypeId::Time:
      return parse_values<int64_t>(input, parse_time);
    case TypeId::TimeNs:
      return parse_values<int64_t>(input, parse_time_ns);
    case TypeId::TimeTz:
      return parse_values<uint64_t>(input, parse_timetz);
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::Timestamp:
    case TypeId::TimestampNs:
    case TypeId::TimestampTz:
      return parse_values<int64_t>(
          input, [&](std::string_view text) { return parse_timestamp(text, target.id()); });
    case TypeId::Interval:
      return parse_values<IntervalValue>(input, parse_interval);
    case TypeId::Uuid:
      return parse_values<uint128_t>(input, parse_uuid);
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
