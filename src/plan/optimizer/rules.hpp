// The optimizer's rules. Each takes the root by reference and may replace it.
#pragma once

#include <functional>

#include "plan/bind_context.hpp"
#include "plan/logical_plan.hpp"

namespace whittle::rules {

/// Expressions without columns become constants. What fails to fold stays: it fails when, and only
/// if, it is evaluated.
void fold_constants(PlanNode& plan, const BindContext& context);
void fold_constants(ExpressionPtr& expression, const BindContext& context);

/// NOT is pushed inwards, comparisons get their constant on the right and lose casts that keep
/// order, ANDs and ORs their constants and repetitions.
void simplify(PlanNode& plan, const BindContext& context);
void simplify(ExpressionPtr& expression, const BindContext& context);

/// Conjuncts move down through Project, Sort, Distinct and Aggregate (group keys) into the Scan.
void push_filters(PlanPtr& plan);

/// sum(x + k) becomes sum(x) + k * count(x); groups that follow from others
/// are computed above.
Status rewrite_aggregates(PlanPtr& plan, const BindContext& context);

/// DISTINCT over all columns is a GROUP BY all columns.
void distinct_to_aggregate(PlanPtr& plan);

/// count(*), count(x), min(x), max(x) over an unfiltered scan, where metadata proves them.
void answer_from_metadata(PlanPtr& plan);

/// Limit over Sort becomes TopN; Limit over Scan stops reading; the scan learns of the TopN.
void push_limits(PlanPtr& plan);

/// Nothing reads a column that nobody uses.
void prune_columns(PlanPtr& plan);

/// Nor a field of a STRUCT that nobody looks at. After prune_columns.
void prune_fields(PlanNode& plan);

/// Project over one constant row becomes Values; Project of all columns as they are vanishes.
void merge_projects(PlanPtr& plan);

/// Guesses at row counts, for EXPLAIN and strategies.
void estimate_rows(PlanNode& plan);

// ---- helpers ----------------------------------------------------------------------------------

/// Every expression a node holds.
void for_each_expression(PlanNode& node, const std::function<void(ExpressionPtr&)>& visit);
/// Column i becomes a copy of replacements[i].
void substitute(ExpressionPtr& expression, const std::vector<ExpressionPtr>& replacements);
/// Column i becomes map[i].
void remap(ExpressionPtr& expression, const std::vector<uint32_t>& map);
/// Marks the columns the expression reads.
void mark_columns(const Expression& expression, std::vector<bool>& used);

}  // namespace whittle::rules
