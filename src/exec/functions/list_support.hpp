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

/// Appends the chosen rows for one row of the result; false for NULL.
using ChooseRows = Result<bool> (*)(void* closure, uint32_t row, std::vector<uint32_t>& rows);
Result<Column> build_chosen(KernelContext& context, std::span<const Column> nullable,
                            const Column& elements, ChooseRows choose, void* closure);

/// A list column: `f(row, rows)` appends the chosen rows of `elements` and returns Result<bool>:
/// false for NULL. Rows where one of `nullable` is NULL are skipped.
template <class F>
Result<Column> build(KernelContext& context, std::span<const Column> nullable,
                     const Column& elements, const F& f) {
  return build_chosen(
      context, nullable, elements,
      [](void* closure, uint32_t row, std::vector<uint32_t>& rows) -> Result<bool> {
        return (*static_cast<const F*>(closure))(row, rows);
      },
      const_cast<F*>(&f));
}

using ErasedKernel = Result<Column> (*)(void* closure, KernelContext& context);
Result<Column> run_once_if_constant(KernelContext& context, std::span<const Column> arguments,
                                    ErasedKernel kernel, void* closure);

/// Runs `kernel` once where all arguments are constant.
template <class F>
Result<Column> once_if_constant(KernelContext& context, std::span<const Column> arguments,
                                const F& kernel) {
  return run_once_if_constant(
      context, arguments,
      [](void* closure, KernelContext& inner) -> Result<Column> {
        return (*static_cast<const F*>(closure))(inner);
      },
      const_cast<F*>(&kernel));
}

// ---- binding

/// concat(list, …): sets the kernel too. An error where an argument is neither list nor NULL.
Status bind_concat_all(BindCall& call);

/// Arguments `list` and `value` to a list of the common type and that type ("T[], T").
Status unify_element(BindCall& call, size_t list, size_t value);
/// All list arguments to lists of their common element type; NULLs stay.
Status unify_lists(BindCall& call, std::span<const size_t> arguments);

}  // namespace whittle::lists
