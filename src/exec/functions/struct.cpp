// STRUCT: struct_pack, row, struct_extract, struct_insert, struct_concat, struct_keys. A field of a
// struct is a column of its own, so that taking one costs nothing.
#include "columnar/compare.hpp"
#include "columnar/parsed.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

struct FieldState final : FunctionState {
  explicit FieldState(size_t field) : field(field) {}
  size_t field;
};

// A column of `length` rows that a flat struct can have as a child.
Result<Column> child_column(KernelContext& context, const Column& argument) {
  Column column = argument;
  if (column.encoding() != Encoding::Flat) column.set_length(context.length);
  return flatten(column, context.budget);
}

// ---- struct_pack(a := 1, …), row(1, …)

Result<Column> pack_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    Column result = TRY(kernels::make_result(inner));
    for (const Column& argument : arguments) {
      result.mutable_children().push_back(TRY(child_column(inner, argument)));
    }
    return result;
  });
}

Status check_unique(const std::vector<Type::Field>& fields, std::string_view message) {
  for (size_t i = 0; i < fields.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!fields[i].name.empty() && equals_ignoring_case(fields[i].name, fields[j].name)) {
        return fail(ErrorCode::Binder, std::string(message) + " \"" + fields[i].name + "\"");
      }
    }
  }
  return {};
}

Status bind_pack(BindCall& call) {
  const bool named = call.name == "struct_pack";
  std::vector<Type::Field> fields;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const std::string& name = call.argument_names[i];
    if (named && name.empty()) {
      return fail(ErrorCode::Binder,
                  "Need named argument for struct pack, e.g., STRUCT_PACK(a := b)");
    }
    fields.push_back({named ? name : std::string(), call.arguments[i]});
  }
  if (fields.empty()) return fail(ErrorCode::Binder, "Can't pack nothing into a struct");
  TRY(check_unique(fields, "Duplicate struct entry name"));
  call.result = Type::structure(std::move(fields));
  return {};
}

// ---- struct_extract

Result<Column> extract_kernel(KernelContext& context, Arguments arguments) {
  const size_t field = static_cast<const FieldState&>(*context.state).field;
  const Column& value = arguments[0];
  if (value.encoding() == Encoding::Constant) {
    if (value.is_null(0)) {
      return Column::constant_null(context.budget, context.call.type, context.length);
    }
    const Column flat = TRY(flatten(value.children()[field], context.budget));
    return Column::constant(flat, context.length);
  }
  const Column flat = TRY(flatten(value, context.budget));
  Column result = flat.children()[field];
  if (!flat.validity()) return result;
  // A NULL struct has NULL fields.
  BufferRef bits = TRY(Buffer::reserve(context.budget, bitmap_words(flat.length()) * 8, "column"));
  auto* words = bits->as<uint64_t>();
  for (size_t i = 0; i < bitmap_words(flat.length()); ++i) {
    words[i] = flat.validity()[i] & (result.validity() ? result.validity()[i] : ~uint64_t{0});
  }
  result.set_validity(std::move(bits), words);
  return result;
}

std::unexpected<Error> no_field(const BindCall& call, const std::string& name) {
  std::string names;
  for (const Type::Field& field : call.arguments[0].fields()) {
    names += (names.empty() ? "\"" : ", \"") + field.name + "\"";
  }
  return fail(Error(ErrorCode::Binder, "Could not find key \"" + name + "\" in struct")
                  .with_hint("Candidate Entries: " + names));
}

Status bind_extract(BindCall& call) {
  const Value* key = call.constants[1];
  if (!key || key->is_null()) {
    return fail(ErrorCode::Binder, "Key name for struct_extract needs to be a constant string");
  }
  const auto& fields = call.arguments[0].fields();
  size_t found = fields.size();
  if (key->type().is_string()) {
    for (size_t i = 0; i < fields.size() && found == fields.size(); ++i) {
      if (equals_ignoring_case(fields[i].name, key->as_string())) found = i;
    }
    if (found == fields.size()) return no_field(call, key->as_string());
  } else {
    if (call.name != "struct_extract_at" && !fields.empty() && !fields[0].name.empty()) {
      return fail(ErrorCode::Binder,
                  "struct_extract with an integer key can only be used on unnamed structs, use a "
                  "string key instead");
    }
    const int128_t index = key->as_integer();
    if (index < 1 || index > static_cast<int128_t>(fields.size())) {
      return fail(ErrorCode::Binder, "Key index " + key->to_string() +
                                         " for struct_extract out of range - expected an index "
                                         "between 1 and " +
                                         std::to_string(fields.size()));
    }
    found = static_cast<size_t>(index) - 1;
  }
  call.result = fields[found].type;
  call.state = std::make_shared<FieldState>(found);
  return {};
}

