#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

namespace {

bool is_foldable_kind(ExpressionKind kind) {
  return kind != ExpressionKind::Constant && kind != ExpressionKind::Column &&
         kind != ExpressionKind::Parameter && kind != ExpressionKind::Lambda;
}

// IN's set keeps its form: only its value can be more than a constant.
bool has_only_constants(const Expression& expression) {
  for (const ExpressionPtr& child : expression.children) {
    const bool lambda = child->kind == ExpressionKind::Lambda && child->children.size() == 1;
    if (!child->is_constant() && !lambda) return false;
  }
  return true;
}

void replace_by(ExpressionPtr& expression, Value value) {
  ExpressionPtr constant = make_constant(std::move(value));
  constant->type = expression->type;
  constant->position = expression->position;
  expression = std::move(constant);
}

// A branch of CASE whose condition is known is taken or dropped.
void fold_case(ExpressionPtr& expression) {
  auto& children = expression->children;
  std::vector<ExpressionPtr> kept;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    if (!children[i]->is_constant()) {
      kept.push_back(std::move(children[i]));
      kept.push_back(std::move(children[i + 1]));
      continue;
    }
    const Value& condition = children[i]->constant;
    if (condition.is_null() || !condition.as_boolean()) continue;
    children.back() = std::move(children[i + 1]);
    break;
  }
  kept.push_back(std::move(children.back()));
  if (kept.size() == 1) {
    ExpressionPtr only = std::move(kept[0]);
    expression = std::move(only);
    return;
  }
  children = std::move(kept);
}

}  // namespace

void fold_constants(ExpressionPtr& expression, const BindContext& context) {
  const size_t first = expression->kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression->children.size(); ++i) {
    fold_constants(expression->children[i], context);
  }
  if (expression->kind == ExpressionKind::Case) return fold_case(expression);
  if (!is_foldable_kind(expression->kind)) return;
  if (expression->kind == ExpressionKind::Call &&
      !(expression->flags & (kSpecialNulls | kVolatile))) {
    for (const ExpressionPtr& child : expression->children) {
      if (!child->is_constant() || !child->constant.is_null()) continue;
      return replace_by(expression, Value::null(expression->type));
    }
  }
  if (!context.fold || !has_only_constants(*expression) || !expression->is_deterministic()) return;
  Result<Value> value = context.fold(*expression, context.budget);
  if (value) replace_by(expression, std::move(*value));
}

void fold_constants(PlanNode& plan, const BindContext& context) {
  // A list to unnest is computed when it runs, within the budget: unnest(range(1000000)).
  const bool lists = plan.kind == PlanKind::Unnest;
  for_each_expression(plan, [&](ExpressionPtr& expression) {
    if (!lists || expression->function == "list_value") fold_constants(expression, context);
  });
  for (PlanPtr& child : plan.children) fold_constants(*child, context);
}

}  // namespace whittle::rules
