// The Parquet scan: a Scan node over a ParquetScanTable as a source of batches.
//
// See scan/README-like essay in parquet_scan.cpp for how a row group goes from footer to batches.
#pragma once

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "exec/top_n_threshold.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// `node` lives as long as the source; its table is a ParquetScanTable. `threshold` may be null.
Result<BatchSourcePtr> make_parquet_scan(QueryContext& context, const PlanNode& node,
                                         std::shared_ptr<TopNThreshold> threshold);

}  // namespace whittle
