#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

bool is_identity(const PlanNode& project) {
  if (project.expressions.size() != project.children[0]->output.size()) return false;
  for (uint32_t i = 0; i < project.expressions.size(); ++i) {
    const Expression& expression = *project.expressions[i];
    if (expression.kind != ExpressionKind::Column || expression.index != i) return false;
  }
  return true;
}

// Each column of the inner Project that is more than a column is used at most once by the outer.
bool uses_each_once(const PlanNode& outer, const PlanNode& inner) {
  std::vector<uint32_t> uses(inner.expressions.size(), 0);
  for (const ExpressionPtr& expression : outer.expressions) {
    for_each_column(*expression, [&](const Expression& column) { ++uses[column.index]; });
  }
  for (size_t i = 0; i < uses.size(); ++i) {
    const ExpressionKind kind = inner.expressions[i]->kind;
    const bool trivial = kind == ExpressionKind::Column || kind == ExpressionKind::Constant;
    if (!inner.expressions[i]->is_deterministic()) return false;
    if (!trivial && uses[i] > 1) return false;
  }
  return true;
}

}  // namespace

void merge_projects(PlanPtr& plan) {
  for (PlanPtr& child : plan->children) merge_projects(child);
  if (plan->kind != PlanKind::Project) return;
  PlanNode& child = *plan->children[0];
  if (child.kind == PlanKind::Project && uses_each_once(*plan, child)) {
    for (ExpressionPtr& expression : plan->expressions) substitute(expression, child.expressions);
    PlanPtr grandchild = std::move(child.children[0]);
    plan->children[0] = std::move(grandchild);
    return merge_projects(plan);
  }
  if (child.kind == PlanKind::Values && child.rows.size() == 1) {
    PlanPtr values = std::move(plan->children[0]);
    for (ExpressionPtr& expression : plan->expressions) substitute(expression, values->rows[0]);
    values->rows[0] = std::move(plan->expressions);
    values->output = std::move(plan->output);
    plan = std::move(values);
    return;
  }
  if (is_identity(*plan)) {
    PlanPtr only = std::move(plan->children[0]);
    only->output = std::move(plan->output);  // with the Project's names
    plan = std::move(only);
  }
}

}  // namespace whittle::rules
