// A top-N over Parquet that reads in two steps: first the columns it sorts and filters by, then,
// for the rows that won, the others.
//
// That costs one more round trip and pays where the other columns are most of the bytes: decided
// here from the footers that are open. Local files are left to the scan's own late materialization:
// their bytes cost no more than being passed over.
#pragma once

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// Null when the top-N is not over a scan of remote files, or would gain nothing. `node` (TopN)
/// lives as long as the source; limit and offset are set.
BatchSourcePtr make_late_top_n_source(QueryContext& context, const PlanNode& node,
                                      OperatorStatistics* statistics);

/// For EXPLAIN: `late_columns` of each TopN of the plan that would be read so.
void mark_late_top_n(PlanNode& plan);

}  // namespace whittle
