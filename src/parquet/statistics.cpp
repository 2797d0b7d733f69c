#include "parquet/statistics.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace whittle::parquet {

namespace {

bool is_binary(StorageType type) {
  return type == StorageType::ByteArray || type == StorageType::FixedLenByteArray;
}

template <class T>
std::optional<T> load(std::string_view stored) {
  if (stored.size() != sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, stored.data(), sizeof(T));
  return value;
}

// Big-endian two's complement of any length that a DECIMAL(38) can have.
std::optional<int128_t> big_endian(std::string_view stored) {
  if (stored.empty()) return std::nullopt;
  int128_t value = static_cast<int8_t>(stored[0]) < 0 ? -1 : 0;
  for (size_t i = 0; i < stored.size(); ++i) {
    const bool is_sign = value == 0 || value == -1;
    if (stored.size() - i > 16 && !is_sign) return std::nullopt;
    value =
        static_cast<int128_t>(static_cast<uint128_t>(value) << 8 | static_cast<uint8_t>(stored[i]));
  }
  const bool negative = static_cast<int8_t>(stored[0]) < 0;
  if (stored.size() > 16 && (value < 0) != negative) return std::nullopt;
  return value;
}

float half_to_float(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  float value = exponent == 0    ? std::ldexp(static_cast<float>(mantissa), -24)
                : exponent == 31 ? (mantissa ? NAN : INFINITY)
                                 : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return half & 0x8000 ? -value : value;
}

std::optional<int128_t> stored_integer(const SchemaElement& element, bool is_unsigned,
                                       std::string_view stored) {
  if (element.type == StorageType::Int32) {
    if (auto value = load<int32_t>(stored))
      return is_unsigned ? int128_t{static_cast<uint32_t>(*value)} : int128_t{*value};
  } else if (element.type == StorageType::Int64) {
    if (auto value = load<int64_t>(stored))
      return is_unsigned ? int128_t{static_cast<uint64_t>(*value)} : int128_t{*value};
  } else if (is_binary(*element.type)) {
    return big_endian(stored);
  }
  return std::nullopt;
}

TimeUnit stored_unit(const SchemaElement& element) {
  if (element.logical.unit != TimeUnit::None) return element.logical.unit;
  const bool millis = element.converted == ConvertedType::TimeMillis ||
                      element.converted == ConvertedType::TimestampMillis;
  return millis ? TimeUnit::Millis : TimeUnit::Micros;
}

// Units are changed as the reader of values does it (convert.cpp), rounding towards zero: monotone,
// so bounds stay bounds.
int128_t to_unit_of(const Type& type, TimeUnit unit, int128_t value) {
  const bool nanos = type.id() == TypeId::TimeNs || type.id() == TypeId::TimestampNs;
  if (unit == TimeUnit::Millis) return value * (nanos ? 1'000'000 : 1000);
  if (unit == TimeUnit::Nanos && !nanos) return value / 1000;
  return value;
}

struct IntegerRange {
  int128_t low, high;
};

IntegerRange range_of(const Type& type) {
  const auto bits = [](int n) {
    return IntegerRange{-(int128_t{1} << (n - 1)), (int128_t{1} << (n - 1)) - 1};
  };
  const auto positive = [](int n) { return IntegerRange{0, (int128_t{1} << n) - 1}; };
  if (type.id() == TypeId::Decimal) {
    int128_t limit = 1;
    for (int i = 0; i < type.decimal_width(); ++i) limit *= 10;
    return {1 - limit, limit - 1};
  }
  switch (type.physical()) {
    case PhysicalType::Int8:
      return bits(8);
    case PhysicalType::Int16:
      return bits(16);
    case PhysicalType::Int32:
      return bits(32);
    case PhysicalType::UInt8:
      return positive(8);
    case PhysicalType::UInt16:
      return positive(16);
    case PhysicalType::UInt32:
      return positive(32);
    case PhysicalType::UInt64:
      return positive(64);
    default:
      return bits(64);
  }
}

std::optional<Value> integer_bound(const SchemaElement& element, const Type& type,
                                   std::string_view stored) {
  std::optional<int128_t> value = stored_integer(element, type.is_unsigned_integer(), stored);
  if (!value) return std::nullopt;
  if (type.is_temporal() && type.id() != TypeId::Date)
    *value = to_unit_of(type, stored_unit(element), *value);
  if (type.id() == TypeId::TimeTz) {
    if (*value < 0 || *value > (int128_t{1} << 39)) return std::nullopt;
    *value = *value << 24 | 57599;  // offset zero
  }
  const IntegerRange range = range_of(type);
  if (*value < range.low || *value > range.high) return std::nullopt;
  return Value::integer(type, *value);
}

std::optional<Value> uuid_bound(std::string_view stored) {
  if (stored.size() != 16) return std::nullopt;
  uint128_t value = 0;
  for (char c : stored) value = value << 8 | static_cast<uint8_t>(c);
  return Value::unsigned_integer(TypeId::Uuid, value);
}

std::optional<Value> real_bound(const SchemaElement& element, const Type& type,
                                std::string_view stored) {
  std::optional<double> value;
  if (element.type == StorageType::Float) {
    if (auto number = load<float>(stored)) value = *number;
  } else if (element.type == StorageType::Double) {
    value = load<double>(stored);
  } else if (element.type == StorageType::FixedLenByteArray && type.id() == TypeId::Float) {
    if (auto half = load<uint16_t>(stored)) value = half_to_float(*half);
  }
  if (!value || std::isnan(*value)) return std::nullopt;
  return Value::real(type, *value);
}

// parquet-mr wrote wrong bounds for binary columns before 1.8.0 (PARQUET-251).
bool has_wrong_binary_bounds(std::string_view created_by) {
  constexpr std::string_view prefix = "parquet-mr version 1.";
  if (!created_by.starts_with(prefix)) return created_by.starts_with("parquet-mr version 0.");
  const std::string_view rest = created_by.substr(prefix.size());
  return rest.size() >= 2 && rest[0] >= '0' && rest[0] <= '7' && (rest[1] < '0' || rest[1] > '9');
}

// Types whose signed comparison of stored numbers is the SQL order.
bool has_signed_order(const SchemaElement& element, const Type& type) {
  switch (*element.type) {
    case StorageType::Boolean:
    case StorageType::Float:
    case StorageType::Double:
      return type.id() != TypeId::Decimal;
    case StorageType::Int32:
    case StorageType::Int64:
      return !type.is_unsigned_integer();
    default:
      return false;
  }
}

bool has_defined_order(const SchemaElement& element, const Type& type) {
  if (element.type == StorageType::Int96 || type.is_nested()) return false;
  switch (element.logical.kind) {
    case LogicalKind::Null:
    case LogicalKind::Variant:
    case LogicalKind::Geometry:
    case LogicalKind::Geography:
    case LogicalKind::Unrecognised:
      return false;
    default:
      break;
  }
  // DECIMAL read as DOUBLE compares after rounding; INTERVAL has no order in the format.
  if (type.id() == TypeId::Double && element.type != StorageType::Double) return false;
  return type.id() != TypeId::Interval && type.id() != TypeId::Null;
}

void set_bounds(ColumnBounds& out, const SchemaElement& element, const Type& type,
                std::string_view min, std::string_view max) {
  if (min.data()) out.min = decode_bound(element, type, min);
  if (max.data()) out.max = decode_bound(element, type, max);
  // A NaN or an impossible bound spoils its partner as well: the writer was confused.
  const bool spoilt = (min.data() && !out.min) || (max.data() && !out.max) ||
                      (out.min && out.max && compare(*out.min, *out.max) > 0);
  if (spoilt) out.min.reset(), out.max.reset();
}

}  // namespace

