#include "plan/type_rules.hpp"

#include <algorithm>

namespace whittle {

namespace {

// Preference among targets; the numbers are DuckDB's, so that ambiguity falls out the same way.
int64_t target_cost(const Type& type) {
  switch (type.id()) {
    case TypeId::Null:
      return 5;
    case TypeId::BigInt:
      return 101;
    case TypeId::Integer:
      return 102;
    case TypeId::HugeInt:
      return 103;
    case TypeId::Double:
      return 104;
    case TypeId::Decimal:
      return 105;
    case TypeId::TimestampNs:
      return 119;
    case TypeId::Timestamp:
      return 120;
    case TypeId::TimestampMs:
      return 121;
    case TypeId::TimestampS:
      return 122;
    case TypeId::TimestampTz:
      return 123;
    case TypeId::Varchar:
      return 149;
    case TypeId::List:
    case TypeId::Array:
    case TypeId::Struct:
    case TypeId::Map:
      return 160;
    default:
      return 110;
  }
}

constexpr int64_t kLiteralDiscount = 90;
constexpr int64_t kLiteralAsInteger = 9;  // a plain number prefers INTEGER
constexpr int64_t kStringLiteralCost = 20;

bool integer_widens(const Type& from, const Type& to) {
  const bool from_signed = from.is_signed_integer(), to_signed = to.is_signed_integer();
  if (from_signed && !to_signed) return false;
  return to.value_size() > from.value_size();
}

bool casts_implicitly(const Type& from, const Type& to) {
  if (from.is_integer()) {
    if (to.is_integer()) return integer_widens(from, to);
    return to.is_floating() || to.id() == TypeId::Decimal;
  }
  switch (from.id()) {
    case TypeId::Decimal:
      return to.is_floating() || to.id() == TypeId::Decimal;
    case TypeId::Float:
      return to.id() == TypeId::Double;
    case TypeId::Date:
      return to.is_timestamp();
    case TypeId::Timestamp:
      return to.id() == TypeId::TimestampTz || to.id() == TypeId::TimestampNs;
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
      return to.is_timestamp() && to.id() > from.id();
    case TypeId::TimestampNs:
      return to.id() == TypeId::Timestamp || to.id() == TypeId::TimestampTz;
    case TypeId::Time:
      return to.id() == TypeId::TimeTz;
    case TypeId::Json:
      return to.id() == TypeId::Varchar;
    default:
      return false;
  }
}

std::optional<int64_t> nested_cost(const Type& from, const Type& to) {
  if (!to.is_nested()) return 1;  // any type of this kind
  if (!from.is_nested() || from.fields().size() != to.fields().size()) return std::nullopt;
  int64_t cost = from.id() == to.id() ? 0 : 1;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    const auto child = implicit_cast_cost(from.fields()[i].type, to.fields()[i].type);
    if (!child) return std::nullopt;
    cost = std::max(cost, *child);
  }
  return cost;
}

bool same_kind(const Type& from, const Type& to) {
  if (from.id() == to.id()) return from.id() >= TypeId::List && from.id() <= TypeId::Map;
  return from.id() == TypeId::Array && to.id() == TypeId::List;
}

}  // namespace

bool fits(int128_t value, const Type& integer) {
  if (!integer.is_integer()) return false;
  const uint32_t bits = integer.value_size() * 8;
  if (integer.is_unsigned_integer()) {
    if (value < 0) return false;
    return bits == 128 || value >> bits == 0;
  }
  if (bits == 128) return true;
  const int128_t high = value >> (bits - 1);
  return high == 0 || high == -1;
}

std::optional<int64_t> implicit_cast_cost(const Operand& from, const Type& to) {
  if (to.id() == TypeId::Null) return target_cost(to);
  if (from.type.id() == TypeId::Lambda || to.id() == TypeId::Lambda) {
    if (from.type.id() != to.id()) return std::nullopt;
    return 0;
  }
  if (from.type.id() == TypeId::Null) return target_cost(to);
  if (from.is_string_literal()) return to.id() == TypeId::Varchar ? 1 : kStringLiteralCost;
  if (from.is_integer_literal() && from.type.id() != TypeId::UHugeInt &&
      fits(from.literal->as_integer(), to)) {
    return to.id() == TypeId::Integer ? kLiteralAsInteger : target_cost(to) - kLiteralDiscount;
  }
  if (same_kind(from.type, to)) return nested_cost(from.type, to);
  if (from.type == to) return 0;
  if (from.type.id() == TypeId::Decimal && to.id() == TypeId::Decimal) return 0;
  if (casts_implicitly(from.type, to)) return target_cost(to);
  return std::nullopt;
}

