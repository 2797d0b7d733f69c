// MAP: a list of STRUCT(key, value) with keys that are unique and not NULL.
#include "columnar/compare.hpp"
#include "columnar/hash.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using lists::ListView;
using lists::no_row;
using Arguments = std::span<const Column>;
using Rows = std::vector<uint32_t>;

std::unexpected<Error> bad_map(std::string message) {
  return fail(ErrorCode::InvalidArgument, std::move(message));
}

// The keys of one map must differ and be there. Small maps are compared pair by pair.
Status check_keys(const ColumnView& keys, uint32_t start, uint32_t length, Rows& slots) {
  for (uint32_t i = 0; i < length; ++i) {
    if (!keys.valid(start + i)) return bad_map("Map keys can not be NULL.");
  }
  if (length <= 8) {
    for (uint32_t i = 0; i < length; ++i) {
      for (uint32_t j = 0; j < i; ++j) {
        if (rows_equal(keys, start + i, keys, start + j))
          return bad_map("Map keys must be unique.");
      }
    }
    return {};
  }
  size_t capacity = 16;
  while (capacity < size_t{length} * 2) capacity *= 2;
  slots.assign(capacity, no_row);
  for (uint32_t i = start; i < start + length; ++i) {
    size_t at = hash_row(*keys.stored, keys.at(i)) & (capacity - 1);
    while (slots[at] != no_row) {
      if (rows_equal(keys, slots[at], keys, i)) return bad_map("Map keys must be unique.");
      at = (at + 1) & (capacity - 1);
    }
    slots[at] = i;
  }
  return {};
}

// A map column from gathered keys and values.
Result<Column> assemble(KernelContext& context, Column result, const Column& keys, Rows& key_rows,
                        const Column& values, Rows& value_rows) {
  const auto total = static_cast<uint32_t>(key_rows.size());
  Column pairs = TRY(Column::reserve_flat(context.budget, context.call.type.element(), total));
  Column key_column = TRY(gather(keys, key_rows.data(), total, context.budget));
  Column value_column = TRY(gather(values, value_rows.data(), total, context.budget));
  pairs.mutable_children().push_back(TRY(flatten(key_column, context.budget)));
  pairs.mutable_children().push_back(TRY(flatten(value_column, context.budget)));
  result.mutable_children().push_back(std::move(pairs));
  return result;
}

Result<Column> empty_children(const Type& type, MemoryBudget& budget) {
  return TRY(lists::join({}, type, budget))
  .column;
}

// ---- map(keys, values)

Result<Column> map_kernel(KernelContext& context, Arguments arguments) {
  if (arguments.empty()) {
    Column one = Column::flat(context.budget, context.call.type, 1);
    *one.mutable_values<ListEntry>() = {};
    one.mutable_children().push_back(
        TRY(empty_children(context.call.type.element(), context.budget)));
    return Column::constant(one, context.length);
  }
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView keys(arguments[0]), values(arguments[1]);
    if (!keys.child || !values.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView key_view(*keys.child);
    Column result = TRY(kernels::make_result(inner));
    kernels::merge_validity(inner, arguments, result);
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    Rows key_rows, value_rows, slots;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!kernels::row_valid(result, row)) continue;
      const ListEntry k = keys.at(row), v = values.at(row);
      if (k.length != v.length) {
        return bad_map("The map key list does not align with the map value list.");
      }
      TRY(check_keys(key_view, k.offset, k.length, slots));
      entries[row] = {static_cast<uint32_t>(key_rows.size()), k.length};
      for (uint32_t e = 0; e < k.length; ++e) {
        key_rows.push_back(k.offset + e);
        value_rows.push_back(v.offset + e);
      }
    }
    return assemble(inner, std::move(result), *keys.child, key_rows, *values.child, value_rows);
  });
}

Status bind_map(BindCall& call) {
  if (call.arguments.empty()) {
    call.result = Type::map(TypeId::Null, TypeId::Null);
    return {};
  }
  call.result =
      Type::map(lists::element_type(call.arguments[0]), lists::element_type(call.arguments[1]));
  return {};
}

// ---- map_from_entries(list of structs), map_entries

Result<Column> from_entries_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Column flat = TRY(flatten(arguments[0], inner.budget));
    const ListView list(flat);
    if (!list.child || list.child->children().size() != 2) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView keys(list.child->children()[0]), pairs(*list.child);
    Rows slots;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!list.valid(row)) continue;
      const ListEntry entry = list.at(row);
      for (uint32_t e = 0; e < entry.length; ++e) {
        if (!pairs.valid(entry.offset + e)) {
          return bad_map("The list of structs contains a NULL.");
        }
      }
      TRY(check_keys(keys, entry.offset, entry.length, slots));
    }
    Column result = flat;
    result.set_type(inner.call.type);
    Column child = *list.child;
    child.set_type(inner.call.type.element());
    result.mutable_children()[0] = std::move(child);
    return result;
  });
}

