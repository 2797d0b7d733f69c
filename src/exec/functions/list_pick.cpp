// List functions that make lists of values and of other lists' elements: list_value, list_extract,
// list_slice, list_concat, list_append, list_resize, list_select, flatten, …
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/functions/unicode.hpp"

namespace whittle {

namespace {

using lists::ListView;
using lists::no_row;
using Arguments = std::span<const Column>;
using Rows = std::vector<uint32_t>;

// The two ways in which lists grow, compiled once.
[[gnu::noinline]] void append_row(Rows& rows, uint32_t row) {
  rows.push_back(row);
}
[[gnu::noinline]] void append_range(Rows& rows, uint32_t start, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) rows.push_back(start + i);
}

// ---- list_value(a, b, …)

Result<Column> value_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Type element = lists::element_type(inner.call.type);
    std::vector<Column> columns;
    for (const Column& argument : arguments) {
      Column column = argument;
      column.set_length(inner.length);
      columns.push_back(std::move(column));
    }
    const auto elements = TRY(lists::join(columns, element, inner.budget));
    return lists::build(inner, {}, elements.column, [&](uint32_t row, Rows& rows) -> Result<bool> {
      for (const uint32_t start : elements.starts) append_row(rows, start + row);
      return true;
    });
  });
}

Status bind_value(BindCall& call) {
  std::vector<Operand> operands;
  for (const Type& type : call.arguments) operands.emplace_back(type);
  const auto common = operands.empty() ? std::optional(Type(TypeId::Null))
                                       : common_type(std::span<const Operand>(operands));
  if (!common) {
    return fail(ErrorCode::Binder,
                "Cannot combine values of different types in a list - an explicit "
                "cast is required");
  }
  for (Type& type : call.arguments) type = *common;
  if (call.name == "array_value") {
    if (call.arguments.empty()) {
      return fail(ErrorCode::Binder, "array_value requires at least one argument");
    }
    call.result = Type::array(*common, static_cast<uint32_t>(call.arguments.size()));
  } else {
    call.result = Type::list(*common);
  }
  return {};
}

// ---- one element

uint32_t element_row(const ListEntry& entry, int64_t index) {
  if (index < 0) index += int64_t{entry.length} + 1;
  if (index < 1 || index > entry.length) return no_row;
  return entry.offset + static_cast<uint32_t>(index - 1);
}

Result<Column> extract_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    const ColumnView index(arguments[1]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    Rows rows(inner.length, no_row);
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (list.valid(row) && index.valid(row)) {
        rows[row] = element_row(list.at(row), index.get<int64_t>(row));
      }
    }
    return lists::pick(inner, *list.child, rows);
  });
}

Status bind_extract(BindCall& call) {
  call.result = lists::element_type(call.arguments[0]);
  return {};
}

// ---- slices

struct Span {
  int64_t begin, end;  // 1-based, inclusive; empty when end < begin
};

Span slice_bounds(int64_t begin, int64_t end, int64_t length) {
  if (begin < 0) begin = std::max<int64_t>(begin + length + 1, 1);
  if (begin == 0) begin = 1;
  if (end < 0) end = end + length + 1;
  return {begin, std::min(end, length)};
}

Result<Column> slice_list(KernelContext& context, Arguments arguments) {
  const ListView list(arguments[0]);
  const ColumnView begins(arguments[1]), ends(arguments[2]), steps(arguments.back());
  const bool stepped = arguments.size() == 4;
  if (!list.child) return Column::constant_null(context.budget, context.call.type, context.length);
  return lists::build(context, arguments, *list.child,
                      [&](uint32_t row, Rows& rows) -> Result<bool> {
                        const ListEntry entry = list.at(row);
                        const int64_t length = entry.length;
                        const int64_t step = stepped ? steps.get<int64_t>(row) : 1;
                        if (step == 0)
                          return fail(ErrorCode::InvalidArgument, "Slice step cannot be zero");
                        int64_t begin = begins.get<int64_t>(row), end = ends.get<int64_t>(row);
                        if (step < 0) {
                          // Backwards, [5:1:-2] counts down; open ends, 1 and -1, are the other way
                          // round.
                          if (begin == 1 && end == -1) std::swap(begin, end);
                          if (begin < 0) begin += length + 1;
                          if (end < 0) end = std::max<int64_t>(end + length + 1, 1);
                          begin = std::min(begin, length);
                          end = std::max<int64_t>(end, 1);
                          for (int64_t at = begin; at >= end; at += step) {
                            append_row(rows, entry.offset + static_cast<uint32_t>(at - 1));
                            if (at + step < 1) break;
                          }
                          return true;
                        }
                        const Span span = slice_bounds(begin, end, length);
                        for (int64_t at = span.begin; at <= span.end; at += step) {
                          append_row(rows, entry.offset + static_cast<uint32_t>(at - 1));
                          if (step > length) break;
                        }
                        return true;
                      });
}

