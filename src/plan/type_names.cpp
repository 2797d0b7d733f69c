// The types that names in SQL stand for, with all of DuckDB's aliases.
#include <charconv>

#include "plan/type_rules.hpp"

namespace whittle {

namespace {

struct NamedType {
  std::string_view name;
  TypeId id;
};

constexpr NamedType named_types[] = {
    {"BOOLEAN", TypeId::Boolean},
    {"BOOL", TypeId::Boolean},
    {"LOGICAL", TypeId::Boolean},
    {"TINYINT", TypeId::TinyInt},
    {"INT1", TypeId::TinyInt},
    {"SMALLINT", TypeId::SmallInt},
    {"INT2", TypeId::SmallInt},
    {"SHORT", TypeId::SmallInt},
    {"INT16", TypeId::SmallInt},
    {"INTEGER", TypeId::Integer},
    {"INT", TypeId::Integer},
    {"INT4", TypeId::Integer},
    {"SIGNED", TypeId::Integer},
    {"INTEGRAL", TypeId::Integer},
    {"INT32", TypeId::Integer},
    {"BIGINT", TypeId::BigInt},
    {"INT8", TypeId::BigInt},
    {"LONG", TypeId::BigInt},
    {"INT64", TypeId::BigInt},
    {"OID", TypeId::BigInt},
    {"HUGEINT", TypeId::HugeInt},
    {"INT128", TypeId::HugeInt},
    {"UTINYINT", TypeId::UTinyInt},
    {"UINT8", TypeId::UTinyInt},
    {"USMALLINT", TypeId::USmallInt},
    {"UINT16", TypeId::USmallInt},
    {"UINTEGER", TypeId::UInteger},
    {"UINT32", TypeId::UInteger},
    {"UBIGINT", TypeId::UBigInt},
    {"UINT64", TypeId::UBigInt},
    {"UHUGEINT", TypeId::UHugeInt},
    {"UINT128", TypeId::UHugeInt},
    {"FLOAT", TypeId::Float},
    {"REAL", TypeId::Float},
    {"FLOAT4", TypeId::Float},
    {"DOUBLE", TypeId::Double},
    {"FLOAT8", TypeId::Double},
    {"DOUBLE PRECISION", TypeId::Double},
    {"VARCHAR", TypeId::Varchar},
    {"CHAR", TypeId::Varchar},
    {"BPCHAR", TypeId::Varchar},
    {"TEXT", TypeId::Varchar},
    {"STRING", TypeId::Varchar},
    {"NVARCHAR", TypeId::Varchar},
    {"CHARACTER", TypeId::Varchar},
    {"CHARACTER VARYING", TypeId::Varchar},
    {"NAME", TypeId::Varchar},
    {"BLOB", TypeId::Blob},
    {"BYTEA", TypeId::Blob},
    {"VARBINARY", TypeId::Blob},
    {"BINARY", TypeId::Blob},
    {"JSON", TypeId::Json},
    {"UUID", TypeId::Uuid},
    {"GUID", TypeId::Uuid},
    {"DATE", TypeId::Date},
    {"TIME", TypeId::Time},
    {"TIME WITHOUT TIME ZONE", TypeId::Time},
    {"TIME_NS", TypeId::TimeNs},
    {"TIMETZ", TypeId::TimeTz},
    {"TIME WITH TIME ZONE", TypeId::TimeTz},
    {"TIMESTAMP", TypeId::Timestamp},
    {"DATETIME", TypeId::Timestamp},
    {"TIMESTAMP_US", TypeId::Timestamp},
    {"TIMESTAMP WITHOUT TIME ZONE", TypeId::Timestamp},
    {"TIMESTAMP_S", TypeId::TimestampS},
    {"TIMESTAMP_MS", TypeId::TimestampMs},
    {"TIMESTAMP_NS", TypeId::TimestampNs},
    {"TIMESTAMPTZ", TypeId::TimestampTz},
    {"TIMESTAMP WITH TIME ZONE", TypeId::TimestampTz},
    {"INTERVAL", TypeId::Interval},
    {"BIT", TypeId::Bit},
    {"BITSTRING", TypeId::Bit},
    {"NULL", TypeId::Null},
};

std::optional<uint32_t> modifier(const sql::TypeName& name, size_t i) {
  uint32_t value = 0;
  const std::string& text = name.modifiers[i];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> wrong(const sql::TypeName& name, std::string message) {
  return fail(Error(ErrorCode::Binder, std::move(message)).with_position(name.position));
}

Result<Type> decimal_type(const sql::TypeName& name) {
  if (name.modifiers.size() > 2) return wrong(name, "DECIMAL takes a width and a scale");
  uint32_t width = 18, scale = name.modifiers.empty() ? 3 : 0;
  if (!name.modifiers.empty()) width = modifier(name, 0).value_or(0);
  if (name.modifiers.size() == 2) scale = modifier(name, 1).value_or(39);
  if (width < 1 || width > 38) return wrong(name, "Width must be between 1 and 38!");
  if (scale > width) return wrong(name, "Scale cannot be bigger than width");
  return Type::decimal(static_cast<uint8_t>(width), static_cast<uint8_t>(scale));
}

Result<Type> timestamp_type(const sql::TypeName& name) {
  const auto precision = name.modifiers.size() == 1 ? modifier(name, 0) : std::nullopt;
  if (!precision || *precision > 9)
    return wrong(name, "TIMESTAMP only supports a precision of 0 to 9");
  if (*precision == 0) return Type(TypeId::TimestampS);
  if (*precision <= 3) return Type(TypeId::TimestampMs);
  return Type(*precision <= 6 ? TypeId::Timestamp : TypeId::TimestampNs);
}

Result<Type> nested_type(const sql::TypeName& name) {
  std::vector<Type::Field> fields;
  for (const sql::TypeChild& child : name.children) {
    fields.push_back({ child.name, TRY(resolve_type(child.type)) });
  }
  if (name.name == "STRUCT" || name.name == "ROW") {
    if (fields.empty()) return wrong(name, "a STRUCT needs at least one field");
    return Type::structure(std::move(fields));
  }
  if (name.name == "MAP") {
    if (fields.size() != 2) return wrong(name, "MAP needs exactly two types, of key and value");
    return Type::map(fields[0].type, fields[1].type);
  }
  if (fields.size() != 1) return wrong(name, name.name + " needs exactly one type");
  if (name.name == "LIST") return Type::list(fields[0].type);
  const auto size = name.modifiers.empty() ? std::nullopt : modifier(name, 0);
  if (!size || *size < 1 || *size > 100'000) {
    return wrong(name, "the size of an ARRAY must be between 1 and 100000");
  }
  return Type::array(fields[0].type, *size);
}

}  // namespace

Result<Type> resolve_type(const sql::TypeName& name) {
  if (!name.children.empty()) {
    if (name.name != "UNION") return nested_type(name);
  }
  if (name.name == "DECIMAL" || name.name == "NUMERIC" || name.name == "DEC")
    return decimal_type(name);
  if (name.name == "TIMESTAMP" && !name.modifiers.empty()) return timestamp_type(name);
  for (const NamedType& row : named_types) {
    if (sql::same_name(row.name, name.name)) return Type(row.id);
  }
  if (name.name == "ENUM" || name.name == "UNION") {
    return fail(Error(ErrorCode::Unsupported, "the type " + name.name + " is not supported")
                    .with_position(name.position));
  }
  return wrong(name, "Type with name " + (name.spelling.empty() ? name.name : name.spelling) +
                         " does not exist!");
}

}  // namespace whittle