Status bind_from_entries(BindCall& call) {
  const Type element = lists::element_type(call.arguments[0]);
  if (element.id() != TypeId::Struct || element.fields().size() != 2) {
    return fail(ErrorCode::Binder,
                "map_from_entries: The provided argument is not a list of structs");
  }
  call.result = Type::map(element.fields()[0].type, element.fields()[1].type);
  return {};
}

Result<Column> entries_kernel(KernelContext& context, Arguments arguments) {
  Column result = TRY(flatten(arguments[0], context.budget));
  result.set_type(context.call.type);
  return result;
}

Result<Column> take_field(KernelContext& context, Arguments arguments, size_t field) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    Column result = TRY(flatten(arguments[0], inner.budget));
    Column child = TRY(flatten(result.children()[0].children()[field], inner.budget));
    result.set_type(inner.call.type);
    result.mutable_children()[0] = std::move(child);
    return result;
  });
}

template <size_t field>
Result<Column> field_kernel(KernelContext& context, Arguments arguments) {
  return take_field(context, arguments, field);
}

Status bind_entries(BindCall& call) {
  call.result = Type::list(call.arguments[0].element());
  return {};
}
template <size_t field>
Status bind_field(BindCall& call) {
  call.result = Type::list(call.arguments[0].element().fields()[field].type);
  return {};
}

// ---- look-ups

// For each row the element row of the pair whose key or value is wanted, or no_row.
Rows look_up(KernelContext& context, const ListView& map, const ColumnView& wanted, size_t field) {
  const ColumnView candidates(map.child->children()[field]);
  Rows rows(context.length, no_row);
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!map.valid(row) || !wanted.valid(row)) continue;
    uint32_t& found = rows[row];
    const ListEntry entry = map.at(row);
    for (uint32_t e = entry.offset; e < entry.offset + entry.length && found == no_row; ++e) {
      if (rows_equal(candidates, e, wanted, row)) found = e;
    }
  }
  return rows;
}

// Runs `use(context, pairs, found)` with what look_up finds.
using UseFound = Result<Column> (*)(KernelContext& context, Arguments arguments,
                                    const Column& pairs, Rows& found);
Result<Column> with_found(KernelContext& context, Arguments arguments, size_t field, UseFound use) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Column flat = TRY(flatten(arguments[0], inner.budget));
    const ListView map(flat);
    if (!map.child) return Column::constant_null(inner.budget, inner.call.type, inner.length);
    Rows found = look_up(inner, map, ColumnView(arguments[1]), field);
    return use(inner, arguments, *map.child, found);
  });
}

// map[key]: the value or NULL.
Result<Column> value_kernel(KernelContext& context, Arguments arguments) {
  return with_found(context, arguments, 0,
                    [](KernelContext& inner, Arguments, const Column& pairs, Rows& found) {
                      return lists::pick(inner, pairs.children()[1], found);
                    });
}

// map_extract(map, key): the value as a list of at most one.
Result<Column> extract_kernel(KernelContext& context, Arguments arguments) {
  return with_found(context, arguments, 0,
                    [](KernelContext& inner, Arguments both, const Column& pairs, Rows& found) {
                      return lists::build(inner, both.first(1), pairs.children()[1],
                                          [&](uint32_t row, Rows& rows) -> Result<bool> {
                                            if (found[row] != no_row) rows.push_back(found[row]);
                                            return true;
                                          });
                    });
}

template <size_t field>
Result<Column> contains_kernel(KernelContext& context, Arguments arguments) {
  return with_found(
      context, arguments, field,
      [](KernelContext& inner, Arguments both, const Column&, Rows& found) -> Result<Column> {
        Column result = TRY(kernels::make_result(inner));
        kernels::merge_validity(inner, both, result);
        for (uint32_t row = 0; row < inner.length; ++row) {
          result.mutable_values<uint8_t>()[row] = found[row] != no_row;
        }
        return result;
      });
}

