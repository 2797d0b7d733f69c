// Value: one SQL value outside of any column: literals, settings, statistics, bounds of a skipping
// test.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/int128.hpp"
#include "base/result.hpp"
#include "columnar/column.hpp"
#include "columnar/type.hpp"

namespace whittle {

class Value {
 public:
  Value();  // NULL of type NULL
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  static Value null(Type type);
  static Value boolean(bool value);
  /// Any integer-backed type: integers, DECIMAL (unscaled), DATE, TIME*, TIMESTAMP*, UUID.
  static Value integer(Type type, int128_t value);
  static Value unsigned_integer(Type type, uint128_t value);
  static Value real(Type type, double value);
  static Value string(Type type, std::string value);  // VARCHAR, BLOB, JSON, BIT
  static Value interval(IntervalValue value);
  /// LIST, ARRAY: elements. STRUCT: one per field. MAP: elements are STRUCT(key, value).
  static Value nested(Type type, std::vector<Value> children);

  const Type& type() const { return type_; }
  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool as_boolean() const { return std::get<int128_t>(data_) != 0; }
  /// Sign-extended; for UHUGEINT and UUID the bits are those of the unsigned value.
  int128_t as_integer() const { return std::get<int128_t>(data_); }
  double as_real() const { return std::get<double>(data_); }
  const std::string& as_string() const { return std::get<std::string>(data_); }
  const IntervalValue& as_interval() const { return std::get<IntervalValue>(data_); }
  const std::vector<Value>& children() const { return std::get<std::vector<Value>>(data_); }

  /// Reads row `row` of any column.
  static Value from_column(const Column& column, uint32_t row);
  /// A column of one row.
  Result<Column> to_column(MemoryBudget& budget) const;
  /// DuckDB's VARCHAR cast; "NULL" for NULL.
  std::string to_string() const;

  /// Total order for values of one type: NaN above all numbers, NULLs equal and last. Both must
  /// have the same type.
  friend int compare(const Value& a, const Value& b);
  bool operator==(const Value& other) const { return compare(*this, other) == 0; }

 private:
  Type type_;
  std::variant<std::monostate, int128_t, double, std::string, IntervalValue, std::vector<Value>>
      data_;
};

int compare(const Value& a, const Value& b);

}  // namespace whittle
