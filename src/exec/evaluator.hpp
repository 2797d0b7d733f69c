// ExpressionEvaluator: runs bound expressions over batches.
//
// A result column is aligned with the batch: row i of the result belongs to row i of the batch, and
// only selected rows are computed. AND, OR, CASE and COALESCE narrow the selection for their later
// operands, so `x <> 0 AND 1 / x > 2` never divides by zero.
//
// Dictionaries: a deterministic expression over one Dictionary column (and constants) is evaluated
// once per entry and the result is a Dictionary column with the same codes; the entry results are
// cached per node for as long as batches bring the same dictionary.
//
// One evaluator per worker and expression list (it holds caches): not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "columnar/column.hpp"
#include "plan/expression.hpp"

namespace whittle {

class ExpressionEvaluator {
 public:
  ExpressionEvaluator(MemoryBudget& budget, const CancellationToken* cancellation);
  ~ExpressionEvaluator();
  ExpressionEvaluator(const ExpressionEvaluator&) = delete;

  /// `columns` all have `length` rows. `expression` must live as long as the evaluator (caches key
  /// on it).
  Result<Column> evaluate(const Expression& expression, std::span<const Column> columns,
                          uint32_t length, const Selection& rows);
  Result<Column> evaluate(const Expression& expression, const Batch& batch) {
    return evaluate(expression, batch.columns, batch.length, batch.selection);
  }
  /// The rows of `rows` where the BOOLEAN expression is true (neither false nor NULL).
  Result<Selection> filter(const Expression& expression, std::span<const Column> columns,
                           uint32_t length, const Selection& rows);

 private:
  struct Caches;
  /// The result as a Dictionary column, when computing once per entry pays; else nothing.
  Result<std::optional<Column>> over_dictionary(const Expression& expression,
                                                std::span<const Column> columns, uint32_t length,
                                                const Selection& rows);
  Result<Column> compute(const Expression& expression, std::span<const Column> columns,
                         uint32_t length, const Selection& rows);
  Result<Column> call(const Expression& expression, std::span<const Column> columns,
                      uint32_t length, const Selection& rows);
  MemoryBudget& budget_;
  const CancellationToken* cancellation_;
  std::unique_ptr<Caches> caches_;
};

/// Folds an expression without Column or Parameter nodes.
Result<Value> evaluate_constant(const Expression& expression, MemoryBudget& budget);

/// Casts a column; `strict` false: NULL where a value does not convert (TRY_CAST).
Result<Column> cast_column(const Column& column, const Type& target, const Selection& rows,
                           bool strict, MemoryBudget& budget);

}  // namespace whittle