BoundsTrust bounds_trust(const ParquetFile& file, uint32_t leaf) {
  const SchemaElement& element = file.element(leaf);
  const Type& type = file.schema.leaves[leaf].type;
  if (!has_defined_order(element, type)) return BoundsTrust::None;
  if (is_binary(*element.type) && has_wrong_binary_bounds(file.metadata.created_by))
    return BoundsTrust::None;
  const auto& orders = file.metadata.column_orders;
  if (!orders.empty() && orders[leaf] == ColumnOrder::TypeDefined) return BoundsTrust::TypeDefined;
  if (!orders.empty() && orders[leaf] == ColumnOrder::Ieee754Total) return BoundsTrust::None;
  return has_signed_order(element, type) ? BoundsTrust::SignedOnly : BoundsTrust::None;
}

std::optional<Value> decode_bound(const SchemaElement& element, const Type& type,
                                  std::string_view stored) {
  switch (type.id()) {
    case TypeId::Boolean:
      if (stored.size() != 1 || static_cast<uint8_t>(stored[0]) > 1) return std::nullopt;
      return Value::boolean(stored[0] != 0);
    case TypeId::Float:
    case TypeId::Double:
      return real_bound(element, type, stored);
    case TypeId::Uuid:
      return uuid_bound(stored);
    case TypeId::Varchar:
    case TypeId::Json:
    case TypeId::Blob:
      return Value::string(type, std::string(stored));
    default:
      return integer_bound(element, type, stored);
  }
}

