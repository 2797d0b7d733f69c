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

  /// One of the columns that a star stands for.
  struct StarColumn {
    std::vector<std::string> parts;  // how to refer to it
    std::string name;
    std::string table;
    const sql::Expression* replacement = nullptr;
  };

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
  /// `reference` beside `left`: a function over the columns of what stands before it.
  Result<PlanPtr> bind_beside(PlanPtr left, const sql::TableReference& reference, Scope& scope,
                              bool keep_empty);
  Result<PlanPtr> bind_select_beside(PlanPtr left, const sql::TableReference& reference,
                                     const sql::Select& select, Scope& scope);
  Result<PlanPtr> bind_join(const sql::Join& join, Scope& scope);
  Result<PlanPtr> bind_sample(const sql::SampleClause& sample, PlanPtr plan);
  Status name_columns(const sql::TableReference& reference, std::string_view alias, Schema& names);
  Result<PlanPtr> bind_table(const sql::TableName& table, std::string& alias);
  Result<PlanPtr> bind_common_table(size_t index);
  Result<PlanPtr> bind_scan(const sql::TableReference& reference, std::string_view name);

  // bind_select.cpp
  Result<PlanPtr> bind_select(const sql::Select& select);
  Status bind_groups(SelectState& state);
  Result<ExpressionPtr> bind_group(SelectState& state, const sql::Expression& expression);
  Status bind_order(SelectState& state);
  Status add_aggregate(SelectState& state);
  Result<std::vector<CollatedGroup>> collate_groups(SelectState& state);
  Status bind_outputs(SelectState& state);
  PlanPtr finish(SelectState& state);

  // bind_tail.cpp
  Result<PlanPtr> bind_values(const sql::Values& values);
  Status bind_limit(const sql::Query& query, PlanPtr& plan);
  /// ORDER BY over a plan's own output: VALUES, later set operations.
  Status order_by_output(const sql::Query& query, PlanPtr& plan);
  Result<SortKey> sort_key(const sql::OrderItem& item, ExpressionPtr expression) const;

  // bind_star.cpp
  Result<std::vector<OutputItem>> expand_items(const sql::Select& select, const Scope& scope);
  Status expand_star(const sql::Star& star, const Scope& scope, std::vector<OutputItem>& items);
  Result<std::vector<StarColumn>> star_columns(const sql::Star& star, const Scope& scope);
  Result<std::vector<StarColumn>> matching_columns(const sql::Star& star, const Scope& scope);
  Result<std::vector<StarColumn>> columns_argument(const sql::Star& star,
                                                   std::vector<StarColumn> columns);
  Result<std::string> columns_alias(const std::string& alias, const sql::Star& star,
                                    const StarColumn& column);
  Result<std::vector<OutputItem>> expand_columns(const sql::Expression& value,
                                                 const std::string& alias, const Scope& scope);
  /// A condition without COLUMNS(…); made anew where there were some.
  Result<const sql::Expression*> expand_condition(const sql::Expression& condition,
                                                  const Scope& scope);
  Status unpack_columns(sql::Expression& expression, const Scope& scope);

  const BindContext& context_;
  std::vector<CommonTable> common_tables_;
  std::vector<sql::ExpressionPtr> owned_;  // trees that expansion made
  size_t visible_ = 0;
  uint32_t depth_ = 0;
  uint32_t queries_ = 0;
};

}  // namespace whittle
