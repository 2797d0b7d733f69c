// Type: a SQL type, and the physical layout its values have in a Column.
//
// Scalars are two bytes of payload; nested types share an immutable list of children. Copying a
// Type is cheap. Kernels are written once per PhysicalType, never per SQL type.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace whittle {

enum class TypeId : uint8_t {
#define WHITTLE_TYPE(id, name, physical) id,
#include "columnar/types.def"
#undef WHITTLE_TYPE
};

enum class PhysicalType : uint8_t {
  Null,
  Bool,  // one byte per value, 0 or 1
  Int8,
  Int16,
  Int32,
  Int64,
  Int128,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  UInt128,
  Float,
  Double,
  Interval,  // IntervalValue
  String,    // StringRef
  List,      // ListEntry into the child column
  Struct,    // no values of its own, only validity and children
  Decimal,   // placeholder in types.def; physical() resolves it by width
};

/// INTERVAL: three parts that do not convert into each other until used.
struct IntervalValue {
  int32_t months = 0;
  int32_t days = 0;
  int64_t microseconds = 0;
  bool operator==(const IntervalValue&) const = default;
};

/// A list's span in its child column.
struct ListEntry {
  uint32_t offset = 0;
  uint32_t length = 0;
};

class Type {
 public:
  struct Field;

  Type() = default;
  Type(TypeId id) : id_(id) {}
  Type(const Type& other);
  Type(Type&& other) noexcept = default;
  Type& operator=(const Type& other);
  Type& operator=(Type&& other) noexcept = default;
  ~Type();
  static Type decimal(uint8_t width, uint8_t scale);
  static Type list(Type element);
  static Type array(Type element, uint32_t size);
  static Type structure(std::vector<Field> fields);
  static Type map(Type key, Type value);

  TypeId id() const { return id_; }
  PhysicalType physical() const;
  /// Bytes per value in a column's data buffer; 0 for STRUCT and NULL.
  uint32_t value_size() const;

  /// Of a VARCHAR: how it compares, bits that the binder gives a meaning. It makes no other type.
  uint8_t collation() const { return collation_; }
  void set_collation(uint8_t collation) { collation_ = collation; }

  uint8_t decimal_width() const { return width_; }
  uint8_t decimal_scale() const { return scale_; }
  uint32_t array_size() const;
  const std::vector<Field>& fields() const;  // STRUCT's fields; LIST, ARRAY, MAP: one field
  const Type& element() const;               // of LIST, ARRAY and (as STRUCT(key, value)) MAP
  const Type& map_key() const;
  const Type& map_value() const;

  bool is_nested() const { return info_ != nullptr; }
  bool is_integer() const;  // signed or unsigned, HUGEINT included
  bool is_signed_integer() const;
  bool is_unsigned_integer() const;
  bool is_floating() const { return id_ == TypeId::Float || id_ == TypeId::Double; }
  bool is_numeric() const { return is_integer() || is_floating() || id_ == TypeId::Decimal; }
  bool is_temporal() const;  // DATE, TIME*, TIMESTAMP*
  bool is_timestamp() const;
  bool is_string() const { return id_ == TypeId::Varchar || id_ == TypeId::Json; }

  /// "DECIMAL(18,3)", "STRUCT(a INTEGER, b VARCHAR[])", as DuckDB's typeof prints it.
  std::string to_string() const;
  bool operator==(const Type& other) const;

 private:
  struct Info;
  TypeId id_ = TypeId::Null;
  uint8_t width_ = 0, scale_ = 0, collation_ = 0;
  std::shared_ptr<const Info> info_;
};

struct Type::Field {
  std::string name;
  Type type;
};

/// The SQL name of a type without parameters.
std::string_view type_name(TypeId id);

}  // namespace whittle
