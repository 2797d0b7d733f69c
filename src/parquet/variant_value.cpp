#include "parquet/variant_value.hpp"

#include <cmath>
#include <cstring>

#include "parquet/utf8.hpp"

namespace whittle::parquet {

namespace {

std::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::Corrupt, std::string("malformed VARIANT: ") + what);
}

// A little-endian unsigned number of 1 to 4 bytes; the caller checked that it is there.
uint64_t number(std::string_view bytes, size_t at, uint32_t size) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < size; ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

// A little-endian two's complement number of 1 to 16 bytes.
int128_t integer(std::string_view bytes) {
  uint128_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  const unsigned unused = static_cast<unsigned>(128 - 8 * bytes.size());
  return static_cast<int128_t>(value << unused) >> unused;
}

// What objects and arrays share: a count, field ids (objects), offsets, then the values.
struct Container {
  uint64_t count = 0;
  uint32_t id_size = 0, offset_size = 1;
  std::string_view ids, offsets, values;

  static Result<Container> open(std::string_view bytes, bool is_object) {
    Container c;
    const unsigned header = static_cast<unsigned char>(bytes[0]) >> 2;
    c.offset_size = (header & 3) + 1;
    if (is_object) c.id_size = (header >> 2 & 3) + 1;
    const bool large = is_object ? header >> 4 & 1 : header >> 2 & 1;
    const uint32_t count_size = large ? 4 : 1;
    bytes.remove_prefix(1);
    if (bytes.size() < count_size) return malformed("a count is cut short");
    c.count = number(bytes, 0, count_size);
    bytes.remove_prefix(count_size);
    const uint64_t id_bytes = c.count * c.id_size, offset_bytes = (c.count + 1) * c.offset_size;
    if (id_bytes + offset_bytes > bytes.size()) return malformed("more elements than bytes");
    c.ids = bytes.substr(0, id_bytes);
    c.offsets = bytes.substr(id_bytes, offset_bytes);
    c.values = bytes.substr(id_bytes + offset_bytes);
    return c;
  }
  // Values of an object need not be in the order of their fields, so each ends where it ends.
  Result<std::string_view> element(uint64_t i) const {
    const uint64_t begin = number(offsets, i * offset_size, offset_size);
    const uint64_t end = number(offsets, count * offset_size, offset_size);
    if (begin >= end || end > values.size()) return malformed("an element lies outside its value");
    return values.substr(begin, end - begin);
  }
};

enum BasicType : uint8_t { Primitive, ShortString, Object, Array };

BasicType basic_type(std::string_view bytes) {
  return static_cast<BasicType>(static_cast<unsigned char>(bytes[0]) & 3);
}

}  // namespace

Result<VariantNames> VariantNames::open(std::string_view bytes) {
  VariantNames names;
  if (bytes.empty() || (bytes[0] & 15) != 1) return malformed("unknown version of the metadata");
  names.offset_size_ = (static_cast<unsigned char>(bytes[0]) >> 6) + 1;
  bytes.remove_prefix(1);
  if (bytes.size() < names.offset_size_) return malformed("the metadata is cut short");
  names.count_ = number(bytes, 0, names.offset_size_);
  bytes.remove_prefix(names.offset_size_);
  const uint64_t offset_bytes = (names.count_ + 1) * names.offset_size_;
  if (offset_bytes > bytes.size()) return malformed("more names than bytes");
  names.offsets_ = bytes.substr(0, offset_bytes);
  names.texts_ = bytes.substr(offset_bytes);
  return names;
}

Result<std::string_view> VariantNames::name(uint64_t id) const {
  if (id >= count_) return malformed("a field id without a name");
  const uint64_t begin = number(offsets_, id * offset_size_, offset_size_);
  const uint64_t end = number(offsets_, (id + 1) * offset_size_, offset_size_);
  if (begin > end || end > texts_.size()) return malformed("a name lies outside the metadata");
  return texts_.substr(begin, end - begin);
}

Status VariantWriter::account() {
  // Doubling, so that most calls cost nothing.
  if (text_.capacity() <= reservation_.bytes()) return {};
  return reservation_.resize(text_.capacity() * 2);
}

Status VariantWriter::string(std::string_view text) {
  if (!is_utf8(text.data(), text.size())) return malformed("a string that is not UTF-8");
  static constexpr char digits[] = "0123456789ABCDEF";
  text_ += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        text_ += '\\';
        text_ += c;
        break;
      case '\b':
        text_ += "\\b";
        break;
      case '\f':
        text_ += "\\f";
        break;
      case '\n':
        text_ += "\\n";
        break;
      case '\r':
        text_ += "\\r";
        break;
      case '\t':
        text_ += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          text_ += "\\u00";
          text_ += digits[c >> 4];
          text_ += digits[c & 15];
        } else {
          text_ += c;
        }
    }
  }
  text_ += '"';
  return account();
}

