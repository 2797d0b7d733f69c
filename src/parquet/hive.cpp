#include "parquet/hive.hpp"

#include "columnar/parse.hpp"
#include "parquet/schema.hpp"

namespace whittle::parquet {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "key=value", with exactly one '=' and a key.
bool split_partition(std::string_view component, std::string_view& key, std::string_view& value) {
  const size_t equals = component.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  key = component.substr(0, equals);
  value = component.substr(equals + 1);
  return value.find('=') == std::string_view::npos;
}

bool reads_as(std::string_view raw, TypeId id) {
  // The cast to DATE would forget a time of day.
  if (id == TypeId::Date && raw.find(':') != std::string_view::npos) return false;
  Parsed<Value> value = parse_value(raw, Type(id));
  if (!value) return false;
  // '007' is a text that happens to consist of digits.
  return id != TypeId::BigInt || value->to_string() == raw;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

HivePartitions hive_partitions(std::string_view path) {
  HivePartitions out;
  path = path.substr(0, path.find('?'));
  for (size_t end; (end = path.find_first_of("/\\")) != std::string_view::npos;
       path.remove_prefix(end + 1)) {
    std::string_view key, value;
    if (!split_partition(path.substr(0, end), key, value)) continue;
    std::string name = percent_decoded(key);
    bool known = false;
    for (const auto& entry : out) known |= names_equal(entry.first, name);
    if (!known) out.emplace(std::move(name), value);
  }
  return out;
}

bool is_hive_null(std::string_view raw) {
  return raw == "__HIVE_DEFAULT_PARTITION__" || names_equal(raw, "NULL");
}

Type hive_type(const std::vector<std::string_view>& raw, bool autocast) {
  if (!autocast) return TypeId::Varchar;
  for (TypeId id : {TypeId::Date, TypeId::Timestamp, TypeId::BigInt}) {
    bool all = true, any = false;
    for (std::string_view value : raw) {
      if (is_hive_null(value)) continue;
      any = true;
      all = all && reads_as(value, id);
    }
    if (all && any) return id;
  }
  return TypeId::Varchar;
}

Result<Value> hive_value(std::string_view raw, const Type& type) {
  if (is_hive_null(raw)) return Value::null(type);
  const std::string text = percent_decoded(raw);
  if (type.id() == TypeId::Varchar) return Value::string(type, text);
  Parsed<Value> value = parse_value(text, type);
  if (!value) return fail(parse_error(value.error(), text, type).in("hive partition value"));
  return std::move(*value);
}

}  // namespace whittle::parquet
