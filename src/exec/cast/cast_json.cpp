#include "exec/cast/cast_json.hpp"

#include "columnar/parse.hpp"
#include "exec/cast/cast.hpp"
#include "exec/functions/json_text.hpp"

namespace whittle::casts {

namespace {

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::Conversion, std::move(message));
}

std::string text_of(std::string_view value) {
  std::string text;
  if (value[0] == '"') {
    json::append_unescaped(text, value);
  } else {
    json::append_minified(text, value);
  }
  return text;
}

Status wrong_kind(std::string_view value, std::string_view wanted, const JsonRules& rules) {
  if (!rules.strict) return {};
  return refuse("Expected " + std::string(wanted) + ", but got " +
                std::string(json::type_name(value)) + ": " + std::string(value));
}

Status append_list(std::string_view value, ColumnBuilder& out, const JsonRules& rules) {
  if (value[0] != '[') {
    TRY(wrong_kind(value, "ARRAY", rules));
    return out.append_null();
  }
  if (out.type().id() == TypeId::Array) {
    uint32_t size = 0;
    json::for_each_child(value, [&](std::string_view, std::string_view) { ++size; });
    if (size != out.type().array_size()) {
      if (!rules.strict) return out.append_null();
      return refuse("Expected array of size " + std::to_string(out.type().array_size()) +
                    ", but got '" + std::string(value) + "' with size " + std::to_string(size));
    }
  }
  Status status;
  out.begin_list();
  json::for_each_child(value, [&](std::string_view, std::string_view element) {
    if (status) status = append_json(element, out.child(0), rules);
  });
  TRY(std::move(status));
  return out.end_list();
}

Status append_map(std::string_view value, ColumnBuilder& out, const JsonRules& rules) {
  if (value[0] != '{') {
    TRY(wrong_kind(value, "OBJECT", rules));
    return out.append_null();
  }
  ColumnBuilder& pairs = out.child(0);
  Status status;
  out.begin_list();
  json::for_each_child(value, [&](std::string_view key, std::string_view element) {
    if (status) status = append_json(key, pairs.child(0), rules);
    if (status) status = append_json(element, pairs.child(1), rules);
    if (status) status = pairs.end_struct();
  });
  TRY(std::move(status));
  return out.end_list();
}

Status append_struct(std::string_view value, ColumnBuilder& out, const JsonRules& rules) {
  const auto& fields = out.type().fields();
  std::vector<std::string_view> found(fields.size());
  Status status;
  const auto complain = [&](std::string_view what, const std::string& key) {
    if (!status) return;
    status = refuse("Object " + std::string(value) + " " + std::string(what) + " \"" + key + "\"");
  };
  if (value[0] != '{') {
    TRY(wrong_kind(value, "OBJECT", rules));
  } else {
    json::for_each_child(value, [&](std::string_view name, std::string_view member) {
      const std::string key = text_of(name);
      size_t i = 0;
      while (i < fields.size() && fields[i].name != key) ++i;
      if (i == fields.size()) {
        if (rules.unknown_key) complain("has unknown key", key);
      } else if (found[i].empty()) {
        found[i] = member;
      } else if (rules.strict) {
        complain("has duplicate key", key);
      }
    });
    for (size_t i = 0; rules.missing_key && i < fields.size(); ++i) {
      if (found[i].empty()) complain("does not have key", fields[i].name);
    }
  }
  TRY(std::move(status));
  for (size_t i = 0; i < fields.size(); ++i) {
    TRY(found[i].empty() ? out.child(i).append_null() : append_json(found[i], out.child(i), rules));
  }
  return out.end_struct();
}

// Scalars go by their text, but for literals true and false as numbers and numbers as BOOLEAN.
Status append_scalar(std::string_view value, ColumnBuilder& out, const JsonRules& rules) {
  const Type& type = out.type();
  const bool nested = value[0] == '{' || value[0] == '[', quoted = value[0] == '"';
  std::string text = text_of(value);
  if (type.is_string()) {
    if (type.id() == TypeId::Varchar) return out.append_string(text);
    text.clear();
    json::append_minified(text, value);
    return out.append_string(text);
  }
  if (!nested && !quoted) {
    if (type.is_numeric() && (value == "true" || value == "false")) {
      text = value == "true" ? "1" : "0";
    } else if (type.id() == TypeId::Boolean && value != "true" && value != "false") {
      text = text.find_first_of("123456789") < text.find_first_of("eE") ? "true" : "false";
    }
  }
  if (type.id() == TypeId::Blob) return out.append_string(text);
  if (!nested && (quoted || type.id() != TypeId::Interval)) {
    PartialParse parts{.lenient = !rules.strict};
    if (const Parsed<Value> parsed = parse_value(text, type, &parts)) return out.append(*parsed);
  }
  if (!rules.strict) return out.append_null();
  if (type.is_numeric() || type.id() == TypeId::Boolean) {
    return refuse("Failed to cast value to numerical: " + std::string(value));
  }
  return refuse("Unable to cast '" + std::string(value) + "' to " + type.to_string());
}

}  // namespace

Status append_json(std::string_view value, ColumnBuilder& out, const JsonRules& rules) {
  if (out.type().id() == TypeId::Json) return append_scalar(value, out, rules);
  if (value[0] == 'n') return out.append_null();
  switch (out.type().id()) {
    case TypeId::List:
    case TypeId::Array:
      return append_list(value, out, rules);
    case TypeId::Map:
      return append_map(value, out, rules);
    case TypeId::Struct:
      return append_struct(value, out, rules);
    default:
      return append_scalar(value, out, rules);
  }
}

CastResult cast_from_json(const CastInput& input) {
  if (input.column.type().id() != TypeId::Json || input.target.is_string() ||
      input.target.id() == TypeId::Bit) {
    return std::nullopt;
  }
  const ColumnView view(input.column);
  ColumnBuilder builder(input.target, input.budget);
  TRY(builder.reserve(input.column.length()));
  const JsonRules rules{
      .strict = input.strict, .missing_key = input.strict, .unknown_key = input.strict};
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    while (builder.length() < row) TRY(builder.append_null());
    if (!view.valid(row)) {
      TRY(builder.append_null());
      continue;
    }
    const std::string_view text = view.get<StringRef>(row).view();
    TRY(json::validate(text));
    TRY(append_json(json::value_at(text), builder, rules));
  }
  while (builder.length() < input.column.length()) TRY(builder.append_null());
  return TRY(builder.finish());
}

}  // namespace whittle::casts