Result<Column> slice_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(
      context, arguments, [&](KernelContext& inner) { return slice_list(inner, arguments); });
}

Result<Column> slice_text_kernel(KernelContext& context, Arguments arguments) {
  return kernels::ternary<StringRef, int64_t, int64_t, StringRef>(
      context, arguments, [](const StringRef& text, int64_t begin, int64_t end) {
        const auto length = static_cast<int64_t>(count_code_points(text.view()));
        const Span span = slice_bounds(begin, end, length);
        if (span.end < span.begin) return StringRef();
        std::string_view rest = text.view();
        rest.remove_prefix(prefix_bytes(rest, static_cast<uint64_t>(span.begin - 1)));
        const size_t bytes = prefix_bytes(rest, static_cast<uint64_t>(span.end - span.begin + 1));
        return StringRef(rest.substr(0, bytes));
      });
}

Status bind_slice(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Array) {
    call.arguments[0] = Type::list(call.arguments[0].element());
  }
  call.result = call.arguments[0];
  return {};
}

Status bind_slice_text(BindCall& call) {
  if (call.arguments.size() == 4) {
    return fail(ErrorCode::Unsupported,
                "Slice with steps has not been implemented for string types, you can consider "
                "rewriting your query as follows:\n SELECT array_to_string((str_split(string, "
                "'')[begin:end:step], '');");
  }
  return {};
}

// ---- concatenation

// NULL lists count as empty; `||` is NULL with them (nullable).
Result<Column> concatenation(KernelContext& context, Arguments arguments, bool null_is_empty) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    std::vector<ListView> views(arguments.begin(), arguments.end());
    std::vector<Column> children;
    for (const ListView& view : views) {
      if (view.child)
        children.push_back(*view.child);
      else
        children.emplace_back();
    }
    const auto elements =
        TRY(lists::join(children, lists::element_type(inner.call.type), inner.budget));
    return lists::build(inner, null_is_empty ? Arguments() : arguments, elements.column,
                        [&](uint32_t row, Rows& rows) -> Result<bool> {
                          for (size_t i = 0; i < views.size(); ++i) {
                            if (!views[i].valid(row)) continue;
                            const ListEntry entry = views[i].at(row);
                            append_range(rows, elements.starts[i] + entry.offset, entry.length);
                          }
                          return true;
                        });
  });
}

template <bool null_is_empty>
Result<Column> concat_kernel(KernelContext& context, Arguments arguments) {
  return concatenation(context, arguments, null_is_empty);
}

Status bind_concat(BindCall& call) {
  std::vector<size_t> all(call.arguments.size());
  bool any = false;
  for (size_t i = 0; i < all.size(); ++i) {
    all[i] = i;
    any = any || lists::is_list(call.arguments[i]);
    if (!lists::is_list(call.arguments[i]) && call.arguments[i].id() != TypeId::Null) {
      return fail(ErrorCode::Binder, "Cannot concatenate types " + call.arguments[0].to_string() +
                                         " and " + call.arguments[i].to_string());
    }
  }
  if (!any) {
    call.result = TypeId::Null;
    return {};
  }
  TRY(lists::unify_lists(call, all));
  for (const Type& type : call.arguments) {
    if (lists::is_list(type)) call.result = type;
  }
  return {};
}

// list_append(list, value) and list_prepend(value, list): a NULL list is empty. `at`: where the
// list stands among the arguments.
Result<Column> longer_by_one(KernelContext& context, Arguments arguments, bool front, size_t at) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[at]);
    Column value = arguments[1 - at];
    value.set_length(inner.length);
    std::vector<Column> parts(2);
    if (list.child) parts[0] = *list.child;
    parts[1] = std::move(value);
    const auto elements =
        TRY(lists::join(parts, lists::element_type(inner.call.type), inner.budget));
    return lists::build(inner, {}, elements.column, [&](uint32_t row, Rows& rows) -> Result<bool> {
      if (front) append_row(rows, elements.starts[1] + row);
      if (list.valid(row)) append_range(rows, list.at(row).offset, list.at(row).length);
      if (!front) append_row(rows, elements.starts[1] + row);
      return true;
    });
  });
}

