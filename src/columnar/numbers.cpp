#include "columnar/numbers.hpp"

#include <double-conversion/double-to-string.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace whittle {

namespace {

// Where the parts of "-12_3.45e-6" are. Digits may hold underscores.
struct NumberParts {
  bool negative = false;
  std::string_view integer, fraction;
  int exponent = 0;
};

// Reads digits with single underscores between them.
std::string_view take_digits(std::string_view text, size_t& pos) {
  const size_t start = pos;
  while (pos < text.size()) {
    if (is_digit(text[pos])) {
      ++pos;
    } else if (text[pos] == '_' && pos > start && is_digit(text[pos - 1]) &&
               pos + 1 < text.size() && is_digit(text[pos + 1])) {
      ++pos;
    } else {
      break;
    }
  }
  return text.substr(start, pos - start);
}

bool take_sign(std::string_view text, size_t& pos) {
  if (pos >= text.size() || (text[pos] != '-' && text[pos] != '+')) return false;
  return text[pos++] == '-';
}

// "e-12": values beyond any double saturate.
bool take_exponent(std::string_view text, size_t& pos, int& exponent) {
  if (pos >= text.size() || (text[pos] != 'e' && text[pos] != 'E')) return true;
  ++pos;
  const bool negative = take_sign(text, pos);
  const std::string_view digits = take_digits(text, pos);
  if (digits.empty()) return false;
  for (char c : digits) {
    if (c != '_') exponent = std::min(exponent * 10 + (c - '0'), 100'000);
  }
  if (negative) exponent = -exponent;
  return true;
}

bool split_number(std::string_view text, NumberParts& parts) {
  size_t pos = 0;
  parts.negative = take_sign(text, pos);
  parts.integer = take_digits(text, pos);
  if (pos < text.size() && text[pos] == '.') {
    ++pos;
    parts.fraction = take_digits(text, pos);
  }
  if (parts.integer.empty() && parts.fraction.empty()) return false;
  return take_exponent(text, pos, parts.exponent) && pos == text.size();
}

constexpr uint128_t largest = static_cast<uint128_t>(-1);

bool push_digit(uint128_t& magnitude, unsigned digit, unsigned base = 10) {
  // Only near the top is the 128-bit division worth its price.
  if (magnitude >> 120 && magnitude > (largest - digit) / base) return false;
  magnitude = magnitude * base + digit;
  return true;
}

size_t digit_count(std::string_view digits) {
  return digits.size() - static_cast<size_t>(std::count(digits.begin(), digits.end(), '_'));
}

// Keeps the first `keep` digits of integer and fraction together, padding with zeros, and rounds by
// the one that follows.
bool round_digits(const NumberParts& parts, int64_t keep, uint128_t& magnitude) {
  bool round_up = false;
  int64_t seen = 0;
  for (std::string_view digits : {parts.integer, parts.fraction}) {
    for (char c : digits) {
      if (c == '_') continue;
      if (seen == keep) round_up = c >= '5';
      if (seen < keep && !push_digit(magnitude, static_cast<unsigned>(c - '0'))) return false;
      ++seen;
    }
  }
  for (; seen < keep && magnitude != 0; ++seen) {
    if (!push_digit(magnitude, 0)) return false;
  }
  if (round_up && magnitude == largest) return false;
  magnitude += round_up;
  return true;
}

// "0x1F" and "0b101", without a sign.
Parsed<ParsedNumber> parse_radix(std::string_view digits, unsigned base) {
  ParsedNumber number;
  bool digit_before = false;
  for (char c : digits) {
    if (c == '_' && digit_before) {
      digit_before = false;
      continue;
    }
    const char lower = to_lower(c);
    const unsigned digit = is_digit(c)                    ? static_cast<unsigned>(c - '0')
                           : lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10)
                                                          : 99;
    if (digit >= base) return not_parsed(ParseFailure::Format);
    if (!push_digit(number.magnitude, digit, base)) return not_parsed(ParseFailure::Range);
    digit_before = true;
  }
  if (!digit_before) return not_parsed(ParseFailure::Format);
  return number;
}

}  // namespace

