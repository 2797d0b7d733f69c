// The logical plan: what to compute, as a tree of PlanNodes. The binder makes it, optimizer rules
// rewrite it, EXPLAIN prints it, exec/ turns it into pipelines. Joins, windows and set operations
// become further kinds.
//
// Expressions of a node refer to the columns of its child's `output` by position (Join: left then
// right).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "columnar/schema.hpp"
#include "plan/expression.hpp"
#include "plan/table.hpp"

namespace whittle {

enum class PlanKind : uint8_t {
  Scan,    // a Table, with the columns to read and what the filters let it skip
  Values,  // constant expressions, row by row
  Filter,
  Project,
  Aggregate,  // output: groups, then aggregates
  Distinct,   // ON keys or all columns
  Sort,
  TopN,  // Sort + Limit
  Limit,
  Unpivot,  // each row of n × k columns becomes n rows of k columns (SUMMARIZE)
  Unnest,   // each row becomes as many as its longest list has elements
  // Join, Window, SetOperation, RecursiveQuery: their room is here.
};

/// Names of fields inside a STRUCT: {{"a"}, {"b", "c"}}.
using FieldPaths = std::vector<std::vector<std::string>>;

struct SortKey {
  ExpressionPtr expression;
  bool descending = false;
  bool nulls_first = false;
};

struct PlanNode {
  PlanKind kind;
  Schema output;
  std::vector<std::unique_ptr<PlanNode>> children;
  /// Rows expected, a guess of the optimizer; for EXPLAIN and for choosing strategies.
  std::optional<double> estimated_rows;

  // Scan
  TableRef table;
  std::vector<uint32_t> columns;  // of the table, in output order. Unnest: of the child
  /// Per output column, when not empty: the fields that are used of a STRUCT, none meaning all. The
  /// others may read as NULL; the type stays.
  std::vector<FieldPaths> column_fields;
  std::vector<ExpressionPtr> filters;  // conjuncts over `output` evaluated by the scan itself (late
                                       // materialization) after skipping; all of them are exact
  std::vector<uint32_t> filter_only;   // output columns that nothing above the scan uses
  std::optional<uint64_t> scan_limit;  // stop after this many rows, in file order
  /// The top-N above: the scan drops what cannot beat the present threshold. Output column or none.
  struct TopNHint {
    uint32_t column;
    bool descending, nulls_first;
  };
  std::optional<TopNHint> top_n;

  // Values: rows × columns
  std::vector<std::vector<ExpressionPtr>> rows;
  // Filter: conjuncts. Project: one per output column. Distinct: ON keys (empty: all columns).
  std::vector<ExpressionPtr> expressions;
  // Aggregate
  std::vector<ExpressionPtr> groups;
  std::vector<AggregateCall> aggregates;
  /// Grouping sets as bit masks over `groups`; empty: the one set of all.
  std::vector<uint64_t> grouping_sets;
  // Sort, TopN, and Distinct ON (which row of a group wins)
  std::vector<SortKey> sort_keys;
  // Limit, TopN. Constants; percent: `limit` is of 100 and needs the row count.
  std::optional<uint64_t> limit;
  uint64_t offset = 0;
  std::optional<double> limit_percent;
  std::vector<uint32_t> late_columns;  // TopN, for EXPLAIN: read only for the rows that won

  // Unpivot: k. Output row r, column c is input column r × k + c.
  uint32_t unpivot_width = 0;

  /// Unnest: `expressions` are lists over the child's columns; the output is `columns` of the
  /// child, then one element of each list, NULL where a list is shorter than the row's longest. A
  /// row without elements gives none, or with `keep_empty` one with NULLs.
  bool keep_empty = false;

  explicit PlanNode(PlanKind kind) : kind(kind) {}
};
using PlanPtr = std::unique_ptr<PlanNode>;

PlanPtr make_node(PlanKind kind, PlanPtr child = nullptr);

/// The tree as EXPLAIN prints it: one node a line, children indented, with filters, columns and
/// estimates.
std::string explain(const PlanNode& plan);

}  // namespace whittle
