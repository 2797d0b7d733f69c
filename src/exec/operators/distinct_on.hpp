// DISTINCT ON and unpivot: small operators on streams.
#pragma once

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// DISTINCT ON: one row per group of `node.expressions`, the first by `node.sort_keys` (without
/// any, the first to come). It is an aggregation whose one state is the best row so far. `node`
/// lives as long as the source.
BatchSourcePtr make_distinct_on_source(QueryContext& context, const PlanNode& node,
                                       BatchSourcePtr child, OperatorStatistics* statistics);

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