// ---- struct_insert, struct_update, struct_concat: each result field is a field of an argument

struct MergeState final : FunctionState {
  struct Source {
    size_t argument;
    size_t field;  // whole_argument: the argument itself
  };
  static constexpr size_t whole_argument = SIZE_MAX;
  std::vector<Source> sources;
};

Result<Column> merge_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const auto& state = static_cast<const MergeState&>(*inner.state);
    std::vector<Column> flat;
    for (const Column& argument : arguments) flat.push_back(TRY(child_column(inner, argument)));
    Column result = TRY(kernels::make_result(inner));
    if (inner.call.function != "struct_concat") {
      kernels::merge_validity(inner, {flat.data(), 1}, result);
    }
    for (const MergeState::Source& source : state.sources) {
      const Column& argument = flat[source.argument];
      result.mutable_children().push_back(source.field == MergeState::whole_argument
                                              ? argument
                                              : argument.children()[source.field]);
    }
    return result;
  });
}

std::unexpected<Error> not_a_struct() {
  return fail(ErrorCode::Binder, "The first argument to struct_insert must be a STRUCT");
}

Status bind_insert(BindCall& call) {
  if (call.arguments[0].id() != TypeId::Struct) return not_a_struct();
  const bool update = call.name == "struct_update";
  auto state = std::make_shared<MergeState>();
  std::vector<Type::Field> fields = call.arguments[0].fields();
  for (size_t i = 0; i < fields.size(); ++i) state->sources.push_back({0, i});
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const std::string& name = call.argument_names[i];
    if (name.empty()) {
      return fail(ErrorCode::Binder, "Need named argument for struct insert, e.g., a := b");
    }
    size_t at = fields.size();
    for (size_t k = 0; update && k < fields.size(); ++k) {
      if (equals_ignoring_case(fields[k].name, name)) at = k;
    }
    if (at == fields.size()) {
      fields.push_back({name, call.arguments[i]});
      state->sources.push_back({i, MergeState::whole_argument});
    } else {
      fields[at].type = call.arguments[i];
      state->sources[at] = {i, MergeState::whole_argument};
    }
  }
  TRY(check_unique(fields, "Duplicate struct entry name"));
  call.result = Type::structure(std::move(fields));
  call.state = std::move(state);
  return {};
}

Status bind_concat(BindCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::Binder, "struct_concat: At least one argument is required");
  }
  auto state = std::make_shared<MergeState>();
  std::vector<Type::Field> fields;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (call.arguments[i].id() != TypeId::Struct) {
      return fail(ErrorCode::Binder, "struct_concat: Argument at position \"" +
                                         std::to_string(i + 1) + "\" is not a STRUCT");
    }
    const auto& more = call.arguments[i].fields();
    for (size_t k = 0; k < more.size(); ++k) {
      fields.push_back(more[k]);
      state->sources.push_back({i, k});
    }
  }
  TRY(check_unique(fields, "struct_concat: Arguments contain duplicate STRUCT entry"));
  call.result = Type::structure(std::move(fields));
  call.state = std::move(state);
  return {};
}

// ---- struct_keys, struct_values, struct_position

Result<Column> keys_kernel(KernelContext& context, Arguments arguments) {
  const auto& fields = arguments[0].type().fields();
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    Column names =
        Column::flat(inner.budget, TypeId::Varchar, static_cast<uint32_t>(fields.size()));
    auto heap = make_ref<StringHeap>(inner.budget);
    for (size_t i = 0; i < fields.size(); ++i) {
      names.mutable_values<StringRef>()[i] = TRY(heap->add(fields[i].name));
    }
    names.set_heap(std::move(heap));
    return lists::build(inner, arguments.first(1), names,
                        [&](uint32_t, std::vector<uint32_t>& rows) -> Result<bool> {
                          for (uint32_t i = 0; i < fields.size(); ++i) rows.push_back(i);
                          return true;
                        });
  });
}

Status bind_keys(BindCall& call) {
  call.result = Type::list(TypeId::Varchar);
  return {};
}