ColumnBounds chunk_bounds(const ParquetFile& file, size_t row_group, uint32_t leaf) {
  const ColumnChunk& chunk = file.metadata.row_groups[row_group].columns[leaf];
  const Statistics& statistics = chunk.statistics;
  const SchemaElement& element = file.element(leaf);
  const Type& type = file.schema.leaves[leaf].type;
  ColumnBounds out;
  out.type = type;
  out.value_count = chunk.value_count;
  out.may_have_nan = type.is_floating();
  if (file.schema.leaves[leaf].max_definition_level == 0) {
    out.null_count = 0;
  } else if (statistics.has_null_count() &&
             static_cast<uint64_t>(statistics.null_count) <= chunk.value_count) {
    out.null_count = static_cast<uint64_t>(statistics.null_count);
  }
  const BoundsTrust trust = bounds_trust(file, leaf);
  if (trust == BoundsTrust::None) return out;
  if (statistics.min_value.data() || statistics.max_value.data()) {
    set_bounds(out, element, type, statistics.min_value, statistics.max_value);
  } else if (has_signed_order(element, type)) {
    set_bounds(out, element, type, statistics.min, statistics.max);
  }
  // Bounds of fixed size are never truncated; of strings only the flags say it.
  const bool fixed = *element.type != StorageType::ByteArray || type.id() == TypeId::Decimal;
  const bool exact_by_default = fixed && *element.type != StorageType::FixedLenByteArray;
  out.min_is_exact = out.min && (statistics.min_is_exact == 1 ||
                                 (statistics.min_is_exact == -1 && exact_by_default));
  out.max_is_exact = out.max && (statistics.max_is_exact == 1 ||
                                 (statistics.max_is_exact == -1 && exact_by_default));
  return out;
}

ColumnBounds page_bounds(const ParquetFile& file, uint32_t leaf, const ColumnIndex& index,
                         size_t page, uint64_t row_count) {
  ColumnBounds out;
  const Type& type = file.schema.leaves[leaf].type;
  out.type = type;
  out.value_count = row_count;
  out.may_have_nan = type.is_floating();
  if (index.null_pages[page]) {
    out.null_count = row_count;
    return out;
  }
  if (!index.null_counts.empty()) {
    const int64_t count = index.null_counts[page];
    // A page that is all NULL is a null page; any other number of that size is a contradiction.
    if (count >= 0 && static_cast<uint64_t>(count) < row_count)
      out.null_count = static_cast<uint64_t>(count);
  }
  if (bounds_trust(file, leaf) == BoundsTrust::None) return out;
  set_bounds(out, file.element(leaf), type, index.min_values[page], index.max_values[page]);
  return out;
}

std::optional<uint64_t> file_null_count(const ParquetFile& file, uint32_t leaf) {
  if (file.schema.leaves[leaf].max_repetition_level > 0) return std::nullopt;
  uint64_t total = 0;
  for (size_t group = 0; group < file.metadata.row_groups.size(); ++group) {
    const ColumnBounds bounds = chunk_bounds(file, group, leaf);
    if (!bounds.null_count) return std::nullopt;
    total += *bounds.null_count;
  }
  return total;
}

std::optional<Value> file_extreme(const ParquetFile& file, uint32_t leaf, bool maximum) {
  const LeafColumn& column = file.schema.leaves[leaf];
  if (column.max_repetition_level > 0 || column.type.is_floating()) return std::nullopt;
  Value extreme = Value::null(column.type);
  for (size_t group = 0; group < file.metadata.row_groups.size(); ++group) {
    const ColumnBounds bounds = chunk_bounds(file, group, leaf);
    if (bounds.value_count == 0 || bounds.all_null()) continue;
    const std::optional<Value>& bound = maximum ? bounds.max : bounds.min;
    if (!bound || !(maximum ? bounds.max_is_exact : bounds.min_is_exact)) return std::nullopt;
    if (extreme.is_null() || (compare(*bound, extreme) > 0) == maximum) extreme = *bound;
  }
  return extreme;
}

}  // namespace whittle::parquet
