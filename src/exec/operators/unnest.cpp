#include "exec/operators/unnest.hpp"

#include <algorithm>

#include "columnar/gather.hpp"
#include "exec/operators/sources.hpp"

namespace whittle {

namespace {

constexpr uint32_t padding = ~0u;  // no element: NULL
constexpr uint32_t long_list = 1024;
constexpr uint32_t output_rows = 2048;

// A NULL struct has NULL fields.
void set_null_deep(Column& column, uint32_t row, MemoryBudget& budget) {
  column.set_null(budget, row);
  if (column.type().physical() != PhysicalType::Struct) return;
  for (Column& child : column.mutable_children()) set_null_deep(child, row, budget);
}

// The elements of `lists` at `places`, NULL where there is none.
Result<Column> gather_padded(const Column& lists, std::vector<uint32_t>& places,
                             MemoryBudget& budget) {
  const auto count = static_cast<uint32_t>(places.size());
  std::vector<uint32_t> missing;
  for (uint32_t i = 0; i < count; ++i) {
    if (places[i] != padding) continue;
    missing.push_back(i);
    places[i] = 0;
  }
  if (missing.size() == count) {
    return Column::constant_null(budget, lists.type().element(), count);
  }
  Column column = TRY(gather(lists.children()[0], places.data(), count, budget));
  if (missing.empty()) return column;
  column = TRY(flatten(column, budget));
  for (uint32_t row : missing) set_null_deep(column, row, budget);
  return column;
}

Result<Column> row_as_constant(const Column& column, uint32_t row, uint32_t length,
                               MemoryBudget& budget) {
  if (column.encoding() == Encoding::Constant) {
    Column constant = column;
    constant.set_length(length);
    return constant;
  }
  Column one = TRY(gather(column, &row, 1, budget));
  return Column::constant(TRY(flatten(one, budget)), length);
}

}  // namespace

// The lists of one batch, and the output rows collected so far.
struct UnnestOperator::Rows {
  struct List {
    Column column;
    ColumnView view;
    std::vector<uint32_t> places;  // in the child, of the rows collected

    explicit List(Column list) : column(std::move(list)), view(column) {}
    List(List&& other) noexcept : column(std::move(other.column)), view(column) {}
    ListEntry entry(uint32_t row) const {
      return view.valid(row) ? view.get<ListEntry>(row) : ListEntry{};
    }
  };
  std::vector<List> lists;
  std::vector<uint32_t> parents;
  ScopeTimer* timer = nullptr;
};

UnnestOperator::UnnestOperator(Stage& next, QueryContext& context, const PlanNode& node,
                               OperatorStatistics* statistics)
    : Operator(next),
      context_(context),
      node_(node),
      statistics_(statistics),
      evaluators_(context.workers()) {}

Status UnnestOperator::end_morsel(uint64_t morsel) {
  {
    MutexLock lock(mutex_);
    sequences_.erase(morsel);
  }
  return next_.end_morsel(morsel);
}

Result<Flow> UnnestOperator::give_out(Batch& output, const Batch& input, ScopeTimer& timer) {
  TRY(context_.cancellation.check());
  output.selection = Selection::all(output.length);
  output.morsel = input.morsel;
  {
    MutexLock lock(mutex_);
    output.sequence = sequences_[input.morsel]++;
  }
  if (statistics_) add(statistics_->rows_out, output.length);
  timer.stop();
  Result<Flow> flow = next_.consume(output);
  timer.resume();
  return flow;
}

Result<Flow> UnnestOperator::emit(const Batch& batch, Rows& rows) {
  if (rows.parents.empty()) return Flow::More;
  Batch output;
  output.length = static_cast<uint32_t>(rows.parents.size());
  for (uint32_t column : node_.columns) {
    output.columns.push_back(
        TRY(gather(batch.columns[column], rows.parents.data(), output.length, context_.budget)));
  }
  for (Rows::List& list : rows.lists) {
    output.columns.push_back(TRY(gather_padded(*list.view.stored, list.places, context_.budget)));
    list.places.clear();
  }
  rows.parents.clear();
  return give_out(output, batch, *rows.timer);
}

Result<Flow> UnnestOperator::emit_long(const Batch& batch, Rows& rows, uint32_t row,
                                       uint32_t length) {
  std::vector<Column> constants;
  for (uint32_t column : node_.columns) {
    constants.push_back(TRY(row_as_constant(batch.columns[column], row, 1, context_.budget)));
  }
  for (uint32_t first = 0; first < length; first += std::min(output_rows, length - first)) {
    Batch output;
    output.length = std::min(output_rows, length - first);
    for (Column column : constants) {
      column.set_length(output.length);
      output.columns.push_back(std::move(column));
    }
    for (Rows::List& list : rows.lists) {
      const ListEntry entry = list.entry(row);
      if (entry.length >= first + output.length) {
        output.columns.push_back(TRY(slice(list.view.stored->children()[0], entry.offset + first,
                                           output.length, context_.budget)));
        continue;
      }
      for (uint32_t i = first; i < first + output.length; ++i) {
        list.places.push_back(i < entry.length ? entry.offset + i : padding);
      }
      output.columns.push_back(TRY(gather_padded(*list.view.stored, list.places, context_.budget)));
      list.places.clear();
    }
    if (TRY(give_out(output, batch, *rows.timer)) == Flow::Done) return Flow::Done;
  }
  return Flow::More;
}

Result<Flow> UnnestOperator::consume(Batch& batch) {
  ExpressionEvaluator& evaluator = evaluators_.get([&] {
    return std::make_unique<ExpressionEvaluator>(context_.budget, &context_.cancellation);
  });
  ScopeTimer timer(context_.clock, statistics_);
  if (statistics_) add(statistics_->rows_in, batch.row_count());
  Rows rows;
  rows.timer = &timer;
  for (const ExpressionPtr& list : node_.expressions) {
    rows.lists.emplace_back(TRY(evaluator.evaluate(*list, batch)));
  }
  for (uint32_t i = 0; i < batch.row_count(); ++i) {
    const uint32_t row = batch.selection[i];
    uint32_t length = node_.keep_empty ? 1 : 0;
    for (const Rows::List& list : rows.lists) length = std::max(length, list.entry(row).length);
    if (length >= long_list) {
      if (TRY(emit(batch, rows)) == Flow::Done) return Flow::Done;
      if (TRY(emit_long(batch, rows, row, length)) == Flow::Done) return Flow::Done;
      continue;
    }
    rows.parents.insert(rows.parents.end(), length, row);
    for (Rows::List& list : rows.lists) {
      const ListEntry entry = list.entry(row);
      for (uint32_t k = 0; k < length; ++k) {
        list.places.push_back(k < entry.length ? entry.offset + k : padding);
      }
    }
    if (rows.parents.size() + long_list > output_rows) {
      if (TRY(emit(batch, rows)) == Flow::Done) return Flow::Done;
    }
  }
  return emit(batch, rows);
}

}  // namespace whittle