Status VariantWriter::sql_value(const Value& value) {
  if (value.is_null()) {
    text_ += "null";
    return {};
  }
  if (value.type().is_floating()) {
    // FLOAT as the DOUBLE it is; JSON has no other word for these, so DuckDB uses JavaScript's.
    const double real = value.as_real();
    if (std::isnan(real)) {
      text_ += "NaN";
    } else if (std::isinf(real)) {
      text_ += real > 0 ? "Infinity" : "-Infinity";
    } else {
      text_ += Value::real(TypeId::Double, real).to_string();
    }
    return account();
  }
  if (value.type().is_numeric() || value.type().id() == TypeId::Boolean) {
    text_ += value.to_string();
    return account();
  }
  return string(value.to_string());
}

// VariantEncoding.md, "Value encoding grammar", table of primitive types.
Status VariantWriter::primitive(std::string_view bytes) {
  const unsigned id = static_cast<unsigned char>(bytes[0]) >> 2;
  bytes.remove_prefix(1);
  struct Row {
    TypeId type;
    uint8_t size;
  };
  static constexpr Row rows[] = {
      {TypeId::Null, 0},        {TypeId::Boolean, 0},     {TypeId::Boolean, 0},
      {TypeId::TinyInt, 1},     {TypeId::SmallInt, 2},    {TypeId::Integer, 4},
      {TypeId::BigInt, 8},      {TypeId::Double, 8},      {TypeId::Decimal, 5},
      {TypeId::Decimal, 9},     {TypeId::Decimal, 17},    {TypeId::Date, 4},
      {TypeId::TimestampTz, 8}, {TypeId::Timestamp, 8},   {TypeId::Float, 4},
      {TypeId::Blob, 4},        {TypeId::Varchar, 4},     {TypeId::Time, 8},
      {TypeId::TimestampTz, 8}, {TypeId::TimestampNs, 8}, {TypeId::Uuid, 16}};
  if (id >= std::size(rows)) return fail(ErrorCode::Unsupported, "unknown type in a VARIANT");
  const auto [type, size] = rows[id];
  if (bytes.size() < size) return malformed("a value is cut short");
  switch (type) {
    case TypeId::Null:
      return sql_value(Value());
    case TypeId::Boolean:
      return sql_value(Value::boolean(id == 1));
    case TypeId::Double: {
      double value;
      std::memcpy(&value, bytes.data(), 8);
      return sql_value(Value::real(type, value));
    }
    case TypeId::Float: {
      float value;
      std::memcpy(&value, bytes.data(), 4);
      return sql_value(Value::real(type, value));
    }
    case TypeId::Decimal: {
      const auto scale = static_cast<uint8_t>(bytes[0]);
      if (scale > 38) return malformed("a decimal's scale is above 38");
      return sql_value(
          Value::integer(Type::decimal(38, scale), integer(bytes.substr(1, size - 1u))));
    }
    case TypeId::Blob:
    case TypeId::Varchar: {
      const uint64_t length = number(bytes, 0, 4);
      if (length > bytes.size() - 4) return malformed("a string is cut short");
      const auto text = bytes.substr(4, length);
      return type == TypeId::Varchar ? string(text)
                                     : sql_value(Value::string(type, std::string(text)));
    }
    case TypeId::Uuid: {
      uint128_t value = 0;
      for (size_t i = 0; i < 16; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
      return sql_value(Value::unsigned_integer(type, value));
    }
    default: {
      int128_t value = integer(bytes.substr(0, size));
      if (id == 18) value /= 1000;  // nanoseconds, UTC
      return sql_value(Value::integer(type, value));
    }
  }
}

Status VariantWriter::array(const VariantNames& names, std::string_view bytes, uint32_t depth) {
  const Container array = TRY(Container::open(bytes, false));
  text_ += '[';
  for (uint64_t i = 0; i < array.count; ++i) {
    if (i > 0) text_ += ',';
    TRY(value(names, TRY(array.element(i)), depth + 1));
  }
  text_ += ']';
  return account();
}

Result<std::vector<std::pair<std::string_view, std::string_view>>> VariantWriter::object_fields(
    const VariantNames& names, std::string_view bytes) {
  if (bytes.empty() || basic_type(bytes) != Object) return malformed("not an object");
  const Container object = TRY(Container::open(bytes, true));
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  fields.reserve(object.count);  // at most one per two bytes
  for (uint64_t i = 0; i < object.count; ++i) {
    const uint64_t id = number(object.ids, i * object.id_size, object.id_size);
    fields.emplace_back(TRY(names.name(id)), TRY(object.element(i)));
  }
  return fields;
}

Status VariantWriter::value(const VariantNames& names, std::string_view bytes, uint32_t depth) {
  if (bytes.empty()) return malformed("an empty value");
  if (depth > max_depth) return malformed("it is nested too deeply");
  switch (basic_type(bytes)) {
    case Primitive:
      return primitive(bytes);
    case ShortString: {
      const size_t length = static_cast<unsigned char>(bytes[0]) >> 2;
      if (length > bytes.size() - 1) return malformed("a string is cut short");
      return string(bytes.substr(1, length));
    }
    case Array:
      return array(names, bytes, depth);
    case Object:
      break;
  }
  text_ += '{';
  bool first = true;
  for (const auto& [name, field] : TRY(object_fields(names, bytes))) {
    if (!first) text_ += ',';
    first = false;
    TRY(string(name));
    text_ += ':';
    TRY(value(names, field, depth + 1));
  }
  text_ += '}';
  return account();
}

}  // namespace whittle::parquet