Parsed<ParsedNumber> parse_scaled(std::string_view text, int scale) {
  NumberParts parts;
  if (!split_number(trim(text), parts)) return not_parsed(ParseFailure::Format);
  ParsedNumber number;
  number.negative = parts.negative;
  const int64_t keep = static_cast<int64_t>(digit_count(parts.integer)) + parts.exponent + scale;
  if (!round_digits(parts, keep, number.magnitude)) return not_parsed(ParseFailure::Range);
  return number;
}

Parsed<ParsedNumber> parse_integer_number(std::string_view text) {
  text = trim(text);
  // Most numbers are short and plain.
  if (!text.empty() && text.size() <= 18) {
    uint64_t value = 0;
    const size_t start = text[0] == '-' && text.size() > 1;
    size_t pos = start;
    for (; pos < text.size() && is_digit(text[pos]); ++pos) {
      value = value * 10 + static_cast<unsigned>(text[pos] - '0');
    }
    if (pos == text.size()) return ParsedNumber{value, start == 1};
  }
  if (text.size() > 2 && text[0] == '0') {
    const char mark = to_lower(text[1]);
    if (mark == 'x') return parse_radix(text.substr(2), 16);
    if (mark == 'b') return parse_radix(text.substr(2), 2);
  }
  return parse_scaled(text, 0);
}

