// Comparisons, BETWEEN, IN, LIKE and CASE.
#include "plan/binder/expression_binder.hpp"

namespace whittle {

Result<ExpressionPtr> ExpressionBinder::compare(ComparisonOperator op, ExpressionPtr left,
                                                ExpressionPtr right, SourcePosition position) {
  const bool equality = op == ComparisonOperator::Equal || op == ComparisonOperator::NotEqual ||
                        op == ComparisonOperator::DistinctFrom ||
                        op == ComparisonOperator::NotDistinctFrom;
  const auto type = comparison_type(Operand(*left), Operand(*right), equality);
  if (!type) {
    return bind_error(position, "Cannot compare values of type " + left->type.to_string() +
                                    " and type " + right->type.to_string() +
                                    " - an explicit cast is required");
  }
  left = TRY(cast(std::move(left), *type));
  right = TRY(cast(std::move(right), *type));
  ExpressionPtr comparison = make_comparison(op, std::move(left), std::move(right));
  comparison->position = position;
  return comparison;
}

Result<ExpressionPtr> ExpressionBinder::bind_between(const sql::Between& between) {
  ExpressionPtr value = TRY(bind(*between.value));
  ExpressionPtr low = TRY(bind(*between.low))
  , high = TRY(bind(*between.high));
  std::vector<ExpressionPtr> sides;
  sides.push_back(TRY(
      compare(ComparisonOperator::GreaterEqual, value->clone(), std::move(low), between.position)));
  sides.push_back(TRY(
      compare(ComparisonOperator::LessEqual, std::move(value), std::move(high), between.position)));
  return make_and(std::move(sides));
}

Result<ExpressionPtr> ExpressionBinder::bind_in(const sql::In& in) {
  if (in.subquery) return unsupported(in.position, "subqueries in expressions are");
  ExpressionPtr value = TRY(bind(*in.value));
  if (in.container) {
    ExpressionPtr container = TRY(bind(*in.container));
    const bool is_map = container->type.id() == TypeId::Map;
    ExpressionPtr found = TRY(call_function(is_map ? "map_contains" : "list_contains",
                                            std::move(container), std::move(value), in.position));
    return in.negated ? make_unary(ExpressionKind::Not, std::move(found)) : std::move(found);
  }
  std::vector<ExpressionPtr> items = TRY(bind_list(in.list));
  Operand sum(*value);
  for (const ExpressionPtr& item : items) {
    const auto type = comparison_type(sum, Operand(*item), true);
    if (!type) {
      return bind_error(item->position, "Cannot compare values of type " + sum.type.to_string() +
                                            " and type " + item->type.to_string() +
                                            " in IN/ANY/ALL clause - an explicit cast is required");
    }
    if (!(*type == sum.type)) sum = Operand(*type);
  }
  value = TRY(cast(std::move(value), sum.type));
  bool constants = true;
  for (ExpressionPtr& item : items) {
    item = TRY(cast(std::move(item), sum.type));
    if (auto folded = fold(*item)) item = make_constant(std::move(*folded));
    constants = constants && item->is_constant();
  }
  if (constants) {
    auto set = std::make_unique<Expression>(ExpressionKind::In, TypeId::Boolean);
    set->negated = in.negated;
    set->children.push_back(std::move(value));
    for (ExpressionPtr& item : items) set->children.push_back(std::move(item));
    return set;
  }
  auto either = std::make_unique<Expression>(ExpressionKind::Or, TypeId::Boolean);
  for (ExpressionPtr& item : items) {
    either->children.push_back(
        make_comparison(ComparisonOperator::Equal, value->clone(), std::move(item)));
  }
  ExpressionPtr result = either->children.size() == 1 ? std::move(either->children[0])
                                                      : ExpressionPtr(std::move(either));
  return in.negated ? make_unary(ExpressionKind::Not, std::move(result)) : std::move(result);
}

Result<ExpressionPtr> ExpressionBinder::bind_like(const sql::Like& like) {
  const std::string_view name = like.like == sql::LikeKind::Like    ? "~~"
                                : like.like == sql::LikeKind::ILike ? "~~*"
                                                                    : "~~~";
  ExpressionPtr match =
      TRY(call_function(name, TRY(bind(*like.value)), TRY(bind(*like.pattern)), like.position));
  return like.negated ? make_unary(ExpressionKind::Not, std::move(match)) : std::move(match);
}

Result<ExpressionPtr> ExpressionBinder::bind_case(const sql::Case& expression) {
  auto node = std::make_unique<Expression>(ExpressionKind::Case, TypeId::Null);
  ExpressionPtr operand;
  if (expression.operand) operand = TRY(bind(*expression.operand));
  for (const sql::CaseBranch& branch : expression.branches) {
    if (operand) {
      node->children.push_back(TRY(compare(ComparisonOperator::Equal, operand->clone(),
                                           TRY(bind(*branch.when)), branch.when->position)));
    } else {
      node->children.push_back(TRY(bind_condition(*branch.when)));
    }
    node->children.push_back(TRY(bind(*branch.then)));
  }
  node->children.push_back(expression.otherwise ? TRY(bind(*expression.otherwise))
                                                : make_constant(Value()));
  // DuckDB starts with ELSE, so `CASE WHEN x THEN 'a' ELSE 1 END` reads 'a' as a number.
  std::vector<ExpressionPtr*> results = {&node->children.back()};
  for (size_t i = 1; i < node->children.size(); i += 2) results.push_back(&node->children[i]);
  node->type = TRY(unify(results, "CASE expression"));
  return node;
}

}  // namespace whittle
