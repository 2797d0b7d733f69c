#include "exec/operators/pipeline_source.hpp"

namespace whittle {

namespace {

// The end of the pipeline's own operators: whoever runs the source finishes what comes behind.
class Boundary : public Operator {
 public:
  using Operator::Operator;
  Result<Flow> consume(Batch& batch) override { return next_.consume(batch); }
  Status finish() override { return {}; }
};

}  // namespace

Task<Status> PipelineSource::run(QueryContext& context, Stage& stage, bool ordered) {
  Boundary boundary(stage);
  std::vector<std::unique_ptr<Stage>> chain;
  Stage* first = &boundary;
  for (size_t i = operators_.size(); i-- > 0;) {
    chain.push_back(operators_[i](context, *first));
    first = chain.back().get();
  }
  CO_TRY(co_await child_->run(context, *first, ordered || ordered_));
  co_return first->finish();
}

}  // namespace whittle
