// Comparisons of two columns of one type, as BOOLEAN columns or straight to a selection. NULL rules
// are SQL's; IS [NOT] DISTINCT FROM treats NULL as a value. NaN equals NaN and is above all
// numbers.
#pragma once

#include "exec/evaluator.hpp"

namespace whittle {

/// A BOOLEAN column of `length` rows.
Result<Column> compare_columns(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget);

/// The rows where the comparison is true: what a filter needs, without the BOOLEAN column between.
Result<Selection> select_where(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget);

}  // namespace whittle
