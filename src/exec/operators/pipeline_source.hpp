// PipelineSource: a source and the streaming operators behind it, as one source.
#pragma once

#include <functional>

#include "exec/pipeline.hpp"

namespace whittle {

class PipelineSource : public BatchSource {
 public:
  /// Makes an operator in front of `next`; called at the beginning of each run.
  using MakeOperator = std::function<std::unique_ptr<Stage>(QueryContext& context, Stage& next)>;

  PipelineSource(BatchSourcePtr child, bool ordered)
      : child_(std::move(child)), ordered_(ordered) {}
  /// The next operator; `schema` is what it gives out.
  void append(MakeOperator make, Schema schema) {
    operators_.push_back(std::move(make));
    schema_ = std::move(schema);
  }
  const Schema& schema() const override { return operators_.empty() ? child_->schema() : schema_; }
  bool ordered() const { return ordered_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override;

 private:
  BatchSourcePtr child_;
  bool ordered_;  // some operator needs the child's order (LIMIT)
  std::vector<MakeOperator> operators_;
  Schema schema_;
};

}  // namespace whittle
