#include <algorithm>
#include <cmath>

#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

double selectivity(const Expression& filter) {
  switch (filter.kind) {
    case ExpressionKind::Comparison:
      if (filter.comparison == ComparisonOperator::Equal) return 0.1;
      return filter.comparison == ComparisonOperator::NotEqual ? 0.9 : 0.3;
    case ExpressionKind::In:
      return filter.negated ? 0.8 : 0.2;
    case ExpressionKind::IsNull:
      return 0.1;
    case ExpressionKind::IsNotNull:
      return 0.9;
    default:
      return 0.3;
  }
}

}  // namespace

void estimate_rows(PlanNode& plan) {
  for (PlanPtr& child : plan.children) estimate_rows(*child);
  const auto input = plan.children.empty() ? std::nullopt : plan.children[0]->estimated_rows;
  switch (plan.kind) {
    case PlanKind::Scan: {
      const auto rows = plan.table->row_count();
      if (!rows) return;
      double estimate = static_cast<double>(*rows);
      for (const ExpressionPtr& filter : plan.filters) estimate *= selectivity(*filter);
      if (plan.scan_limit) estimate = std::min(estimate, static_cast<double>(*plan.scan_limit));
      plan.estimated_rows = std::ceil(estimate);
      return;
    }
    case PlanKind::Values:
      plan.estimated_rows = static_cast<double>(plan.rows.size());
      return;
    case PlanKind::Filter:
      if (input) plan.estimated_rows = std::ceil(*input * 0.3);
      return;
    case PlanKind::Aggregate:
      if (plan.groups.empty()) {
        plan.estimated_rows = 1;
      } else if (input) {
        plan.estimated_rows = std::ceil(std::min(*input, std::pow(*input, 0.75)));
      }
      return;
    case PlanKind::TopN:
    case PlanKind::Limit:
      plan.estimated_rows = input;
      if (input && plan.limit) {
        plan.estimated_rows = std::min(*input, static_cast<double>(*plan.limit));
      }
      return;
    default:
      plan.estimated_rows = input;
  }
}

}  // namespace whittle::rules
