#include "parquet/convert.hpp"

#include <cmath>
#include <cstring>

#include "base/int128.hpp"
#include "columnar/column.hpp"

namespace whittle::parquet {

namespace {

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// Integers of one width as integers of another. Values that do not fit wrap, as DuckDB has it.
template <class From, class To>
Status cast_integers(const Conversion&, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<To*>(out);
  for (uint32_t i = 0; i < count; ++i) {
    to[i] = static_cast<To>(load<From>(raw + size_t{i} * sizeof(From)));
  }
  return {};
}

template <class From>
Status multiply(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<int64_t*>(out);
  bool overflow = false;
  for (uint32_t i = 0; i < count; ++i) {
    const auto value = static_cast<int64_t>(load<From>(raw + size_t{i} * sizeof(From)));
    overflow |= __builtin_mul_overflow(value, c.factor, &to[i]);
  }
  if (overflow) {
    return fail(ErrorCode::Conversion, "a value is out of the range of " + c.type.to_string());
  }
  return {};
}

Status divide(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<int64_t*>(out);
  for (uint32_t i = 0; i < count; ++i) to[i] = load<int64_t>(raw + size_t{i} * 8) / c.factor;
  return {};
}

// TIME in UTC becomes TIME WITH TIME ZONE at offset 0; a negative factor divides.
template <class From>
Status time_with_zone(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<uint64_t*>(out);
  for (uint32_t i = 0; i < count; ++i) {
    const auto value = static_cast<int64_t>(load<From>(raw + size_t{i} * sizeof(From)));
    const int64_t micros = c.factor < 0 ? value / -c.factor : value * c.factor;
    to[i] = static_cast<uint64_t>(micros) << 24 | 57599;
  }
  return {};
}

// INT96: nanoseconds of the day, then the Julian day.
constexpr int64_t julian_epoch = 2440588;
Status int96_timestamps(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<int64_t*>(out);
  const int64_t per_day = int64_t{86'400'000'000'000} / c.factor;
  bool overflow = false;
  for (uint32_t i = 0; i < count; ++i, raw += 12) {
    const int64_t days = int64_t{load<uint32_t>(raw + 8)} - julian_epoch;
    int64_t value;
    overflow |= __builtin_mul_overflow(days, per_day, &value);
    overflow |= __builtin_add_overflow(value, load<int64_t>(raw) / c.factor, &to[i]);
  }
  if (overflow) return fail(ErrorCode::Conversion, "an INT96 timestamp is out of range");
  return {};
}

// Big-endian two's complement of any length. False when it needs more than T has.
template <class T>
bool big_endian(const std::byte* bytes, size_t size, T& value) {
  if (size == 0) {
    value = 0;
    return true;
  }
  const auto sign = static_cast<uint8_t>(static_cast<int8_t>(bytes[0]) < 0 ? 0xff : 0);
  for (; size > sizeof(T); ++bytes, --size) {
    if (static_cast<uint8_t>(*bytes) != sign) return false;
  }
  uint128_t result = sign ? ~uint128_t{0} : 0;
  for (size_t i = 0; i < size; ++i) result = result << 8 | static_cast<uint8_t>(bytes[i]);
  value = static_cast<T>(static_cast<int128_t>(result));
  return static_cast<uint8_t>(value < 0 ? 0xff : 0) == sign;
}

Status decimal_overflow(const Conversion& c) {
  return fail(ErrorCode::Corrupt, "a decimal does not fit " + c.type.to_string());
}

template <class T>
Status fixed_decimals(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<T*>(out);
  bool fits = true;
  for (uint32_t i = 0; i < count; ++i) {
    fits &= big_endian(raw + size_t{i} * c.raw.width, c.raw.width, to[i]);
  }
  return fits ? Status() : decimal_overflow(c);
}

template <class T>
Status string_decimals(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  const auto* from = reinterpret_cast<const StringRef*>(raw);
  auto* to = reinterpret_cast<T*>(out);
  bool fits = true;
  for (uint32_t i = 0; i < count; ++i) {
    fits &= big_endian(reinterpret_cast<const std::byte*>(from[i].data()), from[i].size(), to[i]);
  }
  return fits ? Status() : decimal_overflow(c);
}

// More than 38 digits: DuckDB answers with DOUBLE.
double big_endian_double(const std::byte* bytes, size_t size, uint8_t scale) {
  if (size == 0) return 0;
  const bool negative = static_cast<int8_t>(bytes[0]) < 0;
  double value = 0;
  for (size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    value = value * 256 + (negative ? 255 - byte : byte);
  }
  if (negative) value = -(value + 1);
  return value / std::pow(10.0, scale);
}

Status decimals_as_doubles(const Conversion& c, const std::byte* raw, uint32_t count,
                           std::byte* out) {
  auto* to = reinterpret_cast<double*>(out);
  for (uint32_t i = 0; i < count; ++i) {
    if (c.raw.kind == RawKind::ByteArray) {
      const StringRef& text = reinterpret_cast<const StringRef*>(raw)[i];
      to[i] =
          big_endian_double(reinterpret_cast<const std::byte*>(text.data()), text.size(), c.scale);
    } else {
      to[i] = big_endian_double(raw + size_t{i} * c.raw.width, c.raw.width, c.scale);
    }
  }
  return {};
}

float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
  uint32_t bits;
  if (exponent == 31) {
    bits = 0x7f800000 | fraction << 13;
  } else if (exponent != 0) {
    bits = (exponent + 112) << 23 | fraction << 13;
  } else if (fraction == 0) {
    bits = 0;
  } else {  // subnormal halves are normal floats
    exponent = 113;
    while ((fraction & 1024) == 0) {
      fraction <<= 1;
      --exponent;
    }
    bits = exponent << 23 | (fraction & 1023) << 13;
  }
  return std::bit_cast<float>(sign | bits);
}

Status halves(const Conversion&, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<float*>(out);
  for (uint32_t i = 0; i < count; ++i) to[i] = half_to_float(load<uint16_t>(raw + size_t{i} * 2));
  return {};
}

Status uuids(const Conversion&, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<uint128_t*>(out);
  for (uint32_t i = 0; i < count; ++i, raw += 16) {
    to[i] = uint128_t{__builtin_bswap64(load<uint64_t>(raw))} << 64 |
            __builtin_bswap64(load<uint64_t>(raw + 8));
  }
  return {};
}

// Months, days, milliseconds: three unsigned little-endian numbers.
Status intervals(const Conversion&, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<IntervalValue*>(out);
  for (uint32_t i = 0; i < count; ++i, raw += 12) {
    to[i].months = load<int32_t>(raw);
    to[i].days = load<int32_t>(raw + 4);
    to[i].microseconds = int64_t{load<uint32_t>(raw + 8)} * 1000;
  }
  return {};
}

Status fixed_strings(const Conversion& c, const std::byte* raw, uint32_t count, std::byte* out) {
  auto* to = reinterpret_cast<StringRef*>(out);
  for (uint32_t i = 0; i < count; ++i) {
    new (to + i)
        StringRef(reinterpret_cast<const char*>(raw) + size_t{i} * c.raw.width, c.raw.width);
  }
  return {};
}

using Function = decltype(Conversion::function);
struct Choice {
  bool possible = false;
  Function function = nullptr;
};

template <class From>
Choice integers_as(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::Int8:
    case PhysicalType::UInt8:
      return {true, cast_integers<From, int8_t>};
    case PhysicalType::Int16:
    case PhysicalType::UInt16:
      return {true, cast_integers<From, int16_t>};
    case PhysicalType::Int32:
    case PhysicalType::UInt32:
      return {true, sizeof(From) == 4 ? nullptr : cast_integers<From, int32_t>};
    case PhysicalType::Int64:
    case PhysicalType::UInt64:
      return {true, sizeof(From) == 8 ? nullptr : cast_integers<From, int64_t>};
    case PhysicalType::Int128:
      return {true, cast_integers<From, int128_t>};
    case PhysicalType::Double:
      return {true, cast_integers<From, double>};
    default:
      return {};
  }
}

