#include "exec/operators/distinct_on.hpp"

#include "exec/aggregates/kernel.hpp"
#include "exec/operators/aggregate.hpp"
#include "exec/operators/sort_keys.hpp"

namespace whittle {

namespace {

struct FirstRowState : FunctionState {
  std::vector<SortDirection> directions;
};

// The best row of a group: its sort key and all its columns, encoded.
struct FirstRow {
  explicit FirstRow(MemoryBudget& budget) : memory(budget, "DISTINCT ON") {}
  bool any = false;
  RowBytes key, columns;
  Reservation memory;
};

using aggregates::owned;

// Arguments: the columns of the row, then the sort keys.
Status first_row_update(AggregateContext& context, std::span<const Column> arguments,
                        const Selection& rows, std::byte* const* states) {
  const auto& bind = static_cast<const FirstRowState&>(*context.state);
  const std::vector<ColumnView> views = make_views(arguments);
  const size_t width = views.size() - bind.directions.size();
  RowBytes key;
  for (uint32_t i = 0; i < rows.count; ++i) {
    auto& best = aggregates::make_owned<FirstRow>(states[i], context.budget);
    if (best.any && bind.directions.empty()) continue;
    key.clear();
    for (size_t k = 0; k < bind.directions.size(); ++k) {
      encode_sort_key(views[width + k], rows[i], bind.directions[k], key);
    }
    if (best.any && !(key < best.key)) continue;
    best.any = true;
    std::swap(best.key, key);
    best.columns.clear();
    encode_row({views.data(), width}, rows[i], best.columns);
    const uint64_t bytes = sizeof(FirstRow) + best.key.capacity() + best.columns.capacity();
    if (bytes > best.memory.bytes()) TRY(best.memory.resize(bytes));
  }
  return {};
}

Status first_row_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                         uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    FirstRow*& from = owned<FirstRow>(sources[i]);
    FirstRow*& to = owned<FirstRow>(targets[i]);
    if (from && (!to || from->key < to->key)) std::swap(from, to);
  }
  return {};
}

// A STRUCT of the columns.
Result<Column> first_row_finalize(AggregateContext& context, std::byte* const* states,
                                  uint32_t count) {
  ColumnBuilder builder(context.result, context.budget);
  for (uint32_t i = 0; i < count; ++i) {
    const std::byte* bytes = owned<FirstRow>(states[i])->columns.data();
    for (size_t c = 0; c < context.result.fields().size(); ++c) {
      TRY(decode_value(bytes, builder.child(c)));
    }
    TRY(builder.end_struct());
  }
  return builder.finish();
}

constexpr AggregateFunctionOperations first_row = {first_row_update, nullptr, first_row_combine,
                                                   first_row_finalize,
                                                   aggregates::destroy_owned<FirstRow>};

// The STRUCT, which is the last column, back to columns.
class UnpackOperator : public Operator {
 public:
  using Operator::Operator;
  Result<Flow> consume(Batch& batch) override {
    std::vector<Column> columns = batch.columns.back().children();
    batch.columns = std::move(columns);
    return next_.consume(batch);
  }
  Status finish() override { return {}; }
};

class DistinctOnSource : public BatchSource {
 public:
  DistinctOnSource(QueryContext& context, const PlanNode& node, BatchSourcePtr child,
                   OperatorStatistics* statistics)
      : schema_(node.output), aggregate_(PlanKind::Aggregate) {
    for (const auto& key : node.expressions) {
      aggregate_.groups.push_back(key->clone());
      aggregate_.output.push_back({"key", key->type});
    }
    AggregateCall& call = aggregate_.aggregates.emplace_back();
    auto state = std::make_shared<FirstRowState>();
    call.function = "first_row";
    call.operations = &first_row;
    call.state_size = sizeof(FirstRow*);
    call.type = Type::structure(node.output);
    call.order_sensitive = node.sort_keys.empty();
    for (uint32_t i = 0; i < schema_.size(); ++i) {
      call.arguments.push_back(make_column(i, schema_[i].type));
    }
    for (const auto& key : node.sort_keys) {
      call.arguments.push_back(key.expression->clone());
      state->directions.push_back({key.descending, key.nulls_first});
    }
    call.state = std::move(state);
    aggregate_.output.push_back({"row", call.type});
    source_ = make_aggregate_source(context, aggregate_, std::move(child), statistics);
  }
  const Schema& schema() const override { return schema_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override {
    UnpackOperator unpack(stage);
    co_return co_await source_->run(context, unpack, ordered);
  }

 private:
  Schema schema_;
  PlanNode aggregate_;
  BatchSourcePtr source_;
};

}  // namespace

BatchSourcePtr make_distinct_on_source(QueryContext& context, const PlanNode& node,
                                       BatchSourcePtr child, OperatorStatistics* statistics) {
  return std::make_unique<DistinctOnSource>(context, node, std::move(child), statistics);
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
