// From a logical plan to pipelines: the one place that knows which operator serves which PlanNode.
#pragma once

#include "exec/pipeline.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// `plan` and `context` outlive the result, whose schema is the plan's output.
Result<BatchSourcePtr> build_physical_plan(const PlanNode& plan, QueryContext& context);

}  // namespace whittle
