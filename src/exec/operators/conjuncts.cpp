#include "exec/operators/conjuncts.hpp"

#include <algorithm>

namespace whittle {

Conjuncts::Conjuncts(std::span<const ExpressionPtr> operands, MemoryBudget& budget,
                     const CancellationToken* cancellation, Clock* clock)
    : evaluator_(budget, cancellation), clock_(clock) {
  for (const auto& operand : operands) {
    operands_.push_back(
        {operand.get(), static_cast<uint32_t>(operands_.size()), operand->can_fail()});
  }
  std::stable_partition(operands_.begin(), operands_.end(),
                        [](const Operand& operand) { return !operand.can_fail; });
}

double Conjuncts::Operand::rank() const {
  if (rows_in == 0) return 0;
  const double per_row = static_cast<double>(nanoseconds) / static_cast<double>(rows_in);
  const double dropped = 1 - static_cast<double>(rows_out) / static_cast<double>(rows_in);
  return per_row / std::max(dropped, 1e-3);
}

void Conjuncts::reorder() {
  const auto fallible = std::find_if(operands_.begin(), operands_.end(),
                                     [](const Operand& operand) { return operand.can_fail; });
  std::stable_sort(operands_.begin(), fallible,
                   [](const Operand& a, const Operand& b) { return a.rank() < b.rank(); });
  for (auto& operand : operands_)
    operand.rows_in /= 2, operand.rows_out /= 2, operand.nanoseconds /= 2;
}

Result<Selection> Conjuncts::filter(std::span<const Column> columns, uint32_t length,
                                    Selection rows, const std::vector<bool>* dropped,
                                    const Load& load) {
  const bool measure = operands_.size() > 1 && clock_;
  if (measure && ++batches_ % 32 == 0) reorder();
  for (auto& operand : operands_) {
    if (rows.count == 0) break;
    if (dropped && (*dropped)[operand.index]) continue;
    if (load) TRY(load(*operand.expression));
    const uint64_t begin = measure ? clock_->monotonic_nanoseconds() : 0;
    const uint32_t before = rows.count;
    rows = TRY(evaluator_.filter(*operand.expression, columns, length, rows));
    if (measure) {
      operand.rows_in += before;
      operand.rows_out += rows.count;
      operand.nanoseconds += clock_->monotonic_nanoseconds() - begin;
    }
  }
  return rows;
}

}  // namespace whittle
