// The scalar functions: one file per family, each giving its rows of the table. `all_functions`
// collects them for the registry that the binder resolves calls against.
#pragma once

#include <span>

#include "plan/function.hpp"

namespace whittle {

class Clock;

std::span<const ScalarFunction> arithmetic_functions();
std::span<const ScalarFunction> bitwise_functions();
std::span<const ScalarFunction> datetime_arithmetic_functions();
std::span<const ScalarFunction> datetime_difference_functions();
std::span<const ScalarFunction> datetime_make_functions();
std::span<const ScalarFunction> datetime_part_functions();
std::span<const ScalarFunction> datetime_trunc_functions();
std::span<const ScalarFunction> like_functions();
std::span<const ScalarFunction> list_lambda_functions();
std::span<const ScalarFunction> list_pick_functions();
std::span<const ScalarFunction> list_zip_functions();
std::span<const ScalarFunction> list_search_functions();
std::span<const ScalarFunction> map_functions();
std::span<const ScalarFunction> struct_functions();
std::span<const ScalarFunction> strftime_functions();
std::span<const ScalarFunction> text_split_functions();
std::span<const ScalarFunction> encoding_functions();
std::span<const ScalarFunction> list_compute_functions();
std::span<const ScalarFunction> misc_functions();
std::span<const ScalarFunction> json_functions();
std::span<const ScalarFunction> json_shape_functions();
std::span<const ScalarFunction> json_transform_functions();
std::span<const ScalarFunction> bit_string_functions();
std::span<const ScalarFunction> text_distance_functions();
std::span<const ScalarFunction> text_format_functions();
std::span<const ScalarFunction> text_show_functions();
std::span<const ScalarFunction> math_functions();
std::span<const ScalarFunction> regexp_functions();
std::span<const ScalarFunction> rounding_functions();
std::span<const ScalarFunction> text_edit_functions();
std::span<const ScalarFunction> text_search_functions();

/// What random() is seeded by and uuidv7() reads; null when the clock goes away. Any thread.
void set_random_source(Clock* clock);

/// Registers every scalar and aggregate function of whittle.
void register_functions(FunctionRegistry& registry);

}  // namespace whittle
