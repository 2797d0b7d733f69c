// What list functions share. Most of them only choose elements: a result is a list of row numbers
// into a column of elements, gathered once per batch, so that nothing is written per element type.
#pragma once

#include <vector>

#include "columnar/gather.hpp"
#include "exec/kernels.hpp"
#include "plan/type_rules.hpp"

namespace whittle::lists {

inline constexpr uint32_t no_row = UINT32_MAX;

inline bool is_list(const Type& type) {
  return type.id() == TypeId::List || type.id() == TypeId::Array || type.id() == TypeId::Map;
}
/// NULL stands for a list of anything.
inline Type element_type(const Type& type) {
  return is_list(type) ? type.element() : Type(TypeId::Null);
}

/// A list argument in any encoding. A column of type NULL has no valid row.
struct ListView {
  explicit ListView(const Column& column) : view(column) {
    if (!view.stored->children().empty()) child = &view.stored->children()[0];
  }
  bool valid(uint32_t row) const { return child && view.valid(row); }
  ListEntry at(uint32_t row) const { return view.get<ListEntry>(row); }
  ColumnView view;
  const Column* child = nullptr;
};

/// The elements of several columns of one type in one column, those of `columns[i]` from
/// `starts[i]` on.
struct Elements {
  Column column;
  std::vector<uint32_t> starts;
};
Result<Elements> join(std::span<const Column> columns, const Type& type, MemoryBudget& budget);
/// One NULL of a type.
Result<Column> null_element(const Type& type, MemoryBudget& budget);

/// Rows of `elements` as a column of `context.length` rows; no_row gives NULL.
Result<Column> pick(KernelContext& context, const Column& elements, std::span<uint32_t> rows);

/// A list column: `f(row, rows)` appends the chosen rows of `elements` and returns Result<bool>:
/// false for NULL. Rows where one of `nullable` is NULL are skipped.
template <class F>
Result<Column> build(KernelContext& context, std::span<const Column> nullable,
                     const Column& elements, F&& f) {
  if (!is_list(context.call.type)) {  // of NULLs only
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  Column result = TRY(kernels::make_result(context));
  kernels::merge_validity(context, nullable, result);
  auto* entries = result.mutable_values<ListEntry>();
  std::fill(entries, entries + context.length, ListEntry{});
  std::vector<uint32_t> rows;
  Reservation reservation(context.budget, "lists");
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!kernels::row_valid(result, row)) continue;
    const size_t start = rows.size();
    if (!TRY(f(row, rows))) {
      result.set_null(context.budget, row);
      rows.resize(start);
    }
    if (rows.size() > INT32_MAX) return fail(ErrorCode::OutOfRange, "lists above 2^31 elements");
    if (rows.capacity() * 4 > reservation.bytes()) TRY(reservation.resize(rows.capacity() * 4));
    entries[row] = {static_cast<uint32_t>(start), static_cast<uint32_t>(rows.size() - start)};
  }
  const auto count = static_cast<uint32_t>(rows.size());
  Column child = TRY(gather(elements, rows.data(), count, context.budget));
  child = TRY(flatten(child, context.budget));
  result.mutable_children().push_back(std::move(child));
  return result;
}

/// Runs `kernel` once where all arguments are constant.
template <class F>
Result<Column> once_if_constant(KernelContext& context, std::span<const Column> arguments,
                                F&& kernel) {
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(context, kernel);
  }
  return kernel(context);
}

// ---- binding

/// concat(list, …): sets the kernel too. An error where an argument is neither list nor NULL.
Status bind_concat_all(BindCall& call);

/// Arguments `list` and `value` to a list of the common type and that type ("T[], T").
Status unify_element(BindCall& call, size_t list, size_t value);
/// All list arguments to lists of their common element type; NULLs stay.
Status unify_lists(BindCall& call, std::span<const size_t> arguments);

}  // namespace whittle::lists
