// Numbers and text: VARCHAR to and from booleans, integers, DECIMAL, FLOAT and DOUBLE, by DuckDB's
// rules: surrounding spaces are ignored, single underscores may part digits, decimals and exponents
// round half away from zero to integers and to a DECIMAL's scale.
//
// Pure functions. The append_… ones write to the end of `out`.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "base/int128.hpp"
#include "columnar/parsed.hpp"

namespace whittle {

struct ParsedNumber {
  uint128_t magnitude = 0;
  bool negative = false;
};

/// round(number * 10^scale); Range when the magnitude exceeds 128 bits.
Parsed<ParsedNumber> parse_scaled(std::string_view text, int scale);
/// As parse_scaled with scale 0, and 0x1F, 0b101.
Parsed<ParsedNumber> parse_integer_number(std::string_view text);

/// Any integer type from int8_t to uint128_t.
template <class T>
Parsed<T> parse_integer(std::string_view text) {
  const Parsed<ParsedNumber> number = parse_integer_number(text);
  if (!number) return not_parsed(number.error());
  constexpr bool is_signed = static_cast<T>(-1) < static_cast<T>(0);
  constexpr uint128_t all = static_cast<uint128_t>(-1);
  constexpr uint128_t maximum = (all >> (128 - sizeof(T) * 8)) >> (is_signed ? 1 : 0);
  const uint128_t allowed = !number->negative ? maximum : is_signed ? maximum + 1 : 0;
  if (number->magnitude > allowed) return not_parsed(ParseFailure::Range);
  return static_cast<T>(number->negative ? 0 - number->magnitude : number->magnitude);
}

/// The unscaled value; Range when it has more than `width` digits.
Parsed<int128_t> parse_decimal(std::string_view text, int width, int scale);
Parsed<double> parse_double(std::string_view text);
Parsed<float> parse_float(std::string_view text);
Parsed<bool> parse_boolean(std::string_view text);

/// 10^exponent for 0 … 38.
uint128_t power_of_ten(int exponent);

void append_unsigned(std::string& out, uint128_t value);
void append_integer(std::string& out, int128_t value);
/// ".50" when width equals scale, as DuckDB.
void append_decimal(std::string& out, int128_t unscaled, int width, int scale);
/// The shortest text that reads back as the same number: "1.0", "1e+20", "inf", "-nan".
void append_real(std::string& out, double value);
void append_real(std::string& out, float value);

}  // namespace whittle
