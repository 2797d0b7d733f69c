// first, last, any_value: one encoded value per group.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/row_codec.hpp"

namespace whittle::aggregates {

namespace {

struct Kept {
  explicit Kept(MemoryBudget& budget) : memory(budget, "first/last") {}
  RowBytes value;
  Reservation memory;
};

enum class Which : uint8_t { First, Last, FirstValid };

template <Which which>
Status kept_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const ColumnView view(arguments[0]);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (which != Which::Last && owned<Kept>(states[i])) continue;
    if (which == Which::FirstValid && !view.valid(rows[i])) continue;
    auto& kept = make_owned<Kept>(states[i], context.budget);
    kept.value.clear();
    encode_value(view, rows[i], kept.value);
    TRY(kept.memory.resize(sizeof(Kept) + kept.value.capacity()));
  }
  return {};
}

template <Which which>
Status kept_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Kept*& from = owned<Kept>(sources[i]);
    Kept*& to = owned<Kept>(targets[i]);
    if (from && (!to || which == Which::Last)) std::swap(from, to);
  }
  return {};
}

Result<Column> kept_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Kept* kept = owned<Kept>(states[i]);
    if (!kept) {
      TRY(builder.append_null());
      continue;
    }
    const std::byte* bytes = kept->value.data();
    TRY(decode_value(bytes, builder));
  }
  return builder.finish();
}

template <Which which>
constexpr AggregateFunctionOperations operations = {
    kept_update<which>, nullptr, kept_combine<which>, kept_finalize, destroy_owned<Kept>};

template <Which which>
Status bind_kept(BindCall& call) {
  if (call.arguments[0].id() == TypeId::Null) call.arguments[0] = TypeId::Integer;
  bind_operations(call, operations<which>, sizeof(Kept*), call.arguments[0]);
  return {};
}

constexpr AggregateFunction functions[] = {
    {"first", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_kept<Which::First>, true},
    {"arbitrary", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_kept<Which::First>, true},
    {"last", TypeId::Null, nullptr, 0, 1, {TypeId::Null}, bind_kept<Which::Last>, true},
    {"any_value",
     TypeId::Null,
     nullptr,
     0,
     1,
     {TypeId::Null},
     bind_kept<Which::FirstValid>,
     true,
     true},
};

}  // namespace

std::span<const AggregateFunction> position_functions() {
  return functions;
}

}  // namespace whittle::aggregates