Type natural_decimal(const Type& type) {
  switch (type.id()) {
    case TypeId::Decimal:
      return type;
    case TypeId::Boolean:
      return Type::decimal(1, 0);
    case TypeId::TinyInt:
    case TypeId::UTinyInt:
      return Type::decimal(3, 0);
    case TypeId::SmallInt:
    case TypeId::USmallInt:
      return Type::decimal(5, 0);
    case TypeId::Integer:
    case TypeId::UInteger:
      return Type::decimal(10, 0);
    case TypeId::BigInt:
      return Type::decimal(19, 0);
    case TypeId::UBigInt:
      return Type::decimal(20, 0);
    case TypeId::HugeInt:
    case TypeId::UHugeInt:
      return Type::decimal(38, 0);
    default:
      return Type::decimal(18, 3);
  }
}

namespace {

Type common_decimal(const Type& a, const Type& b) {
  const Type left = natural_decimal(a), right = natural_decimal(b);
  const int scale = std::max(left.decimal_scale(), right.decimal_scale());
  const int whole = std::max(left.decimal_width() - left.decimal_scale(),
                             right.decimal_width() - right.decimal_scale());
  return Type::decimal(static_cast<uint8_t>(std::min(whole + scale, 38)),
                       static_cast<uint8_t>(scale));
}

// A signed and an unsigned type that does not fit into it: the next wider signed one.
Type common_integer(const Type& a, const Type& b) {
  if (integer_widens(a, b)) return b;
  if (integer_widens(b, a)) return a;
  switch (std::max(a.value_size(), b.value_size())) {
    case 1:
      return TypeId::SmallInt;
    case 2:
      return TypeId::Integer;
    case 4:
      return TypeId::BigInt;
    case 8:
      return TypeId::HugeInt;
    default:
      return TypeId::Double;  // HUGEINT and UHUGEINT
  }
}

std::optional<Type> common_numeric(const Type& a, const Type& b) {
  if (a.id() == TypeId::Double || b.id() == TypeId::Double) return TypeId::Double;
  if (a.id() == TypeId::Float || b.id() == TypeId::Float) return TypeId::Float;
  if (a.id() == TypeId::Decimal || b.id() == TypeId::Decimal) return common_decimal(a, b);
  if (a.id() == TypeId::Boolean) return b;
  if (b.id() == TypeId::Boolean) return a;
  return common_integer(a, b);
}

using Combine = std::optional<Type> (*)(const Operand&, const Operand&);

std::optional<Type> combine_nested(const Type& a, const Type& b, Combine combine) {
  const auto is_list = [](const Type& type) {
    return type.id() == TypeId::List || type.id() == TypeId::Array;
  };
  if (is_list(a) && is_list(b)) {
    const auto element = combine(a.element(), b.element());
    if (!element) return std::nullopt;
    if (a.id() == TypeId::Array && b.id() == TypeId::Array && a.array_size() == b.array_size()) {
      return Type::array(*element, a.array_size());
    }
    return Type::list(*element);
  }
  if (a.id() != b.id()) return std::nullopt;
  if (a.id() == TypeId::Map) {
    const auto key = combine(a.map_key(), b.map_key()),
               value = combine(a.map_value(), b.map_value());
    if (!key || !value) return std::nullopt;
    return Type::map(*key, *value);
  }
  if (a.fields().size() != b.fields().size()) return std::nullopt;
  std::vector<Type::Field> fields;
  for (size_t i = 0; i < a.fields().size(); ++i) {
    const auto type = combine(a.fields()[i].type, b.fields()[i].type);
    if (!type) return std::nullopt;
    const std::string& name = a.fields()[i].name;
    fields.push_back({name.empty() ? b.fields()[i].name : name, *type});
  }
  return Type::structure(std::move(fields));
}

bool is_number_like(const Type& type) {
  return type.is_numeric() || type.id() == TypeId::Boolean;
}

std::optional<Type> common_temporal(const Type& a, const Type& b) {
  if (casts_implicitly(a, b) && casts_implicitly(b, a)) {
    return TypeId::Timestamp;  // TIMESTAMP and TIMESTAMP_NS go both ways
  }
  if (casts_implicitly(a, b)) return b;
  if (casts_implicitly(b, a)) return a;
  return std::nullopt;
}

}  // namespace