template <bool front, size_t at>
Result<Column> append_kernel(KernelContext& context, Arguments arguments) {
  return longer_by_one(context, arguments, front, at);
}

template <size_t at>
Status bind_append(BindCall& call) {
  if (lists::is_list(call.arguments[at])) {
    TRY(lists::unify_element(call, at, 1 - at));
    call.result = call.arguments[at];
  } else {
    call.result = Type::list(call.arguments[1 - at]);
    call.arguments[at] = call.result;
  }
  return {};
}

// ---- functions of one list: `rows_of(entry, rows)`

using RowsOf = void (*)(const ListEntry& entry, Rows& rows);

Result<Column> of_one_list(KernelContext& context, Arguments arguments, RowsOf f) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    return lists::build(inner, arguments.first(1), *list.child,
                        [&](uint32_t row, Rows& rows) -> Result<bool> {
                          f(list.at(row), rows);
                          return true;
                        });
  });
}

Result<Column> reverse_kernel(KernelContext& context, Arguments arguments) {
  return of_one_list(context, arguments, [](const ListEntry& entry, Rows& rows) {
    for (uint32_t i = entry.length; i-- > 0;) append_row(rows, entry.offset + i);
  });
}

template <bool front>
Result<Column> pop_kernel(KernelContext& context, Arguments arguments) {
  return of_one_list(context, arguments, [](const ListEntry& entry, Rows& rows) {
    if (entry.length > 0) append_range(rows, entry.offset + front, entry.length - 1);
  });
}

Result<Column> repeat_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    const ColumnView counts(arguments[1]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    return lists::build(
        inner, arguments, *list.child, [&](uint32_t row, Rows& rows) -> Result<bool> {
          const ListEntry entry = list.at(row);
          const int64_t count = counts.get<int64_t>(row);
          int64_t total;
          if (count > 0 &&
              (__builtin_mul_overflow(count, int64_t{entry.length}, &total) || total > INT32_MAX)) {
            return fail(ErrorCode::OutOfRange, "the repeated list is too long");
          }
          for (int64_t i = 0; i < count && entry.length > 0; ++i) {
            append_range(rows, entry.offset, entry.length);
          }
          return true;
        });
  });
}

Status bind_same_list(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Array) {
    call.arguments[0] = Type::list(call.arguments[0].element());
  }
  call.result = call.arguments[0];
  return {};
}

// ---- flatten

Result<Column> flatten_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView outer(arguments[0]);
    if (!outer.child || outer.child->children().empty()) {
      const auto none = TRY(lists::join({}, lists::element_type(inner.call.type), inner.budget));
      return lists::build(inner, arguments, none.column,
                          [](uint32_t, Rows&) -> Result<bool> { return true; });
    }
    const ListView lists_of(*outer.child);
    return lists::build(inner, arguments, *lists_of.child,
                        [&](uint32_t row, Rows& rows) -> Result<bool> {
                          const ListEntry entry = outer.at(row);
                          for (uint32_t i = 0; i < entry.length; ++i) {
                            if (!lists_of.valid(entry.offset + i)) continue;
                            const ListEntry list = lists_of.at(entry.offset + i);
                            append_range(rows, list.offset, list.length);
                          }
                          return true;
                        });
  });
}

Status bind_flatten(BindCall& call) {
  const Type element = lists::element_type(call.arguments[0]);
  if (!lists::is_list(element) && element.id() != TypeId::Null) {
    return fail(ErrorCode::Binder,
                "No function matches the given name and argument types 'flatten(" +
                    call.arguments[0].to_string() + ")'");
  }
  call.result = Type::list(lists::element_type(element));
  return {};
}

// ---- list_resize, list_select, list_where

