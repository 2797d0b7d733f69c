// Aggregates with ORDER BY inside: string_agg(x, ',' ORDER BY y). Each group keeps its arguments as
// encoded rows behind their sort keys; finalize sorts them and feeds the aggregate proper.
#pragma once

#include "exec/operators/hash_aggregation.hpp"
#include "plan/expression.hpp"

namespace whittle {

/// The call as HashAggregation runs it. Its arguments are those of `call`, then one per ORDER BY
/// key.
HashAggregation::Call make_ordered_call(const AggregateCall& call);

}  // namespace whittle
