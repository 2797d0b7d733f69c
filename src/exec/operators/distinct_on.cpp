#include "exec/operators/distinct_on.hpp"

namespace whittle {

FirstOfRunOperator::FirstOfRunOperator(Stage& next, QueryContext& context,
                                       std::span<const SortKey> keys)
    : Operator(next),
      context_(context),
      keys_(keys),
      evaluator_(context.budget, &context.cancellation) {}

Result<Flow> FirstOfRunOperator::consume(Batch& batch) {
  std::vector<Column> keys;
  for (const SortKey& key : keys_) keys.push_back(TRY(evaluator_.evaluate(*key.expression, batch)));
  const std::vector<ColumnView> views = make_views(keys);
  BufferRef rows = Buffer::charge(context_.budget, size_t{batch.row_count()} * 4);
  uint32_t count = 0;
  RowBytes key;
  for (uint32_t i = 0; i < batch.row_count(); ++i) {
    const uint32_t row = batch.selection[i];
    key.clear();
    for (const ColumnView& view : views) encode_sort_key(view, row, {}, key);
    if (any_ && key == last_) continue;
    any_ = true;
    std::swap(key, last_);
    rows->as<uint32_t>()[count++] = row;
  }
  if (count == 0) return Flow::More;
  const uint32_t* begin = rows->as<uint32_t>();
  batch.selection = Selection{begin, count, std::move(rows)};
  return next_.consume(batch);
}

Result<Flow> UnpivotOperator::consume(Batch& batch) {
  if (width_ == 0) return fail(ErrorCode::Internal, "unpivot to no columns");
  const size_t turns = batch.columns.size() / width_;
  Batch output;
  for (uint32_t c = 0; c < width_; ++c) {
    ColumnBuilder builder(output_[c].type, context_.budget);
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      for (size_t turn = 0; turn < turns; ++turn) {
        TRY(builder.append_from(batch.columns[turn * width_ + c], batch.selection[i]));
      }
    }
    output.columns.push_back(TRY(builder.finish()));
  }
  output.length = static_cast<uint32_t>(batch.row_count() * turns);
  output.selection = Selection::all(output.length);
  output.morsel = batch.morsel;
  output.sequence = batch.sequence;
  return next_.consume(output);
}

}  // namespace whittle
