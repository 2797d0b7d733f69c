// The streaming operators: filter, project, limit. Each works on one batch at a time and passes it
// on; filter and project keep an evaluator per worker.
#pragma once

#include "exec/operators/conjuncts.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"

namespace whittle {

class FilterOperator : public Operator {
 public:
  /// `conjuncts` live as long as the operator.
  FilterOperator(Stage& next, QueryContext& context, std::span<const ExpressionPtr> conjuncts,
                 OperatorStatistics* statistics);
  Result<Flow> consume(Batch& batch) override;

 private:
  QueryContext& context_;
  std::span<const ExpressionPtr> conjuncts_;
  OperatorStatistics* statistics_;
  PerWorker<Conjuncts> workers_;
};

class ProjectOperator : public Operator {
 public:
  ProjectOperator(Stage& next, QueryContext& context, std::span<const ExpressionPtr> expressions,
                  OperatorStatistics* statistics);
  Result<Flow> consume(Batch& batch) override;

 private:
  QueryContext& context_;
  std::span<const ExpressionPtr> expressions_;
  OperatorStatistics* statistics_;
  PerWorker<ExpressionEvaluator> workers_;
};

/// LIMIT and OFFSET over an ordered source (one task at a time).
class LimitOperator : public Operator {
 public:
  LimitOperator(Stage& next, QueryContext& context, std::optional<uint64_t> limit, uint64_t offset,
                OperatorStatistics* statistics);
  Result<Flow> consume(Batch& batch) override;

 private:
  QueryContext& context_;
  uint64_t skip_, left_;
  OperatorStatistics* statistics_;
};

/// Rows first … first+count-1 of the batch's selection.
Status keep_rows(Batch& batch, uint32_t first, uint32_t count, MemoryBudget& budget);

}  // namespace whittle
