// Deep copies of trees, for the binder: an alias used twice is bound from two copies.
#pragma once

#include "sql/statement.hpp"

namespace whittle::sql {

ExpressionPtr clone(const Expression& expression);
QueryPtr clone(const Query& query);
TableReferencePtr clone(const TableReference& table);
/// Null stays null.
ExpressionPtr clone(const ExpressionPtr& expression);
QueryPtr clone(const QueryPtr& query);
ExpressionList clone(const ExpressionList& list);
std::vector<OrderItem> clone(const std::vector<OrderItem>& items);
std::vector<SelectItem> clone(const std::vector<SelectItem>& items);
WindowSpecification clone(const WindowSpecification& window);
/// Statements of which a copy is ever needed: SELECT, DESCRIBE, SUMMARIZE and SHOW; null for the
/// others.
StatementPtr clone(const Statement& statement);

}  // namespace whittle::sql
