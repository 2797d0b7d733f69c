// list_transform, list_filter, list_reduce: the lambda's body is evaluated over the elements of all
// lists of a batch at once, its parameters and captures as columns of one row per element.
#include "exec/evaluator.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using lists::ListView;
using Arguments = std::span<const Column>;
using Rows = std::vector<uint32_t>;

// The elements of the selected lists in order: `element[i]` belongs to row `row[i]` at `index[i]`.
struct FlatElements {
  Rows element, row;
  std::vector<ListEntry> entries;  // per batch row, into the flat elements
};

FlatElements flat_elements(const KernelContext& context, const ListView& list) {
  FlatElements flat;
  flat.entries.resize(context.length);
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!list.valid(row)) continue;
    const ListEntry entry = list.at(row);
    flat.entries[row] = {static_cast<uint32_t>(flat.element.size()), entry.length};
    for (uint32_t k = 0; k < entry.length; ++k) {
      flat.element.push_back(entry.offset + k);
      flat.row.push_back(row);
    }
  }
  return flat;
}

const Expression& lambda_of(const KernelContext& context) {
  return *context.call.children[1];
}

// Which captures follow the arguments.
Arguments captures_of(const KernelContext& context, Arguments arguments) {
  return arguments.subspan(context.call.children.size());
}

// The body over all elements.
Result<Column> evaluate_body(KernelContext& context, const ListView& list, const FlatElements& flat,
                             Arguments captures) {
  const Expression& lambda = lambda_of(context);
  const auto count = static_cast<uint32_t>(flat.element.size());
  std::vector<Column> columns;
  columns.push_back(TRY(gather(*list.child, flat.element.data(), count, context.budget)));
  if (lambda.lambda_parameters > 1) {
    Column index = TRY(Column::reserve_flat(context.budget, TypeId::BigInt, count));
    for (uint32_t i = 0; i < count; ++i) {
      index.mutable_values<int64_t>()[i] = int64_t{i} - flat.entries[flat.row[i]].offset + 1;
    }
    columns.push_back(std::move(index));
  }
  for (const Column& capture : captures) {
    columns.push_back(TRY(gather(capture, flat.row.data(), count, context.budget)));
  }
  return context.evaluator->evaluate(*lambda.children[0], columns, count, Selection::all(count));
}

bool too_long(const FlatElements& flat) {
  return flat.element.size() > INT32_MAX;
}

