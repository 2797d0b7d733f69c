// The Parquet scan: a Scan node over a ParquetScanTable as a source of batches.
//
// The essay in parquet_scan.cpp tells how a row group goes from footer to batches.
#pragma once

#include "exec/scan/scan_plan.hpp"

namespace whittle {

/// `node` lives as long as the source; its table is a ParquetScanTable. `threshold` may be null.
BatchSourcePtr make_parquet_scan(QueryContext& context, const PlanNode& node,
                                 std::shared_ptr<TopNThreshold> threshold);

/// Reads only pages that hold the given rows (sorted, at least one), and not many rows beside them.
/// Both live as long as the source.
BatchSourcePtr make_parquet_row_scan(QueryContext& context, const PlanNode& node,
                                     const std::vector<FileRow>& rows);

}  // namespace whittle
