#include "plan/optimizer/rules.hpp"

namespace whittle::rules {

void for_each_expression(PlanNode& node, const std::function<void(ExpressionPtr&)>& visit) {
  for (ExpressionPtr& filter : node.filters) visit(filter);
  for (auto& row : node.rows) {
    for (ExpressionPtr& cell : row) visit(cell);
  }
  for (ExpressionPtr& expression : node.expressions) visit(expression);
  for (ExpressionPtr& group : node.groups) visit(group);
  for (AggregateCall& aggregate : node.aggregates) {
    for (ExpressionPtr& argument : aggregate.arguments) visit(argument);
    if (aggregate.filter) visit(aggregate.filter);
    for (auto& order : aggregate.order_by) visit(order.key);
  }
  for (SortKey& key : node.sort_keys) visit(key.expression);
}

void substitute(ExpressionPtr& expression, const std::vector<ExpressionPtr>& replacements) {
  for_each_column(expression, [&](ExpressionPtr& column) {
    const SourcePosition position = column->position;
    column = replacements[column->index]->clone();
    if (position.line) column->position = position;
  });
}

void remap(ExpressionPtr& expression, const std::vector<uint32_t>& map) {
  for_each_column(expression, [&](ExpressionPtr& column) { column->index = map[column->index]; });
}

void mark_columns(const Expression& expression, std::vector<bool>& used) {
  for_each_column(expression, [&](const Expression& column) { used[column.index] = true; });
}

}  // namespace whittle::rules
