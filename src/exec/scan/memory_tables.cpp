#include "exec/scan/memory_tables.hpp"

#include <algorithm>

#include "columnar/builder.hpp"
#include "columnar/datetime.hpp"
#include "exec/operators/sources.hpp"
#include "plan/table_function.hpp"

namespace whittle {

namespace {

Result<BatchSourcePtr> scan_values(QueryContext& context, const PlanNode& node,
                                   const ValuesTable& table) {
  std::vector<Batch> batches;
  for (size_t first = 0; first < table.rows.size(); first += batch_rows) {
    const size_t count = std::min<size_t>(batch_rows, table.rows.size() - first);
    Batch batch;
    batch.length = static_cast<uint32_t>(count);
    batch.selection = Selection::all(batch.length);
    for (uint32_t column : node.columns) {
      ColumnBuilder builder(table.schema()[column].type, context.budget);
      for (size_t i = 0; i < count; ++i) TRY(builder.append(table.rows[first + i][column]));
      batch.columns.push_back(TRY(builder.finish()));
    }
    batches.push_back(std::move(batch));
  }
  return BatchSourcePtr(std::make_unique<BatchesSource>(node.output, std::move(batches)));
}

// Timestamps by calendar steps: each depends on the one before (a month is not a number of days).
class TimestampRangeSource : public BatchSource {
 public:
  TimestampRangeSource(const PlanNode& node, const RangeTable& table)
      : node_(node), table_(table) {}
  const Schema& schema() const override { return node_.output; }

  Task<Status> run(QueryContext& context, Stage& stage, bool) override {
    const IntervalValue& step = table_.interval;
    const bool up = step.months > 0 || step.days > 0 || step.microseconds > 0;
    std::optional<int64_t> next = table_.start;
    uint32_t sequence = 0;
    Flow flow = Flow::More;
    while (flow == Flow::More && next && inside(*next, up)) {
      CO_TRY(context.cancellation.check());
      co_await Turn{context.executor};
      co_await RoomFor{stage, 0};
      Column column = Column::flat(context.budget, table_.schema()[0].type, batch_rows);
      auto* values = column.mutable_values<int64_t>();
      uint32_t count = 0;
      while (count < batch_rows && next && inside(*next, up)) {
        values[count++] = *next;
        next = add_interval(*next, step);
      }
      column.set_length(count);
      Batch batch;
      batch.columns.assign(node_.columns.size(), column);
      batch.length = count;
      batch.selection = Selection::all(count);
      batch.sequence = sequence++;
      flow = CO_TRY(stage.consume(batch));
    }
    co_return stage.end_morsel(0);
  }

 private:
  bool inside(int64_t value, bool up) const {
    if (value == table_.stop) return table_.inclusive;
    return up ? value < table_.stop : value > table_.stop;
  }
  const PlanNode& node_;
  const RangeTable& table_;
};

Result<BatchSourcePtr> scan_range(const PlanNode& node, const RangeTable& table) {
  if (table.schema()[0].type.id() != TypeId::BigInt) {
    return BatchSourcePtr(std::make_unique<TimestampRangeSource>(node, table));
  }
  const size_t width = node.columns.size();
  const auto start = static_cast<uint64_t>(table.start), step = static_cast<uint64_t>(table.step);
  return BatchSourcePtr(std::make_unique<ComputedSource>(
      node.output, table.row_count().value_or(0),
      [=](MemoryBudget& budget, uint64_t first, uint32_t rows) -> Result<std::vector<Column>> {
        if (width == 0) return std::vector<Column>();
        Column column = Column::flat(budget, TypeId::BigInt, rows);
        auto* values = column.mutable_values<int64_t>();
        uint64_t value = start + step * first;  // unsigned: one beyond the last may wrap
        for (uint32_t i = 0; i < rows; ++i, value += step) values[i] = static_cast<int64_t>(value);
        return std::vector<Column>(width, column);
      }));
}

}  // namespace

Result<BatchSourcePtr> make_memory_scan(QueryContext& context, const PlanNode& node) {
  if (node.table->kind() == TableKind::Range) {
    return scan_range(node, static_cast<const RangeTable&>(*node.table));
  }
  if (node.table->kind() == TableKind::Columns) {
    return scan_values(context, node, static_cast<const ValuesTable&>(*node.table));
  }
  return fail(ErrorCode::Internal, "a table of an unknown kind");
}

}  // namespace whittle