std::optional<Type> common_type(const Operand& a, const Operand& b) {
  if (a.type.id() == TypeId::Null) return b.type;
  if (b.type.id() == TypeId::Null || a.type == b.type) return a.type;
  if (a.is_string_literal()) return b.type;
  if (b.is_string_literal()) return a.type;
  if (a.is_integer_literal() && !b.literal && fits(a.literal->as_integer(), b.type)) return b.type;
  if (b.is_integer_literal() && !a.literal && fits(b.literal->as_integer(), a.type)) return a.type;
  if (is_number_like(a.type) && is_number_like(b.type)) {
    const bool flag = a.type.id() == TypeId::Boolean || b.type.id() == TypeId::Boolean;
    if (flag && !a.type.is_integer() && !b.type.is_integer()) return std::nullopt;
    return common_numeric(a.type, b.type);
  }
  if (a.type.is_nested() && b.type.is_nested()) return combine_nested(a.type, b.type, common_type);
  return common_temporal(a.type, b.type);
}

std::optional<Type> common_type(std::span<const Operand> operands) {
  Operand sum(TypeId::Null);
  for (const Operand& operand : operands) {
    const auto type = common_type(sum, operand);
    if (!type) return std::nullopt;
    const bool takes_literal = sum.type.id() == TypeId::Null && operand.literal;
    const bool keeps_literal =
        sum.literal && (operand.literal || operand.type.id() == TypeId::Null) && *type == sum.type;
    const Value* literal = takes_literal ? operand.literal : keeps_literal ? sum.literal : nullptr;
    sum = Operand(*type, literal);
  }
  return sum.type;
}

namespace {

std::optional<Type> equality_type(const Operand& a, const Operand& b) {
  return comparison_type(a, b, true);
}
std::optional<Type> order_type(const Operand& a, const Operand& b) {
  return comparison_type(a, b, false);
}

// `price > 5` with a DECIMAL(9,2) column: 5 becomes 5.00 instead of the column becoming wider.
bool fits_decimal(const Operand& literal, const Type& decimal) {
  if (!literal.is_integer_literal() || decimal.id() != TypeId::Decimal) return false;
  int128_t limit = 1;
  for (int i = decimal.decimal_width() - decimal.decimal_scale(); i > 0; --i) limit *= 10;
  const int128_t value = literal.literal->as_integer();
  return literal.type.id() != TypeId::UHugeInt && value < limit && value > -limit;
}

}  // namespace

std::optional<Type> comparison_type(const Operand& a, const Operand& b, bool equality) {
  if (fits_decimal(a, b.type)) return b.type;
  if (fits_decimal(b, a.type)) return a.type;
  const bool a_text = a.type.is_string() && !a.literal, b_text = b.type.is_string() && !b.literal;
  // A number wins over text: `text_column = 5` reads the text as a number.
  if (a_text && is_number_like(b.type) && (equality || b.literal)) return b.type;
  if (b_text && is_number_like(a.type) && (equality || a.literal)) return a.type;
  if (a.type.is_nested() && b.type.is_nested()) {
    return combine_nested(a.type, b.type, equality ? equality_type : order_type);
  }
  if (auto type = common_type(a, b)) return type;
  if (equality && is_number_like(a.type) && is_number_like(b.type)) {
    return common_numeric(a.type, b.type);
  }
  // Sixteen bytes without annotation are often a UUID: they compare as bytes.
  if (equality && a.type.id() == TypeId::Blob && b.type.id() == TypeId::Uuid) return a.type;
  if (equality && b.type.id() == TypeId::Blob && a.type.id() == TypeId::Uuid) return b.type;
  if (equality && (a_text || b_text)) return Type(TypeId::Varchar);
  return std::nullopt;
}

bool cast_keeps_order(const Type& from, const Type& to) {
  if (from == to) return true;
  if (from.is_integer() && to.is_integer()) return integer_widens(from, to);
  if (from.is_integer() && to.id() == TypeId::Decimal) {
    return to.decimal_width() - to.decimal_scale() >= natural_decimal(from).decimal_width();
  }
  if (from.id() == TypeId::Decimal && to.id() == TypeId::Decimal) {
    return to.decimal_scale() >= from.decimal_scale() &&
           to.decimal_width() - to.decimal_scale() >= from.decimal_width() - from.decimal_scale();
  }
  if (from.is_integer() && to.id() == TypeId::Double) return from.value_size() <= 4;
  return from.id() == TypeId::Float && to.id() == TypeId::Double;
}

}  // namespace whittle