Result<Column> resize_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Type element = lists::element_type(inner.call.type);
    const ListView list(arguments[0]);
    const ColumnView sizes(arguments[1]);
    std::vector<Column> parts(2);
    if (list.child) parts[0] = *list.child;
    const bool filled = arguments.size() > 2;
    if (filled) {
      parts[1] = arguments[2];
      parts[1].set_length(inner.length);
    } else {
      parts[1] = TRY(lists::null_element(element, inner.budget));
    }
    const auto elements = TRY(lists::join(parts, element, inner.budget));
    return lists::build(inner, arguments.first(1), elements.column,
                        [&](uint32_t row, Rows& rows) -> Result<bool> {
                          const uint64_t size = sizes.valid(row) ? sizes.get<uint64_t>(row) : 0;
                          if (size > INT32_MAX)
                            return fail(ErrorCode::OutOfRange, "the list is too long");
                          const ListEntry entry = list.at(row);
                          const auto wanted = static_cast<uint32_t>(size);
                          append_range(rows, entry.offset, std::min(entry.length, wanted));
                          for (uint32_t i = entry.length; i < wanted; ++i) {
                            append_row(rows, elements.starts[1] + (filled ? row : 0));
                          }
                          return true;
                        });
  });
}

Status bind_resize(BindCall& call) {
  call.arguments[1] = TypeId::UBigInt;
  if (call.arguments.size() > 2) TRY(lists::unify_element(call, 0, 2));
  return bind_same_list(call);
}

std::unexpected<Error> null_choice() {
  return fail(ErrorCode::InvalidArgument,
              "NULLs are not allowed as list elements in the second input parameter.");
}

// list_select(list, positions) and list_where(list, booleans).
Result<Column> chosen_elements(KernelContext& context, Arguments arguments, bool by_position) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]), choices(arguments[1]);
    if (!list.child || !choices.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView choice(*choices.child);
    const Column parts[2] = {
      *list.child,
      TRY(lists::null_element(lists::element_type(inner.call.type), inner.budget))
    };
    const auto elements =
        TRY(lists::join(parts, lists::element_type(inner.call.type), inner.budget));
    return lists::build(
        inner, arguments, elements.column, [&](uint32_t row, Rows& rows) -> Result<bool> {
          const ListEntry entry = list.at(row), chosen = choices.at(row);
          for (uint32_t i = 0; i < chosen.length; ++i) {
            const uint32_t at = chosen.offset + i;
            if (!choice.valid(at)) return null_choice();
            if (by_position) {
              const int64_t index = choice.get<int64_t>(at);  // never from the end
              const uint32_t found = index < 0 ? no_row : element_row(entry, index);
              append_row(rows, found == no_row ? elements.starts[1] : found);
            } else if (choice.get<uint8_t>(at)) {
              append_row(rows, i < entry.length ? entry.offset + i : elements.starts[1]);
            }
          }
          return true;
        });
  });
}

template <bool by_position>
Result<Column> choose_kernel(KernelContext& context, Arguments arguments) {
  return chosen_elements(context, arguments, by_position);
}

template <TypeId choice>
Status bind_choose(BindCall& call) {
  TRY(bind_same_list(call));
  call.arguments[1] = Type::list(choice);
  return {};
}

// ---- lengths

