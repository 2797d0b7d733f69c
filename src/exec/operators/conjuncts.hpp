// Conjuncts: the operands of an AND, each applied to the rows that those before it left.
//
// Their order adapts: every few dozen batches they are sorted by what dropping a row costs, (time
// per row) / (share of rows dropped), as both were measured. Conjuncts that can fail on some rows
// keep their place after those that cannot, so that `x <> 0 AND 1 / x > 2` stays safe. One object
// per worker; not thread-safe.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "exec/evaluator.hpp"

namespace whittle {

class Conjuncts {
 public:
  Conjuncts(std::span<const ExpressionPtr> operands, MemoryBudget& budget,
            const CancellationToken* cancellation, Clock* clock);

  /// Rows of `rows` where all operands are true. `dropped[i]`: operand i (in the order given) is
  /// known to be true on all of them. `load(operand)` is called before an operand is evaluated: a
  /// scan decodes the columns it needs then, so that columns of later operands stay undecoded where
  /// no row is left.
  using Load = std::function<Status(const Expression&)>;
  Result<Selection> filter(std::span<const Column> columns, uint32_t length, Selection rows,
                           const std::vector<bool>* dropped = nullptr, const Load& load = {});
  bool empty() const { return operands_.empty(); }

 private:
  struct Operand {
    const Expression* expression;
    uint32_t index;
    bool can_fail;
    uint64_t rows_in = 0, rows_out = 0, nanoseconds = 0;
    double rank() const;
  };
  void reorder();

  std::vector<Operand> operands_;
  ExpressionEvaluator evaluator_;
  Clock* clock_;
  uint32_t batches_ = 0;
};

}  // namespace whittle
