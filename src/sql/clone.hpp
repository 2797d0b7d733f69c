// Deep copies and walks of trees, for the binder: an alias used twice is bound from two copies.
#pragma once

#include <functional>

#include "sql/statement.hpp"

namespace whittle::sql {

ExpressionPtr clone(const Expression& expression);
QueryPtr clone(const Query& query);
TableReferencePtr clone(const TableReference& table);
ExpressionList clone(const ExpressionList& list);
std::vector<OrderItem> clone(const std::vector<OrderItem>& items);
WindowSpecification clone(const WindowSpecification& window);

/// Calls `visit` with each direct child expression (also those in ORDER BY, FILTER and OVER); null
/// children are left out, and queries are not entered.
void for_each_child(Expression& expression, const std::function<void(ExpressionPtr&)>& visit);

}  // namespace whittle::sql
