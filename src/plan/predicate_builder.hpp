// From bound filters to what a Parquet file's metadata can be asked: parquet/predicate.hpp's tree.
//
// The tree stands for the conjunction of the filters: where it proves that no row is TRUE the rows
// may be skipped; where it proves that all are TRUE the filters need no evaluation. Whatever has no
// exact form becomes Unknown, or is And-ed with Unknown when only one direction is known.
#pragma once

#include <span>

#include "parquet/predicate.hpp"
#include "plan/expression.hpp"

namespace whittle {

/// `columns[i]` is the table's column behind input column i of the filters (PlanNode::columns).
parquet::Predicate build_predicate(std::span<const ExpressionPtr> filters,
                                   std::span<const uint32_t> columns);

}  // namespace whittle
