#include "columnar/type.hpp"

#include <iterator>

#include "base/int128.hpp"
#include "columnar/string_ref.hpp"

namespace whittle {

namespace {

struct TypeRow {
  std::string_view name;
  PhysicalType physical;
};

constexpr TypeRow type_rows[] = {
#define WHITTLE_TYPE(id, name, physical) {name, PhysicalType::physical},
#include "columnar/types.def"
#undef WHITTLE_TYPE
};

bool needs_quotes(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return true;
  for (char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c >= 'A' && c <= 'Z')))
      return true;
  }
  return false;
}

std::string quoted(std::string_view name) {
  if (!needs_quotes(name)) return std::string(name);
  std::string text = "\"";
  for (char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace

struct Type::Info {
  std::vector<Field> fields;
  uint32_t array_size = 0;
};

std::string_view type_name(TypeId id) {
  return type_rows[static_cast<size_t>(id)].name;
}

Type::Type(const Type& other) = default;
Type& Type::operator=(const Type& other) = default;
Type::~Type() = default;

Type Type::decimal(uint8_t width, uint8_t scale) {
  Type type(TypeId::Decimal);
  type.width_ = width;
  type.scale_ = scale;
  return type;
}

Type Type::list(Type element) {
  Type type(TypeId::List);
  type.info_ = std::make_shared<const Info>(Info{{{"element", std::move(element)}}, 0});
  return type;
}

Type Type::array(Type element, uint32_t size) {
  Type type(TypeId::Array);
  type.info_ = std::make_shared<const Info>(Info{{{"element", std::move(element)}}, size});
  return type;
}

Type Type::structure(std::vector<Field> fields) {
  Type type(TypeId::Struct);
  type.info_ = std::make_shared<const Info>(Info{std::move(fields), 0});
  return type;
}

Type Type::map(Type key, Type value) {
  Type entry = structure({{"key", std::move(key)}, {"value", std::move(value)}});
  Type type(TypeId::Map);
  type.info_ = std::make_shared<const Info>(Info{{{"entries", std::move(entry)}}, 0});
  return type;
}

PhysicalType Type::physical() const {
  if (id_ != TypeId::Decimal) return type_rows[static_cast<size_t>(id_)].physical;
  if (width_ <= 4) return PhysicalType::Int16;
  if (width_ <= 9) return PhysicalType::Int32;
  if (width_ <= 18) return PhysicalType::Int64;
  return PhysicalType::Int128;
}

uint32_t Type::value_size() const {
  switch (physical()) {
    case PhysicalType::Bool:
    case PhysicalType::Int8:
    case PhysicalType::UInt8:
      return 1;
    case PhysicalType::Int16:
    case PhysicalType::UInt16:
      return 2;
    case PhysicalType::Int32:
    case PhysicalType::UInt32:
    case PhysicalType::Float:
      return 4;
    case PhysicalType::Int64:
    case PhysicalType::UInt64:
    case PhysicalType::Double:
    case PhysicalType::List:
      return 8;
    case PhysicalType::Int128:
    case PhysicalType::UInt128:
    case PhysicalType::Interval:
    case PhysicalType::String:
      return 16;
    case PhysicalType::Null:
    case PhysicalType::Struct:
    case PhysicalType::Decimal:
      return 0;
  }
  return 0;
}

uint32_t Type::array_size() const {
  return info_ ? info_->array_size : 0;
}

const std::vector<Type::Field>& Type::fields() const {
  static const std::vector<Field> none;
  return info_ ? info_->fields : none;
}

const Type& Type::element() const {
  return info_->fields[0].type;
}
const Type& Type::map_key() const {
  return element().fields()[0].type;
}
const Type& Type::map_value() const {
  return element().fields()[1].type;
}

bool Type::is_signed_integer() const {
  return id_ >= TypeId::TinyInt && id_ <= TypeId::HugeInt;
}
bool Type::is_unsigned_integer() const {
  return id_ >= TypeId::UTinyInt && id_ <= TypeId::UHugeInt;
}
bool Type::is_integer() const {
  return id_ >= TypeId::TinyInt && id_ <= TypeId::UHugeInt;
}
bool Type::is_temporal() const {
  return id_ >= TypeId::Date && id_ <= TypeId::TimestampTz;
}
bool Type::is_timestamp() const {
  return id_ >= TypeId::TimestampS && id_ <= TypeId::TimestampTz;
}

std::string Type::to_string() const {
  switch (id_) {
    case TypeId::Decimal:
      return "DECIMAL(" + std::to_string(width_) + "," + std::to_string(scale_) + ")";
    case TypeId::List:
      return element().to_string() + "[]";
    case TypeId::Array:
      return element().to_string() + "[" + std::to_string(array_size()) + "]";
    case TypeId::Map:
      return "MAP(" + map_key().to_string() + ", " + map_value().to_string() + ")";
    case TypeId::Struct: {
      std::string text = "STRUCT(";
      for (size_t i = 0; i < fields().size(); ++i) {
        if (i > 0) text += ", ";
        if (!fields()[i].name.empty()) text += quoted(fields()[i].name) + " ";
        text += fields()[i].type.to_string();
      }
      return text + ")";
    }
    default:
      return std::string(type_name(id_));
  }
}

bool Type::operator==(const Type& other) const {
  if (id_ != other.id_ || width_ != other.width_ || scale_ != other.scale_) return false;
  if (info_ == other.info_) return true;
  if (array_size() != other.array_size() || fields().size() != other.fields().size()) return false;
  for (size_t i = 0; i < fields().size(); ++i) {
    if (id_ == TypeId::Struct && fields()[i].name != other.fields()[i].name) return false;
    if (!(fields()[i].type == other.fields()[i].type)) return false;
  }
  return true;
}

}  // namespace whittle
