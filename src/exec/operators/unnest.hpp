// UnnestOperator: one row becomes as many as its longest list has elements. The columns carried
// along are repeated, shorter lists are padded with NULLs; rows without elements give none, or one
// with `keep_empty`.
//
// Gives out batches of at most 2,048 rows however long the lists are. A long list is given out in
// slices that share its elements, with the row around it as constants, so that memory does not grow
// with it. Entered by all workers.
#pragma once

#include <map>

#include "base/sync.hpp"
#include "exec/evaluator.hpp"
#include "exec/operators/per_worker.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

class UnnestOperator : public Operator {
 public:
  /// `node` lives as long as the operator.
  UnnestOperator(Stage& next, QueryContext& context, const PlanNode& node,
                 OperatorStatistics* statistics);
  Result<Flow> consume(Batch& batch) override;
  Status end_morsel(uint64_t morsel) override;

 private:
  struct Rows;
  Result<Flow> emit(const Batch& batch, Rows& rows);
  Result<Flow> emit_long(const Batch& batch, Rows& rows, uint32_t row, uint32_t length);
  Result<Flow> give_out(Batch& output, const Batch& input, ScopeTimer& timer);

  QueryContext& context_;
  const PlanNode& node_;
  OperatorStatistics* statistics_;
  PerWorker<ExpressionEvaluator> evaluators_;
  Mutex mutex_;
  std::map<uint64_t, uint32_t> sequences_;  // of batches given out per morsel
};

}  // namespace whittle
