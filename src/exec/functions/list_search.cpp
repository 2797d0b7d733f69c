// List functions that compare elements: contains, position, has_any, has_all, distinct, unique,
// intersect, sort, grade_up. All through compare.hpp, so for elements of any type.
#include <algorithm>

#include "columnar/compare.hpp"
#include "columnar/hash.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/sort_rows.hpp"

namespace whittle {

namespace {

using lists::ListView;
using Arguments = std::span<const Column>;
using Rows = std::vector<uint32_t>;

// ---- list_contains, list_position

// The position of a value, from 1; 0: not found. NULL finds NULL.
uint32_t find(const ListEntry& entry, const ColumnView& elements, const ColumnView& values,
              uint32_t row) {
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (rows_equal(elements, entry.offset + i, values, row)) return i + 1;
  }
  return 0;
}

Result<Column> contains_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView elements(*list.child), values(arguments[1]);
    return kernels::detail::run<uint8_t>(inner, arguments,
                                         [&](uint32_t row) -> std::optional<uint8_t> {
                                           return find(list.at(row), elements, values, row) != 0;
                                         });
  });
}

Result<Column> position_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView elements(*list.child), values(arguments[1]);
    return kernels::detail::run<int32_t>(
        inner, arguments.first(1), [&](uint32_t row) -> std::optional<int32_t> {
          const uint32_t found = find(list.at(row), elements, values, row);
          if (found == 0) return std::nullopt;
          return static_cast<int32_t>(found);
        });
  });
}

Status bind_element(BindCall& call) {
  return lists::unify_element(call, 0, 1);
}

// ---- sets of elements

// The non-NULL elements of a list, each once: an open-addressing table of element rows, made anew
// for each list.
class ElementSet {
 public:
  explicit ElementSet(const ColumnView& elements) : elements_(elements) {}

  void reset(uint32_t length) {
    size_t capacity = 8;
    while (capacity < size_t{length} * 2) capacity *= 2;
    slots_.assign(capacity, lists::no_row);
  }
  /// False when an equal element is in already.
  bool insert(uint32_t element) {
    uint32_t& slot = find_slot(elements_, element);
    if (slot != lists::no_row) return false;
    slot = element;
    return true;
  }
  /// The one that equals `element` of `elements`, or no_row.
  uint32_t find(const ColumnView& elements, uint32_t element) {
    return find_slot(elements, element);
  }
  bool contains(const ColumnView& elements, uint32_t element) {
    return find(elements, element) != lists::no_row;
  }

 private:
  uint32_t& find_slot(const ColumnView& elements, uint32_t element) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash_row(*elements.stored, elements.at(element)) & mask;
    while (slots_[at] != lists::no_row && !rows_equal(elements_, slots_[at], elements, element)) {
      at = (at + 1) & mask;
    }
    return slots_[at];
  }
  const ColumnView& elements_;
  Rows slots_;
};

// has_any: one element of b is in a; has_all: every one is. NULLs do not count.
Result<Column> has(KernelContext& context, Arguments arguments, bool all) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView a(arguments[0]), b(arguments[1]);
    if (!a.child || !b.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView in_a(*a.child), in_b(*b.child);
    ElementSet set(in_a);
    return kernels::detail::run<uint8_t>(inner, arguments,
                                         [&](uint32_t row) -> std::optional<uint8_t> {
                                           const ListEntry have = a.at(row), wanted = b.at(row);
                                           set.reset(have.length);
                                           for (uint32_t i = 0; i < have.length; ++i) {
                                             if (in_a.valid(have.offset + i))
                                               set.insert(have.offset + i);
                                           }
                                           for (uint32_t i = 0; i < wanted.length; ++i) {
                                             if (!in_b.valid(wanted.offset + i)) continue;
                                             if (set.contains(in_b, wanted.offset + i) != all)
                                               return !all;
                                           }
                                           return all;
                                         });
  });
}

template <bool all>
Result<Column> has_kernel(KernelContext& context, Arguments arguments) {
  return has(context, arguments, all);
}

Status bind_two_lists(BindCall& call) {
  static constexpr size_t both[] = {0, 1};
  TRY(lists::unify_lists(call, both));
  if (call.result.id() == TypeId::Null || lists::is_list(call.result)) {
    call.result = call.arguments[0];
  }
  return {};
}

Result<Column> distinct_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView elements(*list.child);
    ElementSet set(elements);
    return lists::build(inner, arguments, *list.child,
                        [&](uint32_t row, Rows& rows) -> Result<bool> {
                          const ListEntry entry = list.at(row);
                          set.reset(entry.length);
                          for (uint32_t i = 0; i < entry.length; ++i) {
                            const uint32_t at = entry.offset + i;
                            if (elements.valid(at) && set.insert(at)) rows.push_back(at);
                          }
                          return true;
                        });
  });
}

