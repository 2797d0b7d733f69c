#include "exec/functions/list_support.hpp"

namespace whittle::lists {

Result<Elements> join(std::span<const Column> columns, const Type& type, MemoryBudget& budget) {
  Elements result;
  std::vector<Column> used;
  uint64_t total = 0;
  for (const Column& column : columns) {
    result.starts.push_back(static_cast<uint32_t>(total));
    total += column.length();
    if (column.length() > 0) used.push_back(TRY(flatten(column, budget)));
  }
  if (total > INT32_MAX) return fail(ErrorCode::OutOfRange, "lists above 2^31 elements");
  if (used.empty()) {
    result.column = Column::flat(budget, type, 0);
    for (const Type::Field& field : type.fields()) {
      result.column.mutable_children().push_back(TRY(join({}, field.type, budget)).column);
    }
  } else if (used.size() == 1) {
    result.column = std::move(used[0]);
  } else {
    result.column = TRY(concatenate(used, budget));
    result.column = TRY(flatten(result.column, budget));
  }
  return result;
}

Result<Column> null_element(const Type& type, MemoryBudget& budget) {
  return flatten(Column::constant_null(budget, type, 1), budget);
}

Result<Column> pick(KernelContext& context, const Column& elements, std::span<uint32_t> rows) {
  if (elements.length() == 0) {
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  bool nulls = false;
  std::vector<uint32_t> missing;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != no_row) continue;
    rows[i] = 0;
    nulls = true;
    missing.push_back(i);
  }
  Column result =
      TRY(gather(elements, rows.data(), static_cast<uint32_t>(rows.size()), context.budget));
  if (!nulls) return result;
  result = TRY(flatten(result, context.budget));
  for (const uint32_t row : missing) result.set_null(context.budget, row);
  return result;
}

Result<Column> build_chosen(KernelContext& context, std::span<const Column> nullable,
                            const Column& elements, ChooseRows choose, void* closure) {
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
    if (!TRY(choose(closure, row, rows))) {
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

Result<Column> run_once_if_constant(KernelContext& context, std::span<const Column> arguments,
                                    ErasedKernel kernel, void* closure) {
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(context,
                                 [&](KernelContext& inner) { return kernel(closure, inner); });
  }
  return kernel(closure, context);
}

Status unify_element(BindCall& call, size_t list, size_t value) {
  if (!is_list(call.arguments[list])) return {};
  const Type element = element_type(call.arguments[list]);
  const auto common = common_type(Operand(element), Operand(call.arguments[value]));
  if (!common) {
    return fail(ErrorCode::Binder, "Cannot use " + call.arguments[value].to_string() +
                                       " with a list of " + element.to_string() + " in " +
                                       std::string(call.name) +
                                       "() - an explicit cast is required");
  }
  call.arguments[list] = Type::list(*common);
  call.arguments[value] = *common;
  return {};
}

Status unify_lists(BindCall& call, std::span<const size_t> arguments) {
  std::optional<Type> common;
  const Type* first = nullptr;
  for (const size_t i : arguments) {
    if (!is_list(call.arguments[i])) continue;
    const Type element = element_type(call.arguments[i]);
    if (!first) {
      first = &call.arguments[i];
      common = element;
      continue;
    }
    common = common_type(Operand(*common), Operand(element));
    if (!common) {
      return fail(ErrorCode::Binder, "Cannot concatenate lists of types " + first->to_string() +
                                         " and " + call.arguments[i].to_string() +
                                         " - an explicit cast is required");
    }
  }
  if (!common) return {};
  for (const size_t i : arguments) {
    if (is_list(call.arguments[i])) call.arguments[i] = Type::list(*common);
  }
  return {};
}

}  // namespace whittle::lists
