// DESCRIBE, SUMMARIZE and SHOW as plans over the ordinary operators.
#pragma once

#include "plan/bind_context.hpp"
#include "plan/logical_plan.hpp"
#include "sql/statement.hpp"

namespace whittle {

/// column_name, column_type, null, key, default, extra: one row per column of `schema`.
PlanPtr describe_plan(const Schema& schema);

/// One row per column of `input` with DuckDB's twelve columns: one ungrouped Aggregate with eleven
/// aggregates per column, a Project that prints them, and an Unpivot that makes rows of the one
/// row.
Result<PlanPtr> summarize_plan(PlanPtr input, const BindContext& context);

/// The plan of a DESCRIBE, SUMMARIZE or SHOW statement.
Result<PlanPtr> bind_describing(const sql::Statement& statement, const BindContext& context);

}  // namespace whittle
