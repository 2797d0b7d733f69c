// list, array_agg: the rows of a group, NULLs included, as encoded values.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/row_codec.hpp"

namespace whittle::aggregates {

namespace {

struct Rows {
  explicit Rows(MemoryBudget& budget) : memory(budget, "list()") {}
  RowBytes bytes;
  uint32_t count = 0;
  Reservation memory;
  Status append(std::span<const std::byte> more, uint32_t rows) {
    TRY(make_room(bytes, more.size(), memory, sizeof(Rows)));
    bytes.insert(bytes.end(), more.begin(), more.end());
    count += rows;
    return {};
  }
};

Status list_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  RowBytes value;
  for (uint32_t i = 0; i < rows.count; ++i) {
    value.clear();
    encode_value(view, rows[i], value);
    TRY(make_owned<Rows>(states[i], context.budget).append(value, 1));
  }
  return {};
}

Status list_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Rows*& from = owned<Rows>(sources[i]);
    Rows*& to = owned<Rows>(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    TRY(to->append(from->bytes, from->count));
    delete std::exchange(from, nullptr);
  }
  return {};
}

Result<Column> list_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Rows* kept = owned<Rows>(states[i]);
    if (!kept) {
      TRY(builder.append_null());
      continue;
    }
    builder.begin_list();
    const std::byte* bytes = kept->bytes.data();
    for (uint32_t k = 0; k < kept->count; ++k) TRY(decode_value(bytes, builder.child(0)));
    TRY(builder.end_list());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations operations = {list_update, nullptr, list_combine,
                                                    list_finalize, destroy_owned<Rows>};

Status bind_list(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Null) call.arguments[0] = TypeId::Integer;
  bind_operations(call, operations, 8, Type::list(call.arguments[0]));
  return {};
}

constexpr AggregateFunction functions[] = {
    {"list", TypeId::List, nullptr, 0, 1, {TypeId::Null}, bind_list, true},
    {"array_agg", TypeId::List, nullptr, 0, 1, {TypeId::Null}, bind_list, true},
};

}  // namespace

std::span<const AggregateFunction> list_functions() {
  return functions;
}

}  // namespace whittle::aggregates