Status unify_key(BindCall& call, size_t field) {
  const Type& map = call.arguments[0];
  if (map.id() != TypeId::Map) return {};
  const Type& wanted = field == 0 ? map.map_key() : map.map_value();
  const auto common = common_type(Operand(wanted), Operand(call.arguments[1]));
  if (!common) {
    return fail(ErrorCode::Binder, "Cannot look up " + call.arguments[1].to_string() + " in " +
                                       map.to_string() + " - an explicit cast is required");
  }
  call.arguments[1] = *common;
  call.arguments[0] =
      field == 0 ? Type::map(*common, map.map_value()) : Type::map(map.map_key(), *common);
  return {};
}

template <size_t field>
Status unify_key(BindCall& call) {
  return unify_key(call, field);
}

Status bind_value(BindCall& call) {
  TRY(unify_key(call, 0));
  call.result =
      call.arguments[0].id() == TypeId::Map ? call.arguments[0].map_value() : Type(TypeId::Null);
  return {};
}
Status bind_extract(BindCall& call) {
  TRY(bind_value(call));
  call.result = Type::list(call.result);
  return {};
}

// ---- map_concat: later maps win, keys keep the place where they came first

Result<Column> concat_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Type& pair = inner.call.type.element();
    std::vector<Column> flat, children;
    for (const Column& argument : arguments) {
      flat.push_back(TRY(flatten(argument, inner.budget)));
      children.emplace_back();
      if (!flat.back().children().empty()) children.back() = flat.back().children()[0];
    }
    std::vector<ListView> maps(flat.begin(), flat.end());
    const auto elements = TRY(lists::join(children, pair, inner.budget));
    if (elements.column.children().empty()) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView keys(elements.column.children()[0]);
    return lists::build(inner, {}, elements.column, [&](uint32_t row, Rows& rows) -> Result<bool> {
      const size_t start = rows.size();
      bool any = false;
      for (size_t m = 0; m < maps.size(); ++m) {
        if (!maps[m].valid(row)) continue;
        any = true;
        const ListEntry entry = maps[m].at(row);
        for (uint32_t e = 0; e < entry.length; ++e) {
          const uint32_t element = elements.starts[m] + entry.offset + e;
          size_t at = start;
          while (at < rows.size() && !rows_equal(keys, rows[at], keys, element)) ++at;
          if (at < rows.size())
            rows[at] = element;
          else
            rows.push_back(element);
        }
      }
      return any;
    });
  });
}

Status bind_concat(BindCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::Binder, "map_concat() needs at least one argument");
  }
  const Type* map = nullptr;
  for (const Type& type : call.arguments) {
    if (type.id() == TypeId::Null) continue;
    if (type.id() != TypeId::Map)
      return fail(ErrorCode::Binder, "map_concat only takes map arguments");
    if (!map) map = &type;
    if (!(type == *map)) {
      return fail(ErrorCode::Binder, "'value' type of map differs between arguments, expected '" +
                                         map->to_string() + "', found '" + type.to_string() +
                                         "' instead");
    }
  }
  call.result = map ? *map : Type(TypeId::Null);
  return {};
}

constexpr TypeId any = TypeId::Null, map_type = TypeId::Map, list = TypeId::List;

constexpr ScalarFunction rows[] = {
    {"map", any, map_kernel, 0, {}, kNone, bind_map},
    {"map", any, map_kernel, 2, {list, list}, kCanFail, bind_map},
    {"map_from_entries", any, from_entries_kernel, 1, {list}, kCanFail, bind_from_entries},
    {"map_entries", any, entries_kernel, 1, {map_type}, kNone, bind_entries},
    {"map_keys", any, field_kernel<0>, 1, {map_type}, kNone, bind_field<0>},
    {"map_values", any, field_kernel<1>, 1, {map_type}, kNone, bind_field<1>},
    {"map_extract_value", any, value_kernel, 2, {map_type, any}, kNone, bind_value},
    {"array_extract", any, value_kernel, 2, {map_type, any}, kNone, bind_value},
    {"map_extract", any, extract_kernel, 2, {map_type, any}, kNone, bind_extract},
    {"element_at", any, extract_kernel, 2, {map_type, any}, kNone, bind_extract},
    {"map_contains", TypeId::Boolean, contains_kernel<0>, 2, {map_type, any}, kNone, unify_key<0>},
    {"contains", TypeId::Boolean, contains_kernel<0>, 2, {map_type, any}, kNone, unify_key<0>},
    {"map_contains_value",
     TypeId::Boolean,
     contains_kernel<1>,
     2,
     {map_type, any},
     kNone,
     unify_key<1>},
    {"map_concat", any, concat_kernel, 1, {any}, kSpecialNulls, bind_concat, true},
};

}  // namespace

std::span<const ScalarFunction> map_functions() {
  return rows;
}

}  // namespace whittle
