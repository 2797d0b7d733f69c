#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

// The hash table of GROUP BY knows dictionaries, early aggregation and spilling; DISTINCT over all
// columns is the same question.
void distinct_to_aggregate(PlanPtr& plan) {
  if (plan->kind == PlanKind::Distinct && plan->expressions.empty() && !plan->output.empty()) {
    plan->kind = PlanKind::Aggregate;
    for (uint32_t i = 0; i < plan->output.size(); ++i) {
      plan->groups.push_back(make_column(i, plan->output[i].type));
    }
  }
  for (PlanPtr& child : plan->children) distinct_to_aggregate(child);
}

}  // namespace whittle::rules
