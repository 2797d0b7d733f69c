// AggregateSource: an Aggregate node (and DISTINCT, which is one without aggregates). Reads its
// child to the end, then gives out [groups …, aggregates …].
//
// What is grouped by is less than what the query says: constants are left out, equal expressions
// are one key, and expressions over other keys (ClientIP - 1 beside ClientIP) are computed from the
// groups at the end. DISTINCT aggregates are two-level: a HashAggregation of (keys, arguments)
// makes the arguments distinct, and its output feeds the aggregates. Grouping sets run side by side
// over one pass of the input.
#pragma once

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// `node` (Aggregate) lives as long as the source.
BatchSourcePtr make_aggregate_source(QueryContext& context, const PlanNode& node,
                                     BatchSourcePtr child, OperatorStatistics* statistics);

}  // namespace whittle
