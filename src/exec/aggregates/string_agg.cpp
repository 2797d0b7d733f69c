// string_agg, group_concat, listagg: valid strings with a constant separator between them.
#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"

namespace whittle::aggregates {

namespace {

struct Separator : FunctionState {
  std::string text = ",";
  bool null = false;  // the separator is NULL: so is the result
};

struct Text {
  explicit Text(MemoryBudget& budget) : memory(budget, "string_agg()") {}
  std::string text;
  Reservation memory;
};

Status append(Text& to, std::string_view text, bool first, const Separator& separator) {
  if (to.text.size() + separator.text.size() + text.size() > UINT32_MAX / 2) {
    return fail(ErrorCode::OutOfRange, "string_agg() above 2 GB");
  }
  TRY(make_room(to.text, separator.text.size() + text.size(), to.memory, sizeof(Text)));
  if (!first) to.text += separator.text;
  to.text += text;
  return {};
}

Status text_update(AggregateContext& context, std::span<const Column> arguments,
                   const Selection& rows, std::byte* const* states) {
  const auto& separator = static_cast<const Separator&>(*context.state);
  const ColumnView view(arguments[0]);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (!view.valid(rows[i])) continue;
    const bool first = !owned<Text>(states[i]);
    TRY(append(make_owned<Text>(states[i], context.budget), view.get<StringRef>(rows[i]).view(),
               first, separator));
  }
  return {};
}

Status text_combine(AggregateContext& context, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count) {
  const auto& separator = static_cast<const Separator&>(*context.state);
  for (uint32_t i = 0; i < count; ++i) {
    Text*& from = owned<Text>(sources[i]);
    Text*& to = owned<Text>(targets[i]);
    if (!from) continue;
    if (!to) {
      std::swap(from, to);
      continue;
    }
    TRY(append(*to, from->text, false, separator));
  }
  return {};
}

Result<Column> text_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  const auto& separator = static_cast<const Separator&>(*context.state);
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const Text* kept = owned<Text>(states[i]);
    TRY(kept && !separator.null ? builder.append_string(kept->text) : builder.append_null());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations operations = {text_update, nullptr, text_combine,
                                                    text_finalize, destroy_owned<Text>};

Status bind_text(BindCall& call) {
  auto separator = std::make_shared<Separator>();
  if (call.arguments.size() > 1) {
    const Value* constant = call.constants[1];
    if (!constant) {
      return fail(ErrorCode::Binder, "Separator argument to StringAgg must be a constant");
    }
    separator->null = constant->is_null();
    if (!separator->null) separator->text = constant->to_string();
    call.arguments[1] = TypeId::Varchar;
  }
  call.arguments[0] = TypeId::Varchar;
  call.state = std::move(separator);
  bind_operations(call, operations, 8, TypeId::Varchar);
  return {};
}

#define WHITTLE_STRING_AGG(name)                                                           \
  {name, TypeId::Varchar, nullptr, 0, 1, {TypeId::Null}, bind_text, true}, {               \
    name, TypeId::Varchar, nullptr, 0, 2, {TypeId::Null, TypeId::Varchar}, bind_text, true \
  }

constexpr AggregateFunction functions[] = {
    WHITTLE_STRING_AGG("string_agg"),
    WHITTLE_STRING_AGG("group_concat"),
    WHITTLE_STRING_AGG("listagg"),
};

}  // namespace

std::span<const AggregateFunction> string_functions() {
  return functions;
}

}  // namespace whittle::aggregates
