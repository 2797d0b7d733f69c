// Walks: the direct children of expressions, queries and table references, for whoever recurses
// over trees.
#pragma once

#include <functional>

#include "sql/statement.hpp"

namespace whittle::sql {

using ExpressionVisitor = std::function<void(ExpressionPtr&)>;
using QueryVisitor = std::function<void(QueryPtr&)>;
using TableVisitor = std::function<void(TableReferencePtr&)>;

/// Calls `visit` with each direct child expression (also those in ORDER BY, FILTER and OVER). Null
/// children are left out, and queries are not entered; `visit` may replace the child.
void for_each_child(Expression& expression, const ExpressionVisitor& visit);
/// The queries directly inside an expression (IN, EXISTS, scalar subqueries).
void for_each_query(Expression& expression, const QueryVisitor& visit);

/// What a query is directly made of: its expressions, its queries (WITH, set operations) and its
/// tables.
void for_each_child(Query& query, const ExpressionVisitor& visit, const QueryVisitor& visit_query,
                    const TableVisitor& visit_table);
void for_each_child(TableReference& table, const ExpressionVisitor& visit,
                    const QueryVisitor& visit_query, const TableVisitor& visit_table);

}  // namespace whittle::sql
