// json_transform(json, structure): JSON as typed values. The structure is JSON itself: a type's
// name as a string, [structure] for a list, {"key": structure} for a STRUCT.
#include "exec/cast/cast_json.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/json_text.hpp"
#include "exec/functions/list_support.hpp"
#include "sql/parser.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

template <bool strict>
Result<Column> transform_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    if (inner.call.type.id() == TypeId::Null) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView texts(arguments[0]);
    ColumnBuilder builder(inner.call.type, inner.budget);
    TRY(builder.reserve(inner.length));
    const casts::JsonRules rules{.strict = strict, .missing_key = strict};
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      while (builder.length() < row) TRY(builder.append_null());
      if (!texts.valid(row)) {
        TRY(builder.append_null());
        continue;
      }
      const std::string_view text = texts.get<StringRef>(row).view();
      TRY(json::validate(text));
      TRY(casts::append_json(json::value_at(text), builder, rules));
    }
    while (builder.length() < inner.length) TRY(builder.append_null());
    return builder.finish();
  });
}

Result<Type> named_type(std::string_view quoted) {
  std::string name;
  json::append_unescaped(name, quoted);
  if (name == "NULL") return Type(TypeId::Null);
  const auto tree = sql::parse_expression("CAST(NULL AS " + name + ")");
  const auto* cast = tree ? sql::if_is<sql::Cast>(**tree) : nullptr;
  if (!cast) return fail(ErrorCode::Binder, "Type with name " + name + " does not exist!");
  return resolve_type(cast->type);
}

Result<Type> structure_type(std::string_view structure) {
  if (structure[0] == '"') return named_type(structure);
  std::vector<std::pair<std::string, std::string_view>> parts;
  if (structure[0] == '[' || structure[0] == '{') {
    json::for_each_child(structure, [&](std::string_view key, std::string_view value) {
      parts.emplace_back("", value);
      if (!key.empty()) json::append_unescaped(parts.back().first, key);
    });
  }
  if (structure[0] == '[') {
    if (parts.size() != 1) {
      return fail(ErrorCode::Binder, "Too many values in array of JSON structure");
    }
    return Type::list(TRY(structure_type(parts[0].second)));
  }
  if (structure[0] != '{') return fail(ErrorCode::Binder, "invalid JSON structure");
  if (parts.empty()) return fail(ErrorCode::Binder, "Empty object in JSON structure");
  std::vector<Type::Field> fields;
  for (auto& [key, value] : parts) {
    for (const Type::Field& known : fields) {
      if (known.name == key) {
        return fail(ErrorCode::Binder, "Duplicate keys in object in JSON structure");
      }
    }
    fields.push_back({ std::move(key), TRY(structure_type(value)) });
  }
  return Type::structure(std::move(fields));
}

Status bind_transform(BindCall& call) {
  const Value* structure = call.constants[1];
  if (!structure) return fail(ErrorCode::Binder, "JSON structure must be a constant!");
  if (structure->is_null()) {
    call.result = TypeId::Null;
    return {};
  }
  TRY(json::validate(structure->as_string()));
  call.result = TRY(structure_type(json::value_at(structure->as_string())));
  return {};
}

constexpr TypeId text = TypeId::Varchar;

#define TRANSFORM_ROW(name, strict) \
  {name, TypeId::Null, transform_kernel<strict>, 2, {text, text}, kCanFail, bind_transform}

constexpr ScalarFunction rows[] = {
    TRANSFORM_ROW("json_transform", false),
    TRANSFORM_ROW("json_transform_strict", true),
    TRANSFORM_ROW("from_json", false),
    TRANSFORM_ROW("from_json_strict", true),
};

}  // namespace

std::span<const ScalarFunction> json_transform_functions() {
  return rows;
}

}  // namespace whittle