Result<Column> values_kernel(KernelContext& context, Arguments arguments) {
  if (arguments[0].encoding() == Encoding::Dictionary) {
    Column flat = TRY(flatten(arguments[0], context.budget));
    flat.set_type(context.call.type);
    return flat;
  }
  Column result = arguments[0];
  result.set_type(context.call.type);
  return result;
}

Status bind_values(BindCall& call) {
  std::vector<Type::Field> fields = call.arguments[0].fields();
  for (Type::Field& field : fields) field.name.clear();
  call.result = Type::structure(std::move(fields));
  return {};
}

// struct_contains, struct_position: which field equals the value. Only for unnamed fields; those of
// other types are never equal.
Result<Column> find(KernelContext& context, Arguments arguments, bool position) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Column structs = TRY(child_column(inner, arguments[0]));
    const ColumnView whole(structs), wanted(arguments[1]);
    Column result = TRY(kernels::make_result(inner));
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      int32_t found = 0;
      for (size_t k = 0; k < structs.children().size() && found == 0; ++k) {
        const ColumnView field(structs.children()[k]);
        const bool a = field.valid(row), b = wanted.valid(row);
        if (field.stored->type() != wanted.stored->type() || a != b) continue;
        if (!a || compare_rows(field, row, wanted, row) == 0) found = static_cast<int32_t>(k + 1);
      }
      if (position) {
        result.mutable_values<int32_t>()[row] = found;
      } else {
        result.mutable_values<uint8_t>()[row] = found > 0;
      }
      if (!whole.valid(row) || (position && found == 0)) result.set_null(inner.budget, row);
    }
    return result;
  });
}

template <bool position>
Result<Column> find_kernel(KernelContext& context, Arguments arguments) {
  return find(context, arguments, position);
}

Status bind_find(BindCall& call) {
  for (const Type::Field& field : call.arguments[0].fields()) {
    if (!field.name.empty()) {
      return fail(ErrorCode::Binder,
                  std::string(call.name) + " can only be used on unnamed structs");
    }
  }
  if (call.arguments[1].id() == TypeId::Null && !call.arguments[0].fields().empty()) {
    call.arguments[1] = call.arguments[0].fields()[0].type;
  }
  return {};
}

constexpr TypeId any = TypeId::Null, structure = TypeId::Struct;

constexpr ScalarFunction rows[] = {
    {"struct_pack", any, pack_kernel, 1, {any}, kSpecialNulls, bind_pack, true},
    {"row", any, pack_kernel, 1, {any}, kSpecialNulls, bind_pack, true},
    {"struct_extract", any, extract_kernel, 2, {structure, TypeId::Varchar}, kNone, bind_extract},
    {"struct_extract", any, extract_kernel, 2, {structure, TypeId::BigInt}, kNone, bind_extract},
    {"array_extract", any, extract_kernel, 2, {structure, TypeId::Varchar}, kNone, bind_extract},
    {"array_extract", any, extract_kernel, 2, {structure, TypeId::BigInt}, kNone, bind_extract},
    {"struct_extract_at", any, extract_kernel, 2, {structure, TypeId::BigInt}, kNone, bind_extract},
    {"struct_insert", any, merge_kernel, 2, {any, any}, kSpecialNulls, bind_insert, true},
    {"struct_update", any, merge_kernel, 2, {any, any}, kSpecialNulls, bind_insert, true},
    {"struct_concat", any, merge_kernel, 1, {any}, kSpecialNulls, bind_concat, true},
    {"struct_keys", any, keys_kernel, 1, {structure}, kNone, bind_keys},
    {"struct_contains",
     TypeId::Boolean,
     find_kernel<false>,
     2,
     {structure, any},
     kSpecialNulls,
     bind_find},
    {"struct_has",
     TypeId::Boolean,
     find_kernel<false>,
     2,
     {structure, any},
     kSpecialNulls,
     bind_find},
    {"struct_position",
     TypeId::Integer,
     find_kernel<true>,
     2,
     {structure, any},
     kSpecialNulls,
     bind_find},
    {"struct_indexof",
     TypeId::Integer,
     find_kernel<true>,
     2,
     {structure, any},
     kSpecialNulls,
     bind_find},
    {"struct_values", any, values_kernel, 1, {structure}, kNone, bind_values},
};

}  // namespace

std::span<const ScalarFunction> struct_functions() {
  return rows;
}

}  // namespace whittle
