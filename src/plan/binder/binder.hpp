// The binder's face: from the syntax tree to a logical plan. Names become column positions, calls
// kernels, every expression gets a type; what DuckDB would refuse is refused with its words and the
// place in the text.
//
// Plain code without waiting: everything a statement reads was resolved before (catalog.hpp).
#pragma once

#include "plan/bind_context.hpp"
#include "plan/logical_plan.hpp"
#include "sql/statement.hpp"

namespace whittle {

/// The unoptimized plan of a query; its `output` names and types are the result's.
Result<PlanPtr> bind_query(const sql::Query& query, const BindContext& context);
/// A result has no columns of type NULL: where nothing gave one a type, it is INTEGER.
PlanPtr give_null_a_type(PlanPtr plan);

/// An expression over the columns of `schema`, for callers without a query.
Result<ExpressionPtr> bind_expression(const sql::Expression& expression, const Schema& schema,
                                      const BindContext& context);
/// A constant expression as its value: function arguments, LIMIT, settings, options.
Result<Value> bind_constant_value(const sql::Expression& expression, const BindContext& context);

}  // namespace whittle
