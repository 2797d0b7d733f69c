#include "plan/optimizer/optimizer.hpp"

#include "plan/optimizer/rules.hpp"

namespace whittle {

Result<PlanPtr> optimize(PlanPtr plan, const BindContext& context) {
  rules::fold_constants(*plan, context);
  if (context.settings.flag("enable_optimizer")) {
    rules::simplify(*plan, context);
    rules::push_filters(plan);
    // Pushing put expressions of projects into filters: there may be more to fold and to simplify.
    rules::fold_constants(*plan, context);
    rules::simplify(*plan, context);
    TRY(rules::rewrite_aggregates(plan, context));
    rules::answer_from_metadata(plan);
    rules::merge_projects(plan);
    rules::fold_constants(*plan, context);
    rules::distinct_to_aggregate(plan);
    rules::push_limits(plan);
  }
  rules::prune_columns(plan);
  rules::prune_fields(*plan);
  rules::estimate_rows(*plan);
  return plan;
}

}  // namespace whittle
