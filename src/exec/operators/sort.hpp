// Sort: rows become self-contained byte strings, [sort key][position][encoded columns], ordered by
// memcmp of their keys. The position (morsel, sequence, row) makes the order stable whatever the
// workers did.
//
// Each worker collects rows and sorts them as a run when memory runs short; runs that do not fit
// are written to temporary storage. At the end the runs are merged, k ways, reading spilled ones in
// blocks. Without temporary storage a sort that does not fit fails with BudgetExceeded.
#pragma once

#include "exec/operators/sort_keys.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"

namespace whittle {

/// `keys` (over the child's columns) live as long as the source. OFFSET and LIMIT are applied to
/// the sorted rows.
BatchSourcePtr make_sort_source(QueryContext& context, std::span<const SortKey> keys,
                                BatchSourcePtr child, std::optional<uint64_t> limit,
                                uint64_t offset, OperatorStatistics* statistics);

}  // namespace whittle
