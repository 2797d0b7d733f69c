#include "columnar/parse.hpp"

#include <algorithm>

#include "columnar/binary_text.hpp"
#include "columnar/datetime.hpp"
#include "columnar/numbers.hpp"

namespace whittle {

namespace {

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

char closer_of(char open) {
  return open == '[' ? ']' : open == '{' ? '}' : open == '(' ? ')' : '\0';
}

// Reads the items of "[…]", "{…}" and "(…)". Quotes and inner brackets hide separators.
class ItemReader {
 public:
  explicit ItemReader(std::string_view text) : text_(trim(text)) {}

  bool take(char c) {
    skip_spaces();
    if (pos_ >= text_.size() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }
  bool at_end() {
    skip_spaces();
    return pos_ == text_.size();
  }
  /// The trimmed text up to one of `stops`, which is left to be taken; false without one.
  bool take_item(std::string_view stops, std::string_view& item) {
    skip_spaces();
    const size_t start = pos_;
    for (bool escaped = false; pos_ < text_.size(); ++pos_) {
      const char c = text_[pos_];
      if (stops.find(c) != std::string_view::npos) {
        item = trim(text_.substr(start, pos_ - start));
        return true;
      }
      const bool was_escaped = escaped;
      escaped = c == '\\' && !was_escaped;
      if (was_escaped) continue;
      if (is_quote(c) ? !skip_quotes(c) : closer_of(c) && !skip_brackets()) return false;
    }
    return false;
  }
  size_t position() const { return pos_; }

  // From an opening quote or bracket to its end, which becomes the current character.
  bool skip_quotes(char quote) {
    for (++pos_; pos_ < text_.size(); ++pos_) {
      if (text_[pos_] == '\\') {
        ++pos_;
      } else if (text_[pos_] == quote) {
        return true;
      }
    }
    return false;
  }
  bool skip_brackets() {
    std::string open(1, closer_of(text_[pos_]));
    for (++pos_; pos_ < text_.size(); ++pos_) {
      const char c = text_[pos_];
      if (c == '\\') {
        ++pos_;
      } else if (is_quote(c)) {
        if (!skip_quotes(c)) return false;
      } else if (closer_of(c)) {
        open += closer_of(c);
      } else if (c == open.back()) {
        open.pop_back();
        if (open.empty()) return true;
      }
    }
    return false;
  }

 private:
  void skip_spaces() {
    while (pos_ < text_.size() && is_space(text_[pos_])) ++pos_;
  }
  std::string_view text_;
  size_t pos_ = 0;
};

// Quotes vanish and free what they held; what stands in brackets stays as it is.
std::string unquoted(std::string_view item) {
  std::string text;
  for (size_t i = 0; i < item.size(); ++i) {
    const char c = item[i];
    if (is_quote(c)) {
      for (++i; i < item.size() && item[i] != c; ++i) {
        if (item[i] == '\\' && i + 1 < item.size()) ++i;
        text += item[i];
      }
    } else if (c == '\\' && i + 1 < item.size() && is_quote(item[i + 1])) {
      text += item[++i];
    } else if (closer_of(c)) {
      ItemReader inner(item.substr(i));
      const size_t end = inner.skip_brackets() ? i + inner.position() : item.size() - 1;
      text += item.substr(i, end - i + 1);
      i = end;
    } else {
      text += c;
    }
  }
  return text;
}

Parsed<Value> parse_item(std::string_view item, const Type& type, PartialParse* parts) {
  if (equals_ignoring_case(item, "null")) return Value::null(type);
  const std::string text = unquoted(item);
  Parsed<Value> value = parse_value(text, type, parts);
  if (value || !parts) return value;
  if (parts->lenient) return Value::null(type);
  if (!parts->failed) {
    parts->failed = true;
    parts->why = value.error();
    parts->text = text;
    parts->type = type;
  }
  return value;
}

Parsed<Value> parse_list(std::string_view text, const Type& type, PartialParse* parts) {
  ItemReader reader(text);
  std::vector<Value> elements;
  if (!reader.take('[')) return not_parsed(ParseFailure::Format);
  if (!reader.take(']')) {
    do {
      std::string_view item;
      if (!reader.take_item(",]", item)) return not_parsed(ParseFailure::Format);
      auto element = parse_item(item, type.element(), parts);
      if (!element) return element;
      elements.push_back(std::move(*element));
    } while (reader.take(','));
    if (!reader.take(']')) return not_parsed(ParseFailure::Format);
  }
  if (!reader.at_end()) return not_parsed(ParseFailure::Format);
  if (type.id() == TypeId::Array && elements.size() != type.array_size()) {
    return not_parsed(ParseFailure::Format);
  }
  return Value::nested(type, std::move(elements));
}

// "(1, 2)": the fields in their order.
Parsed<void> parse_tuple(ItemReader& reader, const Type& type, std::vector<Value>& fields,
                         PartialParse* parts) {
  if (reader.take(')')) return {};
  size_t count = 0;
  do {
    std::string_view item;
    if (count == fields.size() || !reader.take_item(",)", item)) {
      return not_parsed(ParseFailure::Format);
    }
    auto value = parse_item(item, type.fields()[count].type, parts);
    if (!value) return not_parsed(value.error());
    fields[count++] = std::move(*value);
  } while (reader.take(','));
  if (!reader.take(')')) return not_parsed(ParseFailure::Format);
  return {};
}

// "{a: 1, b: 2}": by name; the last one counts.
Parsed<void> parse_named(ItemReader& reader, const Type& type, std::vector<Value>& fields,
                         PartialParse* parts) {
  if (reader.take('}')) return {};
  do {
    std::string_view item;
    if (!reader.take_item(":", item) || item.empty() || !reader.take(':')) {
      return not_parsed(ParseFailure::Format);
    }
    const std::string name = unquoted(item);
    const auto field = std::find_if(type.fields().begin(), type.fields().end(),
                                    [&](const Type::Field& each) { return each.name == name; });
    if (field == type.fields().end() || !reader.take_item(",}", item)) {
      return not_parsed(ParseFailure::Format);
    }
    auto value = parse_item(item, field->type, parts);
    if (!value) return not_parsed(value.error());
    fields[static_cast<size_t>(field - type.fields().begin())] = std::move(*value);
  } while (reader.take(','));
  if (!reader.take('}')) return not_parsed(ParseFailure::Format);
  return {};
}

Parsed<Value> parse_struct(std::string_view text, const Type& type, PartialParse* parts) {
  std::vector<Value> fields;
  for (const auto& field : type.fields()) fields.push_back(Value::null(field.type));
  ItemReader reader(text);
  const Parsed<void> done = reader.take('(')   ? parse_tuple(reader, type, fields, parts)
                            : reader.take('{') ? parse_named(reader, type, fields, parts)
                                               : not_parsed(ParseFailure::Format);
  if (!done) return not_parsed(done.error());
  if (!reader.at_end()) return not_parsed(ParseFailure::Format);
  return Value::nested(type, std::move(fields));
}

bool has_duplicate_keys(const std::vector<Value>& entries) {
  std::vector<const Value*> keys;
  for (const auto& entry : entries) keys.push_back(&entry.children()[0]);
  std::sort(keys.begin(), keys.end(),
            [](const Value* a, const Value* b) { return compare(*a, *b) < 0; });
  return std::adjacent_find(keys.begin(), keys.end(), [](const Value* a, const Value* b) {
           return compare(*a, *b) == 0;
         }) != keys.end();
}

Parsed<Value> parse_map(std::string_view text, const Type& type, PartialParse* parts) {
  ItemReader reader(text);
  std::vector<Value> entries;
  if (!reader.take('{')) return not_parsed(ParseFailure::Format);
  if (!reader.take('}')) {
    do {
      std::string_view key_text, value_text;
      if (!reader.take_item("=", key_text) || !reader.take('=') ||
          !reader.take_item(",}", value_text)) {
        return not_parsed(ParseFailure::Format);
      }
      auto key = parse_item(key_text, type.map_key(), parts);
      if (!key) return key;
      if (key->is_null()) return not_parsed(ParseFailure::Format);
      auto value = parse_item(value_text, type.map_value(), parts);
      if (!value) return value;
      entries.push_back(Value::nested(type.element(), {std::move(*key), std::move(*value)}));
    } while (reader.take(','));
    if (!reader.take('}')) return not_parsed(ParseFailure::Format);
  }
  if (!reader.at_end() || has_duplicate_keys(entries)) return not_parsed(ParseFailure::Format);
  return Value::nested(type, std::move(entries));
}

template <class T>
Parsed<Value> integer_value(const Type& type, const Parsed<T>& parsed) {
  if (!parsed) return not_parsed(parsed.error());
  return Value::integer(type, static_cast<int128_t>(*parsed));
}

template <class T>
Parsed<Value> real_value(const Type& type, const Parsed<T>& parsed) {
  if (!parsed) return not_parsed(parsed.error());
  return Value::real(type, static_cast<double>(*parsed));
}

Parsed<Value> bytes_value(const Type& type, std::string_view text,
                          Parsed<void> (*parse)(std::string_view, std::string&)) {
  std::string bytes;
  if (auto done = parse(text, bytes); !done) return not_parsed(done.error());
  return Value::string(type, std::move(bytes));
}

}  // namespace

Parsed<Value> parse_value(std::string_view text, const Type& type, PartialParse* parts) {
  switch (type.id()) {
    case TypeId::Boolean:
      return integer_value(type, parse_boolean(text));
    case TypeId::TinyInt:
      return integer_value(type, parse_integer<int8_t>(text));
    case TypeId::SmallInt:
      return integer_value(type, parse_integer<int16_t>(text));
    case TypeId::Integer:
      return integer_value(type, parse_integer<int32_t>(text));
    case TypeId::BigInt:
      return integer_value(type, parse_integer<int64_t>(text));
    case TypeId::HugeInt:
      return integer_value(type, parse_integer<int128_t>(text));
    case TypeId::UTinyInt:
      return integer_value(type, parse_integer<uint8_t>(text));
    case TypeId::USmallInt:
      return integer_value(type, parse_integer<uint16_t>(text));
    case TypeId::UInteger:
      return integer_value(type, parse_integer<uint32_t>(text));
    case TypeId::UBigInt:
      return integer_value(type, parse_integer<uint64_t>(text));
    case TypeId::UHugeInt:
      return integer_value(type, parse_integer<uint128_t>(text));
    case TypeId::Float:
      return real_value(type, parse_float(text));
    case TypeId::Double:
      return real_value(type, parse_double(text));
    case TypeId::Decimal:
      return integer_value(type, parse_decimal(text, type.decimal_width(), type.decimal_scale()));
    case TypeId::Varchar:
    case TypeId::Json:
      return Value::string(type, std::string(text));
    case TypeId::Blob:
      return bytes_value(type, text, parse_blob);
    case TypeId::Bit:
      return bytes_value(type, text, parse_bit);
    case TypeId::Uuid:
      return integer_value(type, parse_uuid(text));
    case TypeId::Date:
      return integer_value(type, parse_date(text));
    case TypeId::Time:
      return integer_value(type, parse_time(text));
    case TypeId::TimeNs:
      return integer_value(type, parse_time_ns(text));
    case TypeId::TimeTz:
      return integer_value(type, parse_timetz(text));
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::Timestamp:
    case TypeId::TimestampNs:
    case TypeId::TimestampTz:
      return integer_value(type, parse_timestamp(text, type.id()));
    case TypeId::Interval: {
      const auto interval = parse_interval(text);
      if (!interval) return not_parsed(interval.error());
      return Value::interval(*interval);
    }
    case TypeId::List:
    case TypeId::Array:
      return parse_list(text, type, parts);
    case TypeId::Struct:
      return parse_struct(text, type, parts);
    case TypeId::Map:
      return parse_map(text, type, parts);
    case TypeId::Null:
    case TypeId::Lambda:
      break;
  }
  return not_parsed(ParseFailure::Format);
}

}  // namespace whittle
