#include <algorithm>

#include "plan/optimizer/rules.hpp"
#include "plan/type_rules.hpp"

namespace whittle::rules {

namespace {

bool is_true(const Expression& expression) {
  return expression.is_constant() && !expression.constant.is_null() &&
         expression.constant.as_boolean();
}
bool is_false(const Expression& expression) {
  return expression.is_constant() && !expression.constant.is_null() &&
         !expression.constant.as_boolean();
}

// NOT of what has an exact opposite in three-valued logic; false: leave the NOT.
bool negate_in_place(Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::Comparison:
      expression.comparison = negate(expression.comparison);
      return true;
    case ExpressionKind::IsNull:
      expression.kind = ExpressionKind::IsNotNull;
      return true;
    case ExpressionKind::IsNotNull:
      expression.kind = ExpressionKind::IsNull;
      return true;
    case ExpressionKind::In:
      expression.negated = !expression.negated;
      return true;
    case ExpressionKind::And:
    case ExpressionKind::Or:
      // De Morgan; the operands' evaluation order, and so which may fail, stays.
      expression.kind =
          expression.kind == ExpressionKind::And ? ExpressionKind::Or : ExpressionKind::And;
      for (ExpressionPtr& child : expression.children) {
        if (child->kind == ExpressionKind::Not) {
          ExpressionPtr inner = std::move(child->children[0]);
          child = std::move(inner);
        } else if (!negate_in_place(*child)) {
          child = make_unary(ExpressionKind::Not, std::move(child));
        }
      }
      return true;
    default:
      return false;
  }
}

// `CAST(x AS wide) < constant`: where the constant is a value of x's own type, the cast is not
// needed, and the file's statistics can be asked. Where it is none, the comparison stays as it is.
void unwrap_cast(Expression& comparison, const BindContext& context) {
  Expression& left = *comparison.children[0];
  const Expression& right = *comparison.children[1];
  if (left.kind != ExpressionKind::Cast || left.try_cast || !right.is_constant()) return;
  const Type& from = left.children[0]->type;
  if (right.constant.is_null() || !cast_keeps_order(from, left.type) || !context.fold) return;
  Result<Value> narrow =
      context.fold(*make_cast(make_constant(right.constant), from, true), context.budget);
  if (!narrow || narrow->is_null()) return;
  Result<Value> back =
      context.fold(*make_cast(make_constant(*narrow), left.type, true), context.budget);
  if (!back || back->is_null() || !(*back == right.constant)) return;
  ExpressionPtr column = std::move(left.children[0]);
  comparison.children[0] = std::move(column);
  comparison.children[1] = make_constant(std::move(*narrow));
}

void simplify_comparison(Expression& expression, const BindContext& context) {
  if (expression.children[0]->is_constant() && !expression.children[1]->is_constant()) {
    std::swap(expression.children[0], expression.children[1]);
    expression.comparison = flip(expression.comparison);
  }
  unwrap_cast(expression, context);
}

// AND without TRUE, OR without FALSE, each operand once; FALSE AND x is FALSE (a failing x after it
// would not have been evaluated either).
void simplify_conjunction(ExpressionPtr& expression) {
  const bool is_and = expression->kind == ExpressionKind::And;
  std::vector<ExpressionPtr> kept;
  const auto neutral = [&](const Expression& child) {
    return is_and ? is_true(child) : is_false(child);
  };
  const auto decides = [&](const Expression& child) {
    return is_and ? is_false(child) : is_true(child);
  };
  const auto add = [&](ExpressionPtr child) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const ExpressionPtr& other) {
      return other->equals(*child);
    });
    if (!known && !neutral(*child)) kept.push_back(std::move(child));
  };
  for (ExpressionPtr& child : expression->children) {
    if (child->kind == expression->kind) {
      for (ExpressionPtr& inner : child->children) add(std::move(inner));
    } else {
      add(std::move(child));
    }
    if (!kept.empty() && decides(*kept.back())) {
      ExpressionPtr last = std::move(kept.back());
      if (kept.size() == 1) {
        expression = std::move(last);
        return;
      }
      kept.back() = std::move(last);
      break;
    }
  }
  if (kept.empty()) {
    expression = make_constant(Value::boolean(is_and));
  } else if (kept.size() == 1) {
    ExpressionPtr only = std::move(kept[0]);
    expression = std::move(only);
  } else {
    expression->children = std::move(kept);
  }
}

}  // namespace

void simplify(ExpressionPtr& expression, const BindContext& context) {
  if (expression->kind == ExpressionKind::Not) {
    Expression& operand = *expression->children[0];
    if (operand.kind == ExpressionKind::Not) {
      ExpressionPtr inner = std::move(operand.children[0]);
      expression = std::move(inner);
      return simplify(expression, context);
    }
    if (negate_in_place(operand)) {
      ExpressionPtr inner = std::move(expression->children[0]);
      expression = std::move(inner);
    }
  }
  const size_t first = expression->kind == ExpressionKind::Lambda ? 1 : 0;
  for (size_t i = first; i < expression->children.size(); ++i)
    simplify(expression->children[i], context);
  if (expression->kind == ExpressionKind::Comparison) simplify_comparison(*expression, context);
  if (expression->kind == ExpressionKind::And || expression->kind == ExpressionKind::Or) {
    simplify_conjunction(expression);
  }
  // x IN (a) is x = a.
  if (expression->kind == ExpressionKind::In && expression->children.size() == 2) {
    auto& children = expression->children;
    const auto op = expression->negated ? ComparisonOperator::NotEqual : ComparisonOperator::Equal;
    expression = make_comparison(op, std::move(children[0]), std::move(children[1]));
  }
}

void simplify(PlanNode& plan, const BindContext& context) {
  for_each_expression(plan, [&](ExpressionPtr& expression) { simplify(expression, context); });
  for (PlanPtr& child : plan.children) simplify(*child, context);
}

}  // namespace whittle::rules
