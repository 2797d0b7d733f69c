// Which SQL type a leaf has. The logical type counts; where there is none, the older converted
// type.
#include <string>

#include "parquet/schema.hpp"

namespace whittle::parquet {

namespace {

bool is_binary(StorageType type) {
  return type == StorageType::ByteArray || type == StorageType::FixedLenByteArray;
}

bool is_int(StorageType type) {
  return type == StorageType::Int32 || type == StorageType::Int64;
}

// The converted type said as a logical one, so that one table serves both (parquet-format's
// LogicalTypes.md, "Deprecated converted types"). DuckDB reads TIME_* and TIMESTAMP_* without a
// time zone, although the format counts them as UTC: most writers of old mean local time.
LogicalType from_converted(const SchemaElement& element) {
  auto integer = [](uint8_t bits, bool is_signed) {
    return LogicalType{.kind = LogicalKind::Integer, .is_signed = is_signed, .bit_width = bits};
  };
  auto timed = [](LogicalKind kind, TimeUnit unit) {
    return LogicalType{.kind = kind, .unit = unit};
  };
  switch (element.converted) {
    case ConvertedType::Utf8:
      return {.kind = LogicalKind::String};
    case ConvertedType::Enum:
      return {.kind = LogicalKind::Enum};
    case ConvertedType::Json:
      return {.kind = LogicalKind::Json};
    case ConvertedType::Bson:
      return {.kind = LogicalKind::Bson};
    case ConvertedType::Date:
      return {.kind = LogicalKind::Date};
    case ConvertedType::Decimal:
      return {.kind = LogicalKind::Decimal,
              .scale = element.scale == -1 ? 0 : element.scale,
              .precision = element.precision};
    case ConvertedType::TimeMillis:
      return timed(LogicalKind::Time, TimeUnit::Millis);
    case ConvertedType::TimeMicros:
      return timed(LogicalKind::Time, TimeUnit::Micros);
    case ConvertedType::TimestampMillis:
      return timed(LogicalKind::Timestamp, TimeUnit::Millis);
    case ConvertedType::TimestampMicros:
      return timed(LogicalKind::Timestamp, TimeUnit::Micros);
    case ConvertedType::UInt8:
      return integer(8, false);
    case ConvertedType::UInt16:
      return integer(16, false);
    case ConvertedType::UInt32:
      return integer(32, false);
    case ConvertedType::UInt64:
      return integer(64, false);
    case ConvertedType::Int8:
      return integer(8, true);
    case ConvertedType::Int16:
      return integer(16, true);
    case ConvertedType::Int32:
      return integer(32, true);
    case ConvertedType::Int64:
      return integer(64, true);
    default:
      return {};
  }
}

Type storage_default(const SchemaElement& element, SchemaOptions options) {
  switch (*element.type) {
    case StorageType::Boolean:
      return TypeId::Boolean;
    case StorageType::Int32:
      return TypeId::Integer;
    case StorageType::Int64:
      return TypeId::BigInt;
    case StorageType::Int96:
      return TypeId::Timestamp;
    case StorageType::Float:
      return TypeId::Float;
    case StorageType::Double:
      return TypeId::Double;
    case StorageType::ByteArray:
      return options.binary_as_string ? TypeId::Varchar : TypeId::Blob;
    case StorageType::FixedLenByteArray:
      return TypeId::Blob;
  }
  return TypeId::Blob;
}

Result<Type> decimal_type(const SchemaElement& element, const LogicalType& logical) {
  if (logical.precision < 1 || logical.scale < 0 || logical.scale > logical.precision) {
    return fail(ErrorCode::Corrupt, "the footer: column '" + std::string(element.name) +
                                        "' has the impossible type DECIMAL(" +
                                        std::to_string(logical.precision) + "," +
                                        std::to_string(logical.scale) + ")");
  }
  if (logical.precision > 38) return Type(TypeId::Double);
  return Type::decimal(static_cast<uint8_t>(logical.precision),
                       static_cast<uint8_t>(logical.scale));
}

std::optional<TypeId> integer_type(const LogicalType& logical, StorageType storage) {
  if (!is_int(storage) || (logical.bit_width == 64) != (storage == StorageType::Int64))
    return std::nullopt;
  switch (logical.bit_width) {
    case 8:
      return logical.is_signed ? TypeId::TinyInt : TypeId::UTinyInt;
    case 16:
      return logical.is_signed ? TypeId::SmallInt : TypeId::USmallInt;
    case 32:
      return logical.is_signed ? TypeId::Integer : TypeId::UInteger;
    case 64:
      return logical.is_signed ? TypeId::BigInt : TypeId::UBigInt;
    default:
      return std::nullopt;
  }
}

std::optional<TypeId> time_type(const LogicalType& logical, StorageType storage) {
  const StorageType wanted =
      logical.unit == TimeUnit::Millis ? StorageType::Int32 : StorageType::Int64;
  if (storage != wanted) return std::nullopt;
  if (logical.adjusted_to_utc) return TypeId::TimeTz;
  return logical.unit == TimeUnit::Nanos ? TypeId::TimeNs : TypeId::Time;
}

std::optional<TypeId> timestamp_type(const LogicalType& logical, StorageType storage) {
  if (storage != StorageType::Int64) return std::nullopt;
  if (logical.adjusted_to_utc) return TypeId::TimestampTz;
  return logical.unit == TimeUnit::Nanos ? TypeId::TimestampNs : TypeId::Timestamp;
}

std::optional<TypeId> annotated_type(const SchemaElement& element, const LogicalType& logical) {
  const StorageType storage = *element.type;
  const bool fixed = storage == StorageType::FixedLenByteArray;
  auto when = [](bool fits, TypeId id) { return fits ? std::optional(id) : std::nullopt; };
  switch (logical.kind) {
    case LogicalKind::String:
    case LogicalKind::Enum:
      return when(is_binary(storage), TypeId::Varchar);
    case LogicalKind::Json:
      return when(is_binary(storage), TypeId::Json);
    case LogicalKind::Bson:
    case LogicalKind::Geometry:
    case LogicalKind::Geography:
      return when(is_binary(storage), TypeId::Blob);
    case LogicalKind::Date:
      return when(storage == StorageType::Int32, TypeId::Date);
    case LogicalKind::Time:
      return time_type(logical, storage);
    case LogicalKind::Timestamp:
      return timestamp_type(logical, storage);
    case LogicalKind::Integer:
      return integer_type(logical, storage);
    case LogicalKind::Uuid:
      return when(fixed && element.type_length == 16, TypeId::Uuid);
    case LogicalKind::Float16:
      return when(fixed && element.type_length == 2, TypeId::Float);
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<Type> leaf_type(const SchemaElement& element, SchemaOptions options) {
  const bool is_logical = element.logical.kind != LogicalKind::None &&
                          element.logical.kind != LogicalKind::Unrecognised;
  const LogicalType logical = is_logical ? element.logical : from_converted(element);
  if (logical.kind == LogicalKind::Decimal && (is_int(*element.type) || is_binary(*element.type)))
    return decimal_type(element, logical);
  if (element.converted == ConvertedType::Interval &&
      element.type == StorageType::FixedLenByteArray && element.type_length == 12)
    return Type(TypeId::Interval);
  if (std::optional<TypeId> id = annotated_type(element, logical)) return Type(*id);
  return storage_default(element, options);
}

}  // namespace whittle::parquet
