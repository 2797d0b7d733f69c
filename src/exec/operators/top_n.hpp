// Top-N: ORDER BY with LIMIT. Each worker keeps its best rows; a batch is first held against the
// worst of them by an eight-byte prefix of the first key, made column-wise, so that most rows are
// dropped without being looked at as a whole.
//
// The first key's value of the N-th best row goes to the threshold, from where the scan takes it to
// skip row groups, pages and rows.
#pragma once

#include "exec/operators/sort_keys.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "exec/top_n_threshold.hpp"

namespace whittle {

/// Above this many rows (limit + offset) a sort is the better way.
inline constexpr uint64_t top_n_limit = 1 << 17;

/// `threshold` may be null.
BatchSourcePtr make_top_n_source(QueryContext& context, std::span<const SortKey> keys,
                                 BatchSourcePtr child, uint64_t limit, uint64_t offset,
                                 std::shared_ptr<TopNThreshold> threshold,
                                 OperatorStatistics* statistics);

}  // namespace whittle