Result<Column> unique_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView list(arguments[0]);
    if (!list.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView elements(*list.child);
    ElementSet set(elements);
    return kernels::detail::run<uint64_t>(inner, arguments, [&](uint32_t row) {
      const ListEntry entry = list.at(row);
      set.reset(entry.length);
      uint64_t count = 0;
      for (uint32_t i = 0; i < entry.length; ++i) {
        const uint32_t at = entry.offset + i;
        count += elements.valid(at) && set.insert(at);
      }
      return std::optional(count);
    });
  });
}

Result<Column> intersect_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ListView a(arguments[0]), b(arguments[1]);
    if (!a.child || !b.child) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    const ColumnView in_a(*a.child), in_b(*b.child);
    ElementSet of_a(in_a), of_b(in_b);
    // Nothing is in a NULL list. As DuckDB: the elements come in the order of the longer list, or
    // of the second; the other one is looked up.
    return lists::build(
        inner, arguments.first(1), *a.child, [&](uint32_t row, Rows& rows) -> Result<bool> {
          const ListEntry first = a.at(row), second = b.valid(row) ? b.at(row) : ListEntry{};
          const bool by_first = first.length > second.length;
          of_a.reset(first.length);
          of_b.reset(second.length);
          ElementSet& known = by_first ? of_b : of_a;
          ElementSet& taken = by_first ? of_a : of_b;
          const ListEntry &short_list = by_first ? second : first,
                          &long_list = by_first ? first : second;
          const ColumnView &in_short = by_first ? in_b : in_a, &in_long = by_first ? in_a : in_b;
          for (uint32_t i = 0; i < short_list.length; ++i) {
            if (in_short.valid(short_list.offset + i)) known.insert(short_list.offset + i);
          }
          for (uint32_t i = 0; i < long_list.length; ++i) {
            const uint32_t at = long_list.offset + i;
            if (!in_long.valid(at)) continue;
            const uint32_t same = known.find(in_long, at);
            if (same != lists::no_row && taken.insert(at)) rows.push_back(by_first ? at : same);
          }
          return true;
        });
  });
}

Status bind_same_list(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Array) {
    call.arguments[0] = Type::list(call.arguments[0].element());
  }
  if (call.result.id() == TypeId::Null || lists::is_list(call.result)) {
    call.result = call.arguments[0];
  }
  return {};
}

// ---- order

struct OrderState final : FunctionState {
  bool descending = false, nulls_first = false;
};

Rows sorted(const ListEntry& entry, const ColumnView& elements, const OrderState& order) {
  Rows rows(entry.length);
  for (uint32_t i = 0; i < entry.length; ++i) rows[i] = entry.offset + i;
  sort_rows(rows, [&](uint32_t a, uint32_t b) {
    const bool valid_a = elements.valid(a), valid_b = elements.valid(b);
    if (valid_a != valid_b) return valid_a != order.nulls_first;
    if (!valid_a) return false;
    const int compared = compare_rows(elements, a, elements, b);
    return order.descending ? compared > 0 : compared < 0;
  });
  return rows;
}

Result<Column> sort_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(
      context, arguments.first(1), [&](KernelContext& inner) -> Result<Column> {
        const auto& order = static_cast<const OrderState&>(*inner.state);
        const ListView list(arguments[0]);
        if (!list.child) {
          return Column::constant_null(inner.budget, inner.call.type, inner.length);
        }
        const ColumnView elements(*list.child);
        return lists::build(inner, arguments.first(1), *list.child,
                            [&](uint32_t row, Rows& rows) -> Result<bool> {
                              const Rows order_of = sorted(list.at(row), elements, order);
                              rows.insert(rows.end(), order_of.begin(), order_of.end());
                              return true;
                            });
      });
}

// The positions, from 1, that sort the list.
Result<Column> grade_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(
      context, arguments.first(1), [&](KernelContext& inner) -> Result<Column> {
        const auto& order = static_cast<const OrderState&>(*inner.state);
        const ListView list(arguments[0]);
        if (!list.child) {
          return Column::constant_null(inner.budget, inner.call.type, inner.length);
        }
        const ColumnView elements(*list.child);
        uint32_t longest = 0;
        for (uint32_t i = 0; i < inner.rows.count; ++i) {
          const uint32_t row = inner.rows[i];
          if (list.valid(row)) longest = std::max(longest, list.at(row).length);
        }
        Column positions = TRY(Column::reserve_flat(inner.budget, TypeId::BigInt, longest));
        for (uint32_t i = 0; i < longest; ++i) positions.mutable_values<int64_t>()[i] = i + 1;
        return lists::build(inner, arguments.first(1), positions,
                            [&](uint32_t row, Rows& rows) -> Result<bool> {
                              const ListEntry entry = list.at(row);
                              for (const uint32_t at : sorted(entry, elements, order)) {
                                rows.push_back(at - entry.offset);
                              }
                              return true;
                            });
      });
}

