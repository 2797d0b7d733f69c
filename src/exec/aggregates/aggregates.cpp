#include "exec/aggregates/aggregates.hpp"

#include "exec/aggregates/kernel.hpp"

namespace whittle {

void add_aggregate_functions(FunctionRegistry& registry) {
  using namespace aggregates;
  for (const auto functions :
       {count_functions, sum_functions, average_functions, extreme_functions, position_functions,
        arg_extreme_functions, moment_functions, regression_functions, quantile_functions,
        frequency_functions, list_functions, string_functions, bit_functions, sketch_functions,
        bitstring_functions, binned_functions}) {
    registry.add(functions());
  }
}

Result<Column> aggregates::detail::run_finalize(AggregateContext& context, std::byte* const* states,
                                                uint32_t count, FinalizeLoop loop) {
  Column column = TRY(Column::reserve_flat(context.budget, context.result, count));
  TRY(loop(context, states, count, column));
  return column;
}

std::unexpected<Error> aggregates::no_match(const BindCall& call) {
  std::string text = "No function matches the given name and argument types '";
  text += call.name;
  text += '(';
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) text += ", ";
    text += call.arguments[i].to_string();
  }
  return fail(Error(ErrorCode::Binder, text + ")'")
                  .with_hint("You might need to add explicit type casts."));
}

}  // namespace whittle
