// The optimizer: rules that rewrite a bound plan into one that gives the same rows for less. One
// file per rule; each says why it is right. They run once, in the order of optimizer.cpp.
#pragma once

#include "plan/bind_context.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// With `SET enable_optimizer = false` only what execution needs is done (columns are pruned).
Result<PlanPtr> optimize(PlanPtr plan, const BindContext& context);

}  // namespace whittle