Result<std::string> constant_word(const BindCall& call, size_t i) {
  const Value* value = call.constants[i];
  if (!value || value->is_null() || !value->type().is_string()) {
    return fail(ErrorCode::InvalidArgument, "Sorting order must be a constant");
  }
  std::string word = value->as_string();
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return word;
}

std::unexpected<Error> unknown_word(const std::string& word, std::string_view kind) {
  return fail(ErrorCode::Unsupported, "Enum value: unrecognized value \"" + word +
                                          "\" for enum \"" + std::string(kind) + "\"");
}

Status bind_sort(BindCall& call) {
  auto state = std::make_shared<OrderState>();
  const bool reverse = call.name.find("reverse") != std::string_view::npos;
  size_t nulls_at = 2;
  if (reverse) {
    nulls_at = 1;
    state->descending = true;
  } else if (call.arguments.size() > 1) {
    const std::string word = TRY(constant_word(call, 1));
    if (word == "DESC" || word == "DESCENDING") {
      state->descending = true;
    } else if (word != "ASC" && word != "ASCENDING" && word != "DEFAULT" &&
               word != "ORDER_DEFAULT") {
      return unknown_word(word, "OrderType");
    }
  }
  if (call.arguments.size() > nulls_at) {
    const std::string word = TRY(constant_word(call, nulls_at));
    state->nulls_first = word == "NULLS FIRST";
    if (!state->nulls_first && word != "NULLS LAST" && word != "DEFAULT") {
      return unknown_word(word, "OrderByNullType");
    }
  }
  call.state = std::move(state);
  if (call.name.find("grade") != std::string_view::npos) {
    call.result = Type::list(TypeId::BigInt);
    return {};
  }
  return bind_same_list(call);
}

constexpr TypeId list = TypeId::List, any = TypeId::Null, text = TypeId::Varchar,
                 boolean = TypeId::Boolean;

#define CONTAINS_ROW(name) {name, boolean, contains_kernel, 2, {list, any}, kNone, bind_element}
#define POSITION_ROW(name) \
  {name, TypeId::Integer, position_kernel, 2, {list, any}, kSpecialNulls, bind_element}
#define HAS_ROW(name, all) {name, boolean, has_kernel<all>, 2, {list, list}, kNone, bind_two_lists}
#define ONE_ROW(name, result, kernel) {name, result, kernel, 1, {list}, kNone, bind_same_list}
#define SORT_ROWS(name, kernel)                                 \
  {name, any, kernel, 1, {list}, kNone, bind_sort},             \
      {name, any, kernel, 2, {list, text}, kNone, bind_sort}, { \
    name, any, kernel, 3, {list, text, text}, kNone, bind_sort  \
  }
#define REVERSE_SORT_ROWS(name)                               \
  {name, any, sort_kernel, 1, {list}, kNone, bind_sort}, {    \
    name, any, sort_kernel, 2, {list, text}, kNone, bind_sort \
  }

constexpr ScalarFunction rows[] = {
    CONTAINS_ROW("list_contains"),
    CONTAINS_ROW("list_has"),
    CONTAINS_ROW("array_contains"),
    CONTAINS_ROW("array_has"),
    CONTAINS_ROW("contains"),
    POSITION_ROW("list_position"),
    POSITION_ROW("list_indexof"),
    POSITION_ROW("array_position"),
    POSITION_ROW("array_indexof"),
    HAS_ROW("list_has_any", false),
    HAS_ROW("array_has_any", false),
    HAS_ROW("&&", false),
    HAS_ROW("list_has_all", true),
    HAS_ROW("array_has_all", true),
    HAS_ROW("@>", true),
    ONE_ROW("list_distinct", any, distinct_kernel),
    ONE_ROW("array_distinct", any, distinct_kernel),
    ONE_ROW("list_unique", TypeId::UBigInt, unique_kernel),
    ONE_ROW("array_unique", TypeId::UBigInt, unique_kernel),
    {"list_intersect", any, intersect_kernel, 2, {list, list}, kSpecialNulls, bind_two_lists},
    {"array_intersect", any, intersect_kernel, 2, {list, list}, kSpecialNulls, bind_two_lists},
    SORT_ROWS("list_sort", sort_kernel),
    SORT_ROWS("array_sort", sort_kernel),
    REVERSE_SORT_ROWS("list_reverse_sort"),
    REVERSE_SORT_ROWS("array_reverse_sort"),
    SORT_ROWS("list_grade_up", grade_kernel),
    SORT_ROWS("array_grade_up", grade_kernel),
    SORT_ROWS("grade_up", grade_kernel),
};

}  // namespace

std::span<const ScalarFunction> list_search_functions() {
  return rows;
}

}  // namespace whittle
