// The table of aggregate functions, one span per family.
#pragma once

#include "plan/function.hpp"

namespace whittle {

/// Adds every aggregate function.
void add_aggregate_functions(FunctionRegistry& registry);

namespace aggregates {
std::span<const AggregateFunction> count_functions();
std::span<const AggregateFunction> sum_functions();
std::span<const AggregateFunction> average_functions();
std::span<const AggregateFunction> extreme_functions();   // min, max
std::span<const AggregateFunction> position_functions();  // first, last, any_value
std::span<const AggregateFunction> arg_extreme_functions();
std::span<const AggregateFunction> moment_functions();  // variance, skewness, …
std::span<const AggregateFunction> regression_functions();
std::span<const AggregateFunction> quantile_functions();
std::span<const AggregateFunction> frequency_functions();  // mode, histogram, entropy, top_k
std::span<const AggregateFunction> list_functions();
std::span<const AggregateFunction> string_functions();
std::span<const AggregateFunction> bit_functions();
std::span<const AggregateFunction> bitstring_functions();
std::span<const AggregateFunction> binned_functions();  // histogram over bins
std::span<const AggregateFunction> sketch_functions();  // HyperLogLog, t-digest
}  // namespace aggregates

}  // namespace whittle
