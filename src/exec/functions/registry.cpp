#include "exec/aggregates/aggregates.hpp"
#include "exec/functions/functions.hpp"

namespace whittle {

void register_functions(FunctionRegistry& registry) {
  add_aggregate_functions(registry);
  registry.add(arithmetic_functions());
  registry.add(bitwise_functions());
  registry.add(datetime_arithmetic_functions());
  registry.add(datetime_difference_functions());
  registry.add(datetime_make_functions());
  registry.add(datetime_part_functions());
  registry.add(datetime_trunc_functions());
  registry.add(like_functions());
  registry.add(list_lambda_functions());
  registry.add(list_pick_functions());
  registry.add(list_zip_functions());
  registry.add(list_search_functions());
  registry.add(map_functions());
  registry.add(struct_functions());
  registry.add(strftime_functions());
  registry.add(text_split_functions());
  registry.add(encoding_functions());
  registry.add(list_compute_functions());
  registry.add(misc_functions());
  registry.add(json_functions());
  registry.add(json_shape_functions());
  registry.add(json_transform_functions());
  registry.add(bit_string_functions());
  registry.add(text_distance_functions());
  registry.add(text_format_functions());
  registry.add(text_show_functions());
  registry.add(math_functions());
  registry.add(regexp_functions());
  registry.add(rounding_functions());
  registry.add(text_edit_functions());
  registry.add(text_search_functions());
}

}  // namespace whittle
