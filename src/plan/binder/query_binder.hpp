// QueryBinder: binds queries (SELECT, VALUES) and what stands after FROM. Holds the CTEs in scope;
// each use of a CTE binds it anew (they are inlined).
#pragma once

#include <string>
#include <vector>

#include "plan/binder/expression_binder.hpp"
#include "plan/logical_plan.hpp"
#include "sql/statement.hpp"

namespace whittle {

/// One select item after stars were expanded.
struct OutputItem {
  const sql::Expression* value;
  std::string name;
  bool has_alias = false;
};

class QueryBinder {
 public:
  explicit QueryBinder(const BindContext& context) : context_(context) {}
  Result<PlanPtr> bind(const sql::Query& query);

 private:
  struct CommonTable {
    const sql::CommonTable* definition;
    size_t visible;  // how many CTEs it may see itself
  };
  /// A SELECT on its way: clauses are bound in turn.
  struct SelectState;

  // bind_table.cpp
  Result<PlanPtr> bind_from(const sql::Select& select, Scope& scope);
  Result<PlanPtr> bind_reference(const sql::TableReference& reference, Scope& scope);
  Result<PlanPtr> bind_table(const sql::TableName& table, std::string& alias);
  Result<PlanPtr> bind_common_table(size_t index);
  Result<PlanPtr> bind_scan(const sql::TableReference& reference, std::string_view name);

  // bind_select.cpp
  Result<PlanPtr> bind_select(const sql::Select& select);
  Status bind_groups(SelectState& state);
  Result<ExpressionPtr> bind_group(SelectState& state, const sql::Expression& expression);
  Status bind_order(SelectState& state);
  Status add_aggregate(SelectState& state);
  PlanPtr finish(SelectState& state);

  // bind_tail.cpp
  Result<PlanPtr> bind_values(const sql::Values& values);
  Status bind_limit(const sql::Query& query, PlanPtr& plan);
  /// ORDER BY over a plan's own output: VALUES, later set operations.
  Status order_by_output(const sql::Query& query, PlanPtr& plan);
  SortKey sort_key(const sql::OrderItem& item, ExpressionPtr expression) const;

  // bind_star.cpp
  Result<std::vector<OutputItem>> expand_items(const sql::Select& select, const Scope& scope);
  Status expand_star(const sql::Star& star, const Scope& scope, std::vector<OutputItem>& items);
  Result<std::vector<uint32_t>> matching_columns(const sql::Star& star, const Scope& scope);
  Result<std::vector<uint32_t>> columns_argument(const sql::Star& star, const Scope& scope);
  Status expand_columns(const sql::SelectItem& item, const Scope& scope,
                        std::vector<OutputItem>& items);
  Status unpack_columns(sql::Expression& expression, const Scope& scope);

  const BindContext& context_;
  std::vector<CommonTable> common_tables_;
  std::vector<sql::ExpressionPtr> owned_;  // trees that expansion made
  size_t visible_ = 0;
  uint32_t depth_ = 0;
  uint32_t queries_ = 0;
};

}  // namespace whittle
