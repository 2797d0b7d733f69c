// From a bound filter to the Predicate that a file's metadata can judge. What has no form there
// becomes Unknown.
#pragma once

#include "parquet/predicate.hpp"
#include "plan/expression.hpp"

namespace whittle {

/// `columns[i]` is the table's column behind output column i of the scan. `budget`: for folding
/// constants through casts.
parquet::Predicate to_predicate(const Expression& filter, std::span<const uint32_t> columns,
                                MemoryBudget& budget);

}  // namespace whittle