Result<Column> transform_kernel(KernelContext& context, Arguments arguments) {
  const ListView list(arguments[0]);
  if (!list.child) {
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  const FlatElements flat = flat_elements(context, list);
  if (too_long(flat)) return fail(ErrorCode::OutOfRange, "lists above 2^31 elements");
  Column result = TRY(kernels::make_result(context));
  kernels::merge_validity(context, arguments.first(1), result);
  auto* entries = result.mutable_values<ListEntry>();
  std::copy(flat.entries.begin(), flat.entries.end(), entries);
  Column values = TRY(evaluate_body(context, list, flat, captures_of(context, arguments)));
  values.set_type(lists::element_type(context.call.type));
  result.mutable_children().push_back(TRY(flatten(values, context.budget)));
  return result;
}

Result<Column> filter_kernel(KernelContext& context, Arguments arguments) {
  const ListView list(arguments[0]);
  if (!list.child) {
    return Column::constant_null(context.budget, context.call.type, context.length);
  }
  const FlatElements flat = flat_elements(context, list);
  if (too_long(flat)) return fail(ErrorCode::OutOfRange, "lists above 2^31 elements");
  const Column kept = TRY(evaluate_body(context, list, flat, captures_of(context, arguments)));
  const ColumnView keep(kept);
  return lists::build(context, arguments.first(1), *list.child,
                      [&](uint32_t row, Rows& rows) -> Result<bool> {
                        const ListEntry entry = flat.entries[row];
                        for (uint32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
                          if (keep.valid(i) && keep.get<uint8_t>(i))
                            rows.push_back(flat.element[i]);
                        }
                        return true;
                      });
}

// Step k folds the k-th element of every list that is long enough.
Result<Column> reduce_kernel(KernelContext& context, Arguments arguments) {
  const ListView list(arguments[0]);
  const Type& type = context.call.type;
  if (!list.child) return Column::constant_null(context.budget, type, context.length);
  const Expression& lambda = lambda_of(context);
  const bool has_start = context.call.children.size() > 2;
  const Arguments captures = captures_of(context, arguments);
  // `state` holds the accumulators of the rows in `alive`; `done` keeps finished ones.
  Rows alive;
  std::vector<Column> finished;
  Rows place(context.length, lists::no_row);
  uint32_t total = 0, step = has_start ? 0 : 1;
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!list.valid(row)) continue;
    if (!has_start && list.at(row).length == 0) {
      return fail(ErrorCode::InvalidArgument, "Cannot perform list_reduce on an empty input list");
    }
    alive.push_back(row);
  }
  Column state;
  if (has_start) {
    state = TRY(
        gather(arguments[2], alive.data(), static_cast<uint32_t>(alive.size()), context.budget));
  } else {
    Rows first;
    for (const uint32_t row : alive) first.push_back(list.at(row).offset);
    state =
        TRY(gather(*list.child, first.data(), static_cast<uint32_t>(first.size()), context.budget));
  }
  while (!alive.empty()) {
    Rows still, from, leaving;
    for (uint32_t i = 0; i < alive.size(); ++i) {
      if (list.at(alive[i]).length > step) {
        still.push_back(alive[i]);
        from.push_back(i);
      } else {
        place[alive[i]] = total++;
        leaving.push_back(i);
      }
    }
    if (!leaving.empty()) {
      Column part =
          TRY(gather(state, leaving.data(), static_cast<uint32_t>(leaving.size()), context.budget));
      finished.push_back(TRY(flatten(part, context.budget)));
    }
    if (still.empty()) break;
    const auto count = static_cast<uint32_t>(still.size());
    std::vector<Column> columns;
    columns.push_back(TRY(gather(state, from.data(), count, context.budget)));
    Rows element;
    for (const uint32_t row : still) element.push_back(list.at(row).offset + step);
    columns.push_back(TRY(gather(*list.child, element.data(), count, context.budget)));
    if (lambda.lambda_parameters > 2) {
      Column index = TRY(Column::reserve_flat(context.budget, TypeId::BigInt, 1));
      index.mutable_values<int64_t>()[0] = int64_t{step} + 1;
      columns.push_back(Column::constant(index, count));
    }
    for (const Column& capture : captures) {
      columns.push_back(TRY(gather(capture, still.data(), count, context.budget)));
    }
    state = TRY(
        context.evaluator->evaluate(*lambda.children[0], columns, count, Selection::all(count)));
    if (context.cancellation) TRY(context.cancellation->check());
    alive = std::move(still);
    ++step;
  }
  const auto results = TRY(lists::join(finished, type, context.budget));
  return lists::pick(context, results.column, place);
}

// The binder gives the type of the lambda's body as that of its argument.
Status bind_transform(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Array) {
    call.arguments[0] = Type::list(call.arguments[0].element());
  }
  call.result =
      lists::is_list(call.arguments[0]) ? Type::list(call.arguments[1]) : Type(TypeId::Null);
  return {};
}

Status bind_filter(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Array) {
    call.arguments[0] = Type::list(call.arguments[0].element());
  }
  call.result = call.arguments[0];
  return {};
}

Status bind_reduce(BindCall& call) {
  call.result =
      call.arguments.size() > 2 ? call.arguments[2] : lists::element_type(call.arguments[0]);
  return {};
}

constexpr TypeId list = TypeId::List, any = TypeId::Null, lambda = TypeId::Lambda;

#define LAMBDA_ROW(name, kernel, bind) {name, any, kernel, 2, {list, lambda}, kCanFail, bind}
#define REDUCE_ROWS(name)                                                   \
  LAMBDA_ROW(name, reduce_kernel, bind_reduce), {                           \
    name, any, reduce_kernel, 3, {list, lambda, any}, kCanFail, bind_reduce \
  }

constexpr ScalarFunction rows[] = {
    LAMBDA_ROW("list_transform", transform_kernel, bind_transform),
    LAMBDA_ROW("array_transform", transform_kernel, bind_transform),
    LAMBDA_ROW("list_apply", transform_kernel, bind_transform),
    LAMBDA_ROW("array_apply", transform_kernel, bind_transform),
    LAMBDA_ROW("apply", transform_kernel, bind_transform),
    LAMBDA_ROW("list_filter", filter_kernel, bind_filter),
    LAMBDA_ROW("array_filter", filter_kernel, bind_filter),
    LAMBDA_ROW("filter", filter_kernel, bind_filter),
    REDUCE_ROWS("list_reduce"),
    REDUCE_ROWS("array_reduce"),
    REDUCE_ROWS("reduce"),
};

}  // namespace

std::span<const ScalarFunction> list_lambda_functions() {
  return rows;
}

}  // namespace whittle
