// Nested types among themselves: children are cast, the shape stays. LIST to ARRAY checks every
// length; STRUCT to STRUCT matches fields by name, unnamed ones by position.
#include <algorithm>
#include <cstring>

#include "columnar/builder.hpp"
#include "columnar/gather.hpp"
#include "columnar/parsed.hpp"
#include "exec/cast/cast.hpp"
#include "exec/evaluator.hpp"

namespace whittle::casts {

namespace {

bool is_list_like(const Type& type) {
  return type.id() == TypeId::List || type.id() == TypeId::Array;
}

Result<Column> cast_child(const CastInput& input, const Column& child, const Type& type) {
  return cast_column(child, type, Selection::all(child.length()), input.strict, input.budget);
}

// The same entries and validity over a cast child.
Result<Column> with_child(const CastInput& input, const Column& flat, Column child) {
  Column result = flat;
  result.set_type(input.target);
  result.mutable_children().assign(1, std::move(child));
  return result;
}

// Lists of another length than the array's are an error, or NULL for TRY_CAST.
Status check_array_lengths(const CastInput& input, Column& flat) {
  if (input.target.id() != TypeId::Array) return {};
  const uint32_t size = input.target.array_size();
  std::vector<uint32_t> refused;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    const uint32_t length = flat.values<ListEntry>()[row].length;
    if (flat.is_null(row) || length == size) continue;
    if (input.strict) {
      return fail(ErrorCode::Conversion, "Cannot cast list with length " + std::to_string(length) +
                                             " to array with length " + std::to_string(size));
    }
    refused.push_back(row);
  }
  if (refused.empty()) return {};
  Column copy = TRY(Column::reserve_flat(input.budget, flat.type(), flat.length()));
  std::copy_n(flat.values<ListEntry>(), flat.length(), copy.mutable_values<ListEntry>());
  for (uint32_t row = 0; row < flat.length(); ++row) {
    if (flat.is_null(row)) copy.set_null(input.budget, row);
  }
  for (const uint32_t row : refused) {
    copy.mutable_values<ListEntry>()[row] = {};
    copy.set_null(input.budget, row);
  }
  copy.mutable_children() = flat.children();
  flat = std::move(copy);
  return {};
}

Result<Column> cast_struct(const CastInput& input, const Column& flat) {
  const auto &from = flat.type().fields(), &to = input.target.fields();
  const auto field_named = [&](std::string_view name) -> const Column* {
    for (size_t i = 0; i < from.size(); ++i) {
      if (equals_ignoring_case(from[i].name, name)) return &flat.children()[i];
    }
    return nullptr;
  };
  const auto unnamed = [](const auto& field) { return field.name.empty(); };
  const bool by_name = !std::ranges::any_of(from, unnamed) && !std::ranges::any_of(to, unnamed);
  if (by_name && std::ranges::none_of(to, [&](const auto& f) { return field_named(f.name); })) {
    return fail(ErrorCode::Binder, "STRUCT to STRUCT cast must have at least one matching member");
  }
  if (!by_name && from.size() != to.size()) {
    return fail(ErrorCode::Conversion,
                "Cannot cast STRUCTs of different size: " + flat.type().to_string() + " to " +
                    input.target.to_string());
  }
  Column result = flat;
  result.set_type(input.target);
  result.mutable_children().clear();
  for (size_t i = 0; i < to.size(); ++i) {
    const Column* child = by_name ? field_named(to[i].name) : &flat.children()[i];
    result.mutable_children().push_back(
        child ? TRY(cast_child(input, *child, to[i].type))
              : TRY(flatten(Column::constant_null(input.budget, to[i].type, flat.length()),
                            input.budget)));
  }
  return result;
}

// Field names become keys.
Result<Column> cast_struct_to_map(const CastInput& input, const Column& flat) {
  ColumnBuilder builder(input.target, input.budget);
  std::vector<Column> keys, values;
  for (size_t i = 0; i < flat.children().size(); ++i) {
    const Value name = Value::string(TypeId::Varchar, flat.type().fields()[i].name);
    keys.push_back(TRY(cast_column(TRY(name.to_column(input.budget)), input.target.map_key(),
                                   Selection::all(1), input.strict, input.budget)));
    values.push_back(TRY(cast_child(input, flat.children()[i], input.target.map_value())));
  }
  for (uint32_t row = 0; row < flat.length(); ++row) {
    if (flat.is_null(row)) {
      TRY(builder.append_null());
      continue;
    }
    builder.begin_list();
    ColumnBuilder& pairs = builder.child(0);
    for (size_t i = 0; i < keys.size(); ++i) {
      TRY(pairs.child(0).append_from(keys[i], 0));
      TRY(pairs.child(1).append_from(values[i], row));
      TRY(pairs.end_struct());
    }
    TRY(builder.end_list());
  }
  return builder.finish();
}

}  // namespace

CastResult cast_nested(const CastInput& input) {
  const Type &from = input.column.type(), &to = input.target;
  const bool lists = is_list_like(from) && is_list_like(to);
  const bool maps = from.id() == TypeId::Map && to.id() == TypeId::Map;
  const bool structs = from.id() == TypeId::Struct && to.id() == TypeId::Struct;
  const bool to_map = from.id() == TypeId::Struct && to.id() == TypeId::Map;
  if (!lists && !maps && !structs && !to_map) return std::nullopt;
  Column flat = TRY(flatten(input.column, input.budget));
  if (to_map) return TRY(cast_struct_to_map(input, flat));
  if (structs) return cast_struct(input, flat);
  if (lists) TRY(check_array_lengths(input, flat));
  Column child =
      TRY(flatten(TRY(cast_child(input, flat.children()[0], to.element())), input.budget));
  return with_child(input, flat, std::move(child));
}

}  // namespace whittle::casts