TimeUnit unit_of(const SchemaElement& element) {
  if (element.logical.unit != TimeUnit::None) return element.logical.unit;
  switch (element.converted) {
    case ConvertedType::TimeMillis:
    case ConvertedType::TimestampMillis:
      return TimeUnit::Millis;
    default:
      return TimeUnit::Micros;
  }
}

// TIME and TIMESTAMP of any unit: c.factor is set along.
template <class From>
Choice time_as(const SchemaElement& element, TypeId type, Conversion& c) {
  const TimeUnit unit = unit_of(element);
  switch (type) {
    case TypeId::TimestampS:
      if (unit != TimeUnit::Micros) return {};
      return {true, nullptr};
    case TypeId::TimestampMs:
    case TypeId::TimestampNs:
    case TypeId::TimeNs:
      if (sizeof(From) == 8 &&
          unit == (type == TypeId::TimestampMs ? TimeUnit::Millis : TimeUnit::Nanos)) {
        return {true, nullptr};
      }
      c.factor = unit == TimeUnit::Millis ? 1'000'000 : 1000;
      if (type == TypeId::TimestampMs) return {};
      return {true, multiply<From>};
    case TypeId::TimeTz:
      c.factor = unit == TimeUnit::Millis ? 1000 : unit == TimeUnit::Nanos ? -1000 : 1;
      return {true, time_with_zone<From>};
    default:
      break;
  }
  c.factor = 1000;
  if (unit == TimeUnit::Millis) return {true, multiply<From>};
  if (sizeof(From) != 8) return {};
  return {true, unit == TimeUnit::Nanos ? divide : nullptr};
}

