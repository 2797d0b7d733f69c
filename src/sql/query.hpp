// Queries and table references: SELECT, VALUES, set operations and what stands after FROM.
// Ownership and rules: see syntax_tree.hpp.
#pragma once

#include "sql/syntax_tree.hpp"

namespace whittle::sql {

struct TableReference;
struct Statement;
using TableReferencePtr = std::unique_ptr<TableReference>;

// ---- queries
// ------------------------------------------------------------------------------------------

enum class Materialization : uint8_t { Unstated, Always, Never };
/// `name(columns) AS MATERIALIZED (query)`
struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::string> using_key;  // recursive CTEs with USING KEY (…)
  Materialization materialization = Materialization::Unstated;
  QueryPtr query;
  SourcePosition position;
};
struct WithClause {
  bool recursive = false;
  std::vector<CommonTable> tables;
};

struct LimitClause {
  ExpressionPtr limit, offset;  // each may be null
  bool percent = false;         // LIMIT 10% or LIMIT 10 PERCENT
  bool all = false;             // LIMIT ALL: no limit
};

enum class SampleMethod : uint8_t { Unstated, System, Bernoulli, Reservoir };
/// TABLESAMPLE 10% / USING SAMPLE 100 ROWS / … REPEATABLE (42)
struct SampleClause {
  SampleMethod method = SampleMethod::Unstated;
  double size = 0;
  bool percent = false;  // else rows
  bool has_seed = false;
  int64_t seed = 0;
  SourcePosition position;
};

enum class QueryKind : uint8_t { Select, Values, SetOperation };

/// What all queries share: WITH in front; ORDER BY and LIMIT behind.
struct Query {
  QueryKind kind;
  uint16_t depth = 1;
  SourcePosition position;
  WithClause with;
  std::vector<OrderItem> order_by;
  bool order_by_all =
      false;  // ORDER BY ALL: order_by has one item whose value is null, with its direction
  LimitClause limit;

  Query(const Query&) = delete;
  virtual ~Query() = default;

 protected:
  Query(QueryKind kind) : kind(kind) {}
};

template <QueryKind k>
struct QueryOf : Query {
  static constexpr QueryKind kKind = k;
  QueryOf() : Query(k) {}
};

// ---- table references
// ---------------------------------------------------------------------------------

enum class TableReferenceKind : uint8_t { Table, Function, Subquery, Join, Describe };

struct TableReference {
  TableReferenceKind kind;
  uint16_t depth = 1;
  SourcePosition position;
  std::string alias;                        // empty: none
  std::vector<std::string> column_aliases;  // t(a, b)
  std::unique_ptr<SampleClause> sample;

  TableReference(const TableReference&) = delete;
  virtual ~TableReference() = default;

 protected:
  TableReference(TableReferenceKind kind) : kind(kind) {}
};

template <TableReferenceKind k>
struct TableReferenceOf : TableReference {
  static constexpr TableReferenceKind kKind = k;
  TableReferenceOf() : TableReference(k) {}
};

/// `t`, `s.t`, or 'file.parquet' (also "file.parquet"): a name that no table has may be a file.
struct TableName : TableReferenceOf<TableReferenceKind::Table> {
  QualifiedName name;
  bool is_file = false;  // written as a string literal
};
/// `f(x, k = v)`; named parameters are NamedArgument in the call's arguments.
struct TableFunction : TableReferenceOf<TableReferenceKind::Function> {
  std::unique_ptr<FunctionCall> call;
  bool with_ordinality = false;
  bool lateral = false;
};
/// `(SELECT …) t`, `(VALUES …) t(a)`, `VALUES (1) t`, LATERAL (SELECT …)
struct DerivedTable : TableReferenceOf<TableReferenceKind::Subquery> {
  QueryPtr query;
  bool lateral = false;
};
/// `(DESCRIBE t)`, `(SUMMARIZE t)`, `(SHOW TABLES)` in FROM.
struct DescribedTable : TableReferenceOf<TableReferenceKind::Describe> {
  std::unique_ptr<Statement> statement;
  DescribedTable();
  ~DescribedTable() override;
};

enum class JoinKind : uint8_t { Inner, Left, Right, Full, Cross, Semi, Anti, Positional };
struct Join : TableReferenceOf<TableReferenceKind::Join> {
  JoinKind join = JoinKind::Inner;
  bool natural = false;
  bool asof = false;
  TableReferencePtr left, right;
  ExpressionPtr on;                        // null without ON
  std::vector<std::string> using_columns;  // empty without USING
};

// ---- the kinds of queries ---------------------------------------------------------------------

struct SelectItem {
  ExpressionPtr value;
  std::string alias;  // empty: none
};

/// One grouping set is a list of indexes into GroupBy::expressions.
using GroupingSet = std::vector<uint32_t>;
struct GroupBy {
  bool all = false;            // GROUP BY ALL (or GROUP BY *)
  ExpressionList expressions;  // positions come as integer literals
  /// Filled where GROUPING SETS, ROLLUP or CUBE was written, expanded to the plain sets; `GROUP BY
  /// a, ROLLUP (b)` is the product. Empty: one set, all of `expressions`.
  std::vector<GroupingSet> sets;
};

enum class DistinctKind : uint8_t { None, Distinct, On };

struct NamedWindow {
  std::string name;
  WindowSpecification specification;
};

struct Select : QueryOf<QueryKind::Select> {
  DistinctKind distinct = DistinctKind::None;
  ExpressionList distinct_on;
  std::vector<SelectItem> items;        // `FROM t` alone has one item: *
  std::vector<TableReferencePtr> from;  // what commas separate; empty: one row of nothing
  ExpressionPtr where;
  GroupBy group_by;
  ExpressionPtr having;
  std::vector<NamedWindow> windows;
  ExpressionPtr qualify;
  std::unique_ptr<SampleClause> sample;
};

/// VALUES (1, 2), (3, 4): all rows equally long (the parser has checked).
struct Values : QueryOf<QueryKind::Values> {
  std::vector<ExpressionList> rows;
};

enum class SetOperationKind : uint8_t { Union, Intersect, Except };
struct SetOperation : QueryOf<QueryKind::SetOperation> {
  SetOperationKind operation = SetOperationKind::Union;
  bool all = false;
  bool by_name = false;
  QueryPtr left, right;
};

}  // namespace whittle::sql
