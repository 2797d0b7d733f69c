// DISTINCT ON and unpivot: small operators on streams.
#pragma once

#include "exec/evaluator.hpp"
#include "exec/operators/sort_keys.hpp"
#include "exec/pipeline.hpp"

namespace whittle {

/// Over rows sorted by the keys (one task): lets the first row of each run of equal keys pass.
class FirstOfRunOperator : public Operator {
 public:
  FirstOfRunOperator(Stage& next, QueryContext& context, std::span<const SortKey> keys);
  Result<Flow> consume(Batch& batch) override;

 private:
  QueryContext& context_;
  std::span<const SortKey> keys_;
  ExpressionEvaluator evaluator_;
  RowBytes last_;
  bool any_ = false;
};

/// Each row of n × width columns becomes n rows of width columns of the given types.
class UnpivotOperator : public Operator {
 public:
  UnpivotOperator(Stage& next, QueryContext& context, uint32_t width, const Schema& output)
      : Operator(next), context_(context), width_(width), output_(output) {}
  Result<Flow> consume(Batch& batch) override;

 private:
  QueryContext& context_;
  uint32_t width_;
  const Schema& output_;
};

}  // namespace whittle