Result<Column> length_kernel(KernelContext& context, Arguments arguments) {
  if (!lists::is_list(arguments[0].type())) {
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  return kernels::unary<ListEntry, int64_t>(
      context, arguments[0], [](const ListEntry& entry) { return int64_t{entry.length}; });
}

Status bind_dimension(BindCall& call) {
  const Value* dimension = call.constants[1];
  if (dimension && !dimension->is_null() && dimension->type().is_integer() &&
      dimension->as_integer() != 1) {
    return fail(ErrorCode::Unsupported,
                "array_length for lists with dimensions other than 1 not implemented");
  }
  return {};
}

constexpr TypeId list = TypeId::List, any = TypeId::Null, big = TypeId::BigInt;

#define EXTRACT_ROW(name) {name, any, extract_kernel, 2, {list, big}, kNone, bind_extract}
#define SLICE_ROWS(name)                                                                  \
  {name, any, slice_kernel, 3, {list, big, big}, kNone, bind_slice},                      \
      {name, any, slice_kernel, 4, {list, big, big, big}, kCanFail, bind_slice},          \
      {name, TypeId::Varchar, slice_text_kernel, 3, {TypeId::Varchar, big, big}}, {       \
    name, TypeId::Varchar, slice_text_kernel, 4, {TypeId::Varchar, big, big, big}, kNone, \
        bind_slice_text                                                                   \
  }
#define CONCAT_ROW(name) \
  {name, any, concat_kernel<true>, 2, {list, list}, kSpecialNulls, bind_concat, true}
#define VALUE_ROWS(name)                                               \
  {name, any, value_kernel, 0, {}, kSpecialNulls, bind_value}, {       \
    name, any, value_kernel, 1, {any}, kSpecialNulls, bind_value, true \
  }
#define LENGTH_ROW(name)           \
  {                                \
    name, big, length_kernel, 1, { \
      list                         \
    }                              \
  }
#define PAIR_ROW(name, kernel, first, second, flags, bind) \
  {name, any, kernel, 2, {first, second}, flags, bind}

constexpr ScalarFunction rows[] = {
    VALUE_ROWS("list_value"),
    VALUE_ROWS("list_pack"),
    VALUE_ROWS("array_value"),
    EXTRACT_ROW("list_extract"),
    EXTRACT_ROW("array_extract"),
    EXTRACT_ROW("list_element"),
    SLICE_ROWS("list_slice"),
    SLICE_ROWS("array_slice"),
    CONCAT_ROW("list_concat"),
    {"+", any, concat_kernel<true>, 2, {list, list}, kSpecialNulls, bind_concat},
    CONCAT_ROW("list_cat"),
    CONCAT_ROW("array_concat"),
    CONCAT_ROW("array_cat"),
    {"||", any, concat_kernel<false>, 2, {list, list}, kNone, bind_concat},
    PAIR_ROW("list_append", (append_kernel<false, 0>), list, any, kSpecialNulls, bind_append<0>),
    PAIR_ROW("array_append", (append_kernel<false, 0>), list, any, kSpecialNulls, bind_append<0>),
    PAIR_ROW("array_push_back", (append_kernel<false, 0>), list, any, kSpecialNulls,
             bind_append<0>),
    PAIR_ROW("list_prepend", (append_kernel<true, 1>), any, list, kSpecialNulls, bind_append<1>),
    PAIR_ROW("array_prepend", (append_kernel<true, 1>), any, list, kSpecialNulls, bind_append<1>),
    PAIR_ROW("array_push_front", (append_kernel<true, 0>), list, any, kSpecialNulls,
             bind_append<0>),
    {"list_reverse", any, reverse_kernel, 1, {list}, kNone, bind_same_list},
    {"array_reverse", any, reverse_kernel, 1, {list}, kNone, bind_same_list},
    {"array_pop_back", any, pop_kernel<false>, 1, {list}, kNone, bind_same_list},
    {"array_pop_front", any, pop_kernel<true>, 1, {list}, kNone, bind_same_list},
    {"repeat", any, repeat_kernel, 2, {list, big}, kCanFail, bind_same_list},
    {"flatten", any, flatten_kernel, 1, {list}, kNone, bind_flatten},
    {"list_resize", any, resize_kernel, 2, {list, any}, kCanFail | kSpecialNulls, bind_resize},
    {"array_resize", any, resize_kernel, 2, {list, any}, kCanFail | kSpecialNulls, bind_resize},
    {"list_resize", any, resize_kernel, 3, {list, any, any}, kCanFail | kSpecialNulls, bind_resize},
    {"array_resize",
     any,
     resize_kernel,
     3,
     {list, any, any},
     kCanFail | kSpecialNulls,
     bind_resize},
    PAIR_ROW("list_select", choose_kernel<true>, list, list, kCanFail, bind_choose<TypeId::BigInt>),
    PAIR_ROW("array_select", choose_kernel<true>, list, list, kCanFail,
             bind_choose<TypeId::BigInt>),
    PAIR_ROW("list_where", choose_kernel<false>, list, list, kCanFail,
             bind_choose<TypeId::Boolean>),
    PAIR_ROW("array_where", choose_kernel<false>, list, list, kCanFail,
             bind_choose<TypeId::Boolean>),
    LENGTH_ROW("len"),
    LENGTH_ROW("length"),
    LENGTH_ROW("char_length"),
    LENGTH_ROW("character_length"),
    LENGTH_ROW("array_length"),
    LENGTH_ROW("list_length"),
    {"array_length", big, length_kernel, 2, {list, big}, kNone, bind_dimension},
    {"cardinality", TypeId::UBigInt, length_kernel, 1, {TypeId::Map}},
};

}  // namespace

Status lists::bind_concat_all(BindCall& call) {
  call.kernel = concat_kernel<true>;
  return bind_concat(call);
}

std::span<const ScalarFunction> list_pick_functions() {
  return rows;
}

}  // namespace whittle
