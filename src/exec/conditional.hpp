// The expressions that decide which rows their operands see: AND, OR, CASE, COALESCE, TRY; and the
// tests for NULL. Each later operand is evaluated only for the rows that still need it.
#pragma once

#include "exec/evaluator.hpp"

namespace whittle {

/// One node under evaluation: what its operands are evaluated with.
struct Operands {
  ExpressionEvaluator& evaluator;
  MemoryBudget& budget;
  const Expression& expression;
  std::span<const Column> columns;
  uint32_t length;
  const Selection& rows;

  Result<Column> child(size_t i, const Selection& selected) const {
    return evaluator.evaluate(*expression.children[i], columns, length, selected);
  }
};

Result<Column> evaluate_conjunction(const Operands& operands, bool is_and);
Result<Column> evaluate_not(const Operands& operands);
Result<Column> evaluate_is_null(const Operands& operands, bool negated);
Result<Column> evaluate_case(const Operands& operands);
Result<Column> evaluate_coalesce(const Operands& operands);
Result<Column> evaluate_try(const Operands& operands);

/// The rows where a BOOLEAN column of any encoding is true.
Result<Selection> select_true(const Column& condition, const Selection& rows, MemoryBudget& budget);

/// `rows` without those of `taken` (both ascending, taken ⊆ rows).
Selection subtract(const Selection& rows, const Selection& taken, MemoryBudget& budget);

}  // namespace whittle
