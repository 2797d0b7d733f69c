// EXPLAIN and EXPLAIN ANALYZE as plans whose rows are text: DuckDB's two columns, explain_key and
// explain_value.
#pragma once

#include "engine/query_run.hpp"

namespace whittle {

/// The plan as text, without running it.
PlanPtr explain_plan(const PlanNode& plan);

/// Runs the plan to its end, throws its rows away and reports where rows, bytes, time and memory
/// went.
Task<Result<PlanPtr>> explain_analyze(Engine& engine, std::shared_ptr<StatementIo> io, PlanPtr plan,
                                      const Settings& settings);

}  // namespace whittle
