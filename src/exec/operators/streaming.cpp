#include "exec/operators/streaming.hpp"

#include <algorithm>

namespace whittle {

FilterOperator::FilterOperator(Stage& next, QueryContext& context,
                               std::span<const ExpressionPtr> conjuncts,
                               OperatorStatistics* statistics)
    : Operator(next),
      context_(context),
      conjuncts_(conjuncts),
      statistics_(statistics),
      workers_(context.workers()) {}

Result<Flow> FilterOperator::consume(Batch& batch) {
  Conjuncts& conjuncts = workers_.get([&] {
    return std::make_unique<Conjuncts>(conjuncts_, context_.budget, &context_.cancellation,
                                       &context_.clock);
  });
  ScopeTimer timer(context_.clock, statistics_);
  const uint32_t before = batch.row_count();
  batch.selection = TRY(conjuncts.filter(batch.columns, batch.length, std::move(batch.selection)));
  timer.stop();
  if (statistics_) {
    add(statistics_->rows_in, before);
    add(statistics_->rows_out, batch.row_count());
  }
  if (batch.row_count() == 0) return Flow::More;
  return next_.consume(batch);
}

ProjectOperator::ProjectOperator(Stage& next, QueryContext& context,
                                 std::span<const ExpressionPtr> expressions,
                                 OperatorStatistics* statistics)
    : Operator(next),
      context_(context),
      expressions_(expressions),
      statistics_(statistics),
      workers_(context.workers()) {}

Result<Flow> ProjectOperator::consume(Batch& batch) {
  ExpressionEvaluator& evaluator = workers_.get([&] {
    return std::make_unique<ExpressionEvaluator>(context_.budget, &context_.cancellation);
  });
  ScopeTimer timer(context_.clock, statistics_);
  std::vector<Column> columns;
  columns.reserve(expressions_.size());
  for (const auto& expression : expressions_) {
    columns.push_back(TRY(evaluator.evaluate(*expression, batch)));
  }
  batch.columns = std::move(columns);
  timer.stop();
  if (statistics_) {
    add(statistics_->rows_in, batch.row_count());
    add(statistics_->rows_out, batch.row_count());
  }
  return next_.consume(batch);
}

LimitOperator::LimitOperator(Stage& next, QueryContext& context, std::optional<uint64_t> limit,
                             uint64_t offset, OperatorStatistics* statistics)
    : Operator(next),
      context_(context),
      skip_(offset),
      left_(limit.value_or(UINT64_MAX)),
      statistics_(statistics) {}

Status keep_rows(Batch& batch, uint32_t first, uint32_t count, MemoryBudget& budget) {
  if (first == 0) {
    batch.selection.count = count;
    return {};
  }
  if (batch.selection.rows) {
    batch.selection.rows += first;
    batch.selection.count = count;
    return {};
  }
  BufferRef rows = TRY(Buffer::reserve(budget, size_t{count} * sizeof(uint32_t), "selection"));
  for (uint32_t i = 0; i < count; ++i) rows->as<uint32_t>()[i] = first + i;
  const uint32_t* begin = rows->as<uint32_t>();
  batch.selection = Selection{begin, count, std::move(rows)};
  return {};
}

Result<Flow> LimitOperator::consume(Batch& batch) {
  if (left_ == 0) return Flow::Done;
  const uint32_t rows = batch.row_count();
  if (statistics_) add(statistics_->rows_in, rows);
  if (skip_ >= rows) {
    skip_ -= rows;
    return Flow::More;
  }
  const auto first = static_cast<uint32_t>(skip_);
  const auto count = static_cast<uint32_t>(std::min<uint64_t>(rows - first, left_));
  skip_ = 0;
  left_ -= count;
  TRY(keep_rows(batch, first, count, context_.budget));
  if (statistics_) add(statistics_->rows_out, count);
  const Flow flow = TRY(next_.consume(batch));
  return left_ == 0 ? Flow::Done : flow;
}

}  // namespace whittle
