// DECIMAL from and to every number. Rescaling down rounds half away from zero; everything goes
// through 128 bits, which hold every DECIMAL.
#include <cmath>

#include "columnar/numbers.hpp"
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

int128_t scale_factor(int exponent) {
  return static_cast<int128_t>(power_of_ten(exponent));
}

// Nearly all values and divisors have 64 bits, and those divide many times faster.
int128_t divide(int128_t value, int128_t divisor) {
  const int64_t short_value = static_cast<int64_t>(value);
  const int64_t short_divisor = static_cast<int64_t>(divisor);
  if (short_value == value && short_divisor == divisor) return short_value / short_divisor;
  return value / divisor;
}

int128_t divide_rounding(int128_t value, int128_t divisor) {
  const int128_t half = divisor / 2;
  return divide(value >= 0 ? value + half : value - half, divisor);
}

// Unscaled value from one scale to another; false when it leaves ±bound.
bool rescale(int128_t& value, int up, int128_t factor, int128_t bound) {
  if (up >= 0) {
    if (__builtin_mul_overflow(value, factor, &value)) return false;
  } else {
    value = divide_rounding(value, factor);
  }
  return value < bound && value > -bound;
}

Error does_not_fit(const CastInput& input, uint32_t row) {
  const std::string value = Value::from_column(input.column, row).to_string();
  const std::string target = input.target.to_string();
  if (input.column.type().id() == TypeId::Decimal) {
    return Error(ErrorCode::Conversion, "Casting value \"" + value + "\" to type " + target +
                                            " failed: value is out of range!");
  }
  return Error(ErrorCode::Conversion, "Could not cast value " + value + " to " + target);
}

Result<Column> real_to_decimal(const CastInput& input, const Explain& explain) {
  const double factor = std::pow(10.0, input.target.decimal_scale());
  const double bound = std::pow(10.0, input.target.decimal_width());
  const bool single = input.column.type().physical() == PhysicalType::Float;
  const auto scale = [=](WideValue& value) {
    // In the source's own precision, as DuckDB.
    const double product =
        single ? static_cast<double>(static_cast<float>(value.real) * static_cast<float>(factor))
               : value.real * factor;
    const double scaled = std::round(product);
    if (!(scaled < bound && scaled > -bound)) return false;
    value.whole = static_cast<int128_t>(scaled);
    return true;
  };
  return convert_wide(input, scale, explain);
}

Result<Column> number_to_decimal(const CastInput& input) {
  const PhysicalType from = input.column.type().physical();
  const auto explain = [&](uint32_t row) { return does_not_fit(input, row); };
  if (is_real(from)) return real_to_decimal(input, explain);
  const int scale = input.target.decimal_scale();
  const int128_t bound = scale_factor(input.target.decimal_width());
  const int128_t factor = scale_factor(scale);
  const bool huge = from == PhysicalType::UInt128;  // looks negative from 2^127 on
  return convert_wide(
      input,
      [=](WideValue& value) {
        return !(huge && value.whole < 0) && rescale(value.whole, scale, factor, bound);
      },
      explain);
}

Result<Column> decimal_to_decimal(const CastInput& input) {
  const Type &from = input.column.type(), &to = input.target;
  const int up = to.decimal_scale() - from.decimal_scale();
  const int128_t factor = scale_factor(up < 0 ? -up : up);
  const int128_t bound = scale_factor(to.decimal_width());
  const int whole_from = from.decimal_width() - from.decimal_scale();
  const int whole_to = to.decimal_width() - to.decimal_scale();
  // Widening without fewer whole digits cannot fail.
  const bool always_fits = up >= 0 && whole_to >= whole_from;
  return convert_wide(
      input,
      [=](WideValue& value) {
        if (!always_fits) return rescale(value.whole, up, factor, bound);
        value.whole = static_cast<int128_t>(static_cast<uint128_t>(value.whole) *
                                            static_cast<uint128_t>(factor));
        return true;
      },
      [&](uint32_t row) { return does_not_fit(input, row); });
}

// Beyond 2^53 the whole and the fractional part are converted apart, so that 38 digits lose no more
// than the double's own precision.
double decimal_as_real(int128_t value, int128_t factor) {
  const int128_t limit = int128_t{1} << 53;
  if (value <= limit && value >= -limit) {
    return static_cast<double>(static_cast<int64_t>(value)) / static_cast<double>(factor);
  }
  return static_cast<double>(value / factor) +
         static_cast<double>(value % factor) / static_cast<double>(factor);
}

Result<Column> decimal_to_number(const CastInput& input) {
  const int128_t factor = scale_factor(input.column.type().decimal_scale());
  const auto explain = [&](uint32_t row) {
    return Error(ErrorCode::Conversion, "Failed to cast decimal value " +
                                            Value::from_column(input.column, row).to_string() +
                                            " to type " + message_type_name(input.target));
  };
  const bool to_boolean = input.target.id() == TypeId::Boolean;
  const bool real = is_real(input.target.physical());
  const WholeRange range = whole_range(input.target.physical());
  return convert_wide(
      input,
      [=](WideValue& value) {
        if (to_boolean) {
          value.whole = value.whole != 0;
        } else if (real) {
          value.real = decimal_as_real(value.whole, factor);
        } else {
          value.whole = divide_rounding(value.whole, factor);
          return range.holds(value.whole);
        }
        return true;
      },
      explain);
}

bool is_plain_number(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

}  // namespace

CastResult cast_decimal(const CastInput& input) {
  const bool from = input.column.type().id() == TypeId::Decimal;
  const bool to = input.target.id() == TypeId::Decimal;
  if (from && to) return decimal_to_decimal(input);
  if (from && is_plain_number(input.target)) return decimal_to_number(input);
  if (to && is_plain_number(input.column.type())) return number_to_decimal(input);
  return std::nullopt;
}

}  // namespace whittle::casts
