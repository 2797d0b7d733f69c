// Scans of tables that are no files: rows in memory and computed ranges.
#pragma once

#include "exec/pipeline.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// The columns of `node` (a Scan of a ValuesTable or RangeTable), without its filters and limit.
Result<BatchSourcePtr> make_memory_scan(QueryContext& context, const PlanNode& node);

}  // namespace whittle