Choice decimals_as(const Type& type, bool fixed) {
  switch (type.physical()) {
    case PhysicalType::Int16:
      return {true, fixed ? fixed_decimals<int16_t> : string_decimals<int16_t>};
    case PhysicalType::Int32:
      return {true, fixed ? fixed_decimals<int32_t> : string_decimals<int32_t>};
    case PhysicalType::Int64:
      return {true, fixed ? fixed_decimals<int64_t> : string_decimals<int64_t>};
    case PhysicalType::Int128:
      return {true, fixed ? fixed_decimals<int128_t> : string_decimals<int128_t>};
    default:
      return {};
  }
}

template <class From>
Choice choose_integer(const SchemaElement& element, const Type& type, Conversion& c) {
  if (type.id() != TypeId::Date && type.is_temporal()) return time_as<From>(element, type.id(), c);
  return integers_as<From>(type.physical());
}

Choice choose_bytes(const SchemaElement& element, const Type& type, Conversion& c) {
  const bool fixed = c.raw.kind == RawKind::Fixed;
  switch (type.id()) {
    case TypeId::Decimal:
      return decimals_as(type, fixed);
    case TypeId::Double:
      c.scale = static_cast<uint8_t>(element.logical.kind == LogicalKind::Decimal
                                         ? element.logical.scale
                                         : std::max(element.scale, 0));
      return {true, decimals_as_doubles};
    case TypeId::Float:
      return {fixed && c.raw.width == 2, halves};
    case TypeId::Uuid:
      return {fixed && c.raw.width == 16, uuids};
    case TypeId::Interval:
      return {fixed && c.raw.width == 12, intervals};
    default:
      c.keeps_raw = true;
      return {type.physical() == PhysicalType::String, fixed ? fixed_strings : nullptr};
  }
}

}  // namespace

Result<Conversion> choose_conversion(const SchemaElement& element, const Type& type) {
  Conversion c;
  c.type = type;
  c.value_size = type.value_size();
  c.must_be_utf8 = type.is_string();
  Choice choice;
  switch (element.type.value_or(StorageType{255})) {
    case StorageType::Boolean:
      c.raw = {RawKind::Boolean, 1, false};
      choice = {type.physical() == PhysicalType::Bool, nullptr};
      break;
    case StorageType::Int32:
      c.raw = {RawKind::Fixed, 4, true};
      choice = type.is_unsigned_integer() ? choose_integer<uint32_t>(element, type, c)
                                          : choose_integer<int32_t>(element, type, c);
      break;
    case StorageType::Int64:
      c.raw = {RawKind::Fixed, 8, true};
      choice = choose_integer<int64_t>(element, type, c);
      break;
    case StorageType::Int96:
      c.raw = {RawKind::Fixed, 12, false};
      c.factor = type.id() == TypeId::TimestampNs ? 1 : 1000;
      choice = {type.is_timestamp(), int96_timestamps};
      break;
    case StorageType::Float:
      c.raw = {RawKind::Fixed, 4, false};
      choice = {type.id() == TypeId::Float, nullptr};
      break;
    case StorageType::Double:
      c.raw = {RawKind::Fixed, 8, false};
      choice = {type.id() == TypeId::Double, nullptr};
      break;
    case StorageType::ByteArray:
      c.raw = {RawKind::ByteArray, sizeof(StringRef), false};
      choice = choose_bytes(element, type, c);
      break;
    case StorageType::FixedLenByteArray:
      if (element.type_length < 0) break;
      c.raw = {RawKind::Fixed, static_cast<uint32_t>(element.type_length), false};
      choice = choose_bytes(element, type, c);
      break;
  }
  if (!choice.possible) {
    return fail(ErrorCode::Unsupported,
                "values stored as " +
                    std::string(element.type ? storage_type_name(*element.type) : "nothing") +
                    " cannot be read as " + type.to_string());
  }
  c.function = choice.function;
  return c;
}

}  // namespace whittle::parquet