uint128_t power_of_ten(int exponent) {
  uint128_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Parsed<int128_t> parse_decimal(std::string_view text, int width, int scale) {
  const Parsed<ParsedNumber> number = parse_scaled(text, scale);
  if (!number) return not_parsed(number.error());
  if (number->magnitude >= power_of_ten(width)) return not_parsed(ParseFailure::Range);
  const auto value = static_cast<int128_t>(number->magnitude);
  return number->negative ? -value : value;
}

Parsed<bool> parse_boolean(std::string_view text) {
  for (std::string_view word : {"true", "t", "1", "yes", "y"}) {
    if (equals_ignoring_case(text, word)) return true;
  }
  for (std::string_view word : {"false", "f", "0", "no", "n"}) {
    if (equals_ignoring_case(text, word)) return false;
  }
  return not_parsed(ParseFailure::Format);
}

// ---- FLOAT and DOUBLE
// ------------------------------------------------------------------------------

namespace {

constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Clinger's fast path: up to 2^53 and 10^22 both factors are exact, so one rounding is left.
bool exact_double(const NumberParts& parts, double& value) {
  const size_t digits = digit_count(parts.integer) + digit_count(parts.fraction);
  const int64_t exponent = parts.exponent - static_cast<int64_t>(digit_count(parts.fraction));
  if (digits > 15 || exponent < -22 || exponent > 22) return false;
  uint128_t magnitude = 0;
  round_digits(parts, static_cast<int64_t>(digits), magnitude);
  value = static_cast<double>(static_cast<uint64_t>(magnitude));
  value = exponent < 0 ? value / exact_powers[-exponent] : value * exact_powers[exponent];
  if (parts.negative) value = -value;
  return true;
}

bool parse_special(std::string_view text, double& value) {
  size_t pos = 0;
  const bool negative = take_sign(text, pos);
  const std::string_view word = text.substr(pos);
  if (equals_ignoring_case(word, "inf") || equals_ignoring_case(word, "infinity")) {
    value = std::numeric_limits<double>::infinity();
  } else if (equals_ignoring_case(word, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    return false;
  }
  if (negative) value = -value;
  return true;
}

std::string without_underscores(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (char c : text) {
    if (c != '_') plain += c;
  }
  return plain;
}

}  // namespace

Parsed<double> parse_double(std::string_view text) {
  text = trim(text);
  double value = 0;
  if (parse_special(text, value)) return value;
  NumberParts parts;
  if (!split_number(text, parts)) return not_parsed(ParseFailure::Format);
  if (exact_double(parts, value)) return value;
  return std::strtod(without_underscores(text).c_str(), nullptr);
}

Parsed<float> parse_float(std::string_view text) {
  text = trim(text);
  double special = 0;
  if (parse_special(text, special)) return static_cast<float>(special);
  NumberParts parts;
  if (!split_number(text, parts)) return not_parsed(ParseFailure::Format);
  return std::strtof(without_underscores(text).c_str(), nullptr);
}

void append_unsigned(std::string& out, uint128_t value) {
  char digits[40];
  size_t pos = sizeof(digits);
  // Chunks of 19 digits, so that the slow 128-bit division runs at most twice.
  while (value >> 64) {
    constexpr uint64_t chunk = 10'000'000'000'000'000'000ull;
    auto low = static_cast<uint64_t>(value % chunk);
    value /= chunk;
    for (int i = 0; i < 19; ++i, low /= 10) digits[--pos] = static_cast<char>('0' + low % 10);
  }
  auto low = static_cast<uint64_t>(value);
  do {
    digits[--pos] = static_cast<char>('0' + low % 10);
  } while (low /= 10);
  out.append(digits + pos, sizeof(digits) - pos);
}

void append_integer(std::string& out, int128_t value) {
  if (value < 0) out += '-';
  append_unsigned(out,
                  value < 0 ? 0 - static_cast<uint128_t>(value) : static_cast<uint128_t>(value));
}

void append_decimal(std::string& out, int128_t unscaled, int width, int scale) {
  if (scale == 0) return append_integer(out, unscaled);
  if (unscaled < 0) out += '-';
  const uint128_t magnitude =
      unscaled < 0 ? 0 - static_cast<uint128_t>(unscaled) : static_cast<uint128_t>(unscaled);
  const uint128_t power = power_of_ten(scale);
  if (width > scale) append_unsigned(out, magnitude / power);
  out += '.';
  const size_t start = out.size();
  append_unsigned(out, magnitude % power);
  out.insert(start, static_cast<size_t>(scale) - (out.size() - start), '0');
}

namespace {

// The one place that turns binary into decimal digits: the fewest that are read back as `value`,
// and the nearest of these. (std::to_chars would bring 100 kB of tables for its other formats.)
template <class T>
std::string_view shortest_digits(T value, char (&buffer)[32], int& exponent) {
  using Converter = double_conversion::DoubleToStringConverter;
  constexpr auto mode = std::is_same_v<T, float> ? Converter::SHORTEST_SINGLE : Converter::SHORTEST;
  bool negative = false;
  int count = 0, point = 0;
  Converter::DoubleToAscii(value, mode, 0, buffer, sizeof(buffer), &negative, &count, &point);
  exponent = point - 1;
  return {buffer, static_cast<size_t>(count)};
}

void append_exponent(std::string& out, int exponent) {
  out += exponent < 0 ? "e-" : "e+";
  exponent = std::abs(exponent);
  if (exponent < 10) out += '0';
  append_unsigned(out, static_cast<unsigned>(exponent));
}

template <class T>
void append_real_of(std::string& out, T value) {
  if (std::signbit(value)) out += '-';
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::isinf(value)) {
    out += "inf";
    return;
  }
  char buffer[32];
  int exponent;
  const std::string_view digits = shortest_digits(std::fabs(value), buffer, exponent);
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out += digits.substr(1);
    }
    append_exponent(out, exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += digits;
  } else {
    const int whole = exponent + 1;
    out += digits.substr(0, static_cast<size_t>(std::min(whole, count)));
    if (whole > count) out.append(static_cast<size_t>(whole - count), '0');
    out += '.';
    out += count > whole ? digits.substr(static_cast<size_t>(whole)) : "0";
  }
}

}  // namespace

void append_real(std::string& out, double value) {
  append_real_of(out, value);
}
void append_real(std::string& out, float value) {
  append_real_of(out, value);
}

}  // namespace whittle
