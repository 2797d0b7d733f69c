// MorselReader::run: from column readers to batches.
#include <algorithm>

#include "columnar/gather.hpp"
#include "exec/comparison.hpp"
#include "exec/scan/morsel_reader.hpp"

namespace whittle {

namespace {

// Above this many survivors waiting for their other columns, those are read.
constexpr uint64_t deferred_limit = 1 << 17;
// A page that takes this part of the budget is large.
constexpr uint64_t large_page_part = 16;
// Survivors nearer to each other than this count as one run when pages are chosen.
constexpr uint64_t near = 256;

// A STRUCT of which some fields were read as the whole type: the others are NULL.
Result<Column> widen(Column column, const Type& type, MemoryBudget& budget) {
  if (column.type() == type || type.id() != TypeId::Struct) return column;
  const std::vector<Type::Field> read = column.type().fields();
  std::vector<Column> children;
  size_t next = 0;
  for (const Type::Field& field : type.fields()) {
    if (next < read.size() && read[next].name == field.name) {
      children.push_back(
          TRY(widen(std::move(column.mutable_children()[next++]), field.type, budget)));
    } else {
      children.push_back(
          TRY(flatten(Column::constant_null(budget, field.type, column.length()), budget)));
    }
  }
  column.mutable_children() = std::move(children);
  column.set_type(type);
  return column;
}

uint32_t row_at(const Selection& selection, uint32_t i) {
  return selection[i];
}

}  // namespace

Task<Result<Flow>> MorselReader::run(Stage& stage) {
  const uint64_t bytes = working_bytes();
  co_await shared_.gate.entry(bytes);
  Result<Flow> flow = co_await run_rows(stage);
  release_reserved(reserved_);
  shared_.gate.leave(bytes);
  co_return flow;
}

void MorselReader::release_reserved(uint64_t bytes) {
  bytes = std::min(bytes, reserved_);
  reserved_ -= bytes;
  shared_.context.budget.release(bytes);
}

// Before each batch: others may run, and the reader of the result may be behind.
Task<Status> MorselReader::next_turn(Stage& stage) {
  CO_TRY(shared_.context.cancellation.check());
  co_await Turn{shared_.context.executor};
  release_reserved(reserved_);
  shared_.gate.look_again();
  if (stage.has_room(morsel_.id)) co_return Status();
  shared_.gate.pause();
  co_await RoomFor{stage, morsel_.id};
  shared_.gate.go_on();
  co_return Status();
}

Task<Result<Flow>> MorselReader::run_rows(Stage& stage) {
  Flow flow = Flow::More;
  if (!beats_threshold()) {  // any more, since it was opened
    if (shared_.statistics) add(shared_.statistics->by(SkippedBy::TopN).rows, ranges_.count());
    ranges_ = {};
  }
  uint64_t position = morsel_.rows.begin;
  while (flow == Flow::More) {
    CO_TRY(co_await next_turn(stage));
    leave_beaten_pages();
    const std::optional<parquet::RowRange> range = rows_from(position);
    if (!range) break;
    Rows rows;
    rows.begin = range->begin;
    rows.span = batch_span(*range);
    rows.columns.resize(shared_.plan.node().columns.size());
    rows.loaded.resize(rows.columns.size());
    rows.selection = Selection::all(rows.span);
    position = rows.begin + rows.span;
    CO_TRY(co_await prepare(stage, filters_, rows.begin, rows.span));
    CO_TRY(filter(rows));
    if (rows.selection.count == 0) continue;
    if (deferred_) {
      CO_TRY(compact(rows));
      deferred_count_ += rows.selection.count;
      deferred_rows_.push_back(std::move(rows));
      if (deferred_count_ >= deferred_limit) flow = CO_TRY(co_await emit_deferred(stage));
      continue;
    }
    CO_TRY(co_await prepare(stage, payload_, rows.begin, rows.span));
    CO_TRY(load_payload(rows));
    flow = CO_TRY(emit(stage, rows));
  }
  if (flow == Flow::More && !deferred_rows_.empty()) {
    flow = CO_TRY(co_await emit_deferred(stage));
  }
  co_return flow;
}

// A batch ends where a large page does: pages of 100 MB exist, and two of a column may not fit.
uint32_t MorselReader::batch_span(const parquet::RowRange& rows) const {
  uint64_t end = std::min(rows.end, rows.begin + batch_rows);
  const uint64_t large = shared_.context.budget.limit() / large_page_part;
  for (const auto* columns : {&filters_, &payload_}) {
    for (const OpenColumn& column : *columns) {
      if (!column.reader) continue;
      end = std::min(end, column.reader->end_of_large_page(rows.begin, large));
    }
  }
  return static_cast<uint32_t>(end - rows.begin);
}

// What is left of the first range that ends behind `position`.
std::optional<parquet::RowRange> MorselReader::rows_from(uint64_t position) const {
  const auto ranges = ranges_.ranges();
  const auto found =
      std::partition_point(ranges.begin(), ranges.end(),
                           [&](const parquet::RowRange& range) { return range.end <= position; });
  if (found == ranges.end()) return std::nullopt;
  return parquet::RowRange{std::max(found->begin, position), found->end};
}

// Waits for the column's bytes; where memory lacks to put a page together, for that too.
Task<Status> MorselReader::prepare_column(Stage& stage, OpenColumn& column, uint32_t span) {
  QueryContext& context = shared_.context;
  ScopeTimer timer(&context.clock,
                   shared_.statistics ? &shared_.statistics->wait_nanoseconds : nullptr);
  for (bool last = false;;) {
    Status status = co_await column.reader->prepare(span);
    if (status || last || status.error().code() != ErrorCode::BudgetExceeded) co_return status;
    const uint64_t bytes = column.reader->refused_bytes();
    if (bytes == 0) co_return status;
    CO_TRY(stage.relieve());
    const uint64_t reserved = co_await shared_.gate.room(bytes);
    context.budget.release(reserved);
    CO_TRY(context.cancellation.check());
    last = reserved == 0;
  }
}

Task<Status> MorselReader::prepare(Stage& stage, std::vector<OpenColumn>& columns, uint64_t begin,
                                   uint32_t span) {
  uint64_t to_inflate = 0;
  for (OpenColumn& column : columns) {
    if (!column.reader) continue;
    // Batches that were dropped before are skipped only now, all at once.
    if (column.reader->row() < begin) CO_TRY(column.reader->skip(begin - column.reader->row()));
    if (!column.reader->ready(span)) {
      CO_TRY(co_await prepare_column(stage, column, span));
    }
    to_inflate += column.reader->bytes_to_inflate(span);
  }
  if (to_inflate == 0) co_return Status();
  if (shared_.context.budget.available() < to_inflate) CO_TRY(stage.relieve());
  reserved_ += co_await shared_.gate.room(to_inflate);
  co_return shared_.context.cancellation.check();
}

// The column for the whole span, or only for the rows that are left.
Result<Column> MorselReader::read(OpenColumn& column, const Rows& rows) {
  MemoryBudget& budget = shared_.context.budget;
  const Type& type = shared_.plan.node().output[column.output].type;
  const Selection& selection = rows.selection;
  const uint32_t length = rows.compacted ? selection.count : rows.span;
  if (column.row_number) {
    Column result = Column::flat(budget, type, length);
    const uint64_t first = file().group(morsel_.row_group).first_row + rows.begin;
    auto* values = result.mutable_values<int64_t>();
    for (uint32_t i = 0; i < length; ++i) {
      values[i] = static_cast<int64_t>(first + (rows.compacted ? row_at(selection, i) : i));
    }
    return result;
  }
  if (!column.reader) return Column::constant(column.constant, length);
  if (reserved_ > 0) release_reserved(column.reader->bytes_to_inflate(rows.span));
  Result<Column> result =
      !rows.compacted || selection.count == rows.span
          ? column.reader->read(rows.span)
          : column.reader->read_selected(rows.span, {selection.rows, selection.count});
  if (!result) return fail(std::move(result).error().with_source(file().file().name()));
  if (file().pruned.contains(column.output)) return widen(std::move(*result), type, budget);
  if (!file().mappings[column.output].needs_cast) return result;
  return cast_column(*result, type, Selection::all(length), true, budget);
}

// Decodes a filter's columns when its turn comes; batches that an earlier conjunct emptied leave
// the later ones' columns undecoded.
Status MorselReader::filter(Rows& rows) {
  const PlanNode& node = shared_.plan.node();
  ScanStatistics* statistics = shared_.statistics;
  Clock& clock = shared_.context.clock;
  const auto load_output = [&](uint32_t output) -> Status {
    if (rows.loaded[output]) return {};
    for (OpenColumn& column : filters_) {
      if (column.output != output) continue;
      ScopeTimer timer(&clock, statistics ? &statistics->decode_nanoseconds : nullptr);
      rows.columns[output] = TRY(read(column, rows));
    }
    rows.loaded[output] = true;
    return {};
  };
  if (shared_.threshold && shared_.threshold->version() > 0 && shared_.context.skipping) {
    TRY(load_output(node.top_n->column));
    TRY(drop_below_threshold(rows));
  }
  if (!node.filters.empty() && rows.selection.count > 0) {
    ScopeTimer timer(&clock, statistics ? &statistics->filter_nanoseconds : nullptr);
    rows.selection =
        TRY(shared_.conjuncts().filter(rows.columns, rows.span, std::move(rows.selection),
                                       &morsel_.dropped, [&](const Expression& operand) -> Status {
                                         timer.stop();
                                         Status status;
                                         for_each_column(operand, [&](const Expression& column) {
                                           if (status) status = load_output(column.index);
                                         });
                                         timer.resume();
                                         return status;
                                       }));
  }
  add(shared_.rows_seen, rows.span);
  add(shared_.rows_left, rows.selection.count);
  rows_out_ += rows.selection.count;
  if (statistics) {
    add(statistics->rows_filtered, rows.span - rows.selection.count);
    add(statistics->rows_out, rows.selection.count);
  }
  if (rows.selection.count == 0) return {};
  // Columns no filter came to, but that the output needs.
  for (uint32_t output : shared_.filter_columns) {
    if (!shared_.unused[output]) TRY(load_output(output));
  }
  return {};
}

Status MorselReader::drop_below_threshold(Rows& rows) {
  const TopNThreshold& threshold = *shared_.threshold;
  const Column& column = rows.columns[shared_.plan.node().top_n->column];
  const std::optional<Value> bound = threshold.bound();
  if (!bound || !(bound->type() == column.type())) return {};
  if (threshold.nulls_first() && ColumnView(column).has_nulls()) return {};
  const Column value = TRY(bound->to_column(shared_.context.budget));
  const Column limit = Column::constant(value, rows.span);
  const uint32_t before = rows.selection.count;
  rows.selection = TRY(select_where(
      threshold.descending() ? ComparisonOperator::GreaterEqual : ComparisonOperator::LessEqual,
      column, limit, rows.span, rows.selection, shared_.context.budget));
  if (shared_.statistics) {
    add(shared_.statistics->by(SkippedBy::TopN).rows, before - rows.selection.count);
  }
  return {};
}

Status MorselReader::compact(Rows& rows) {
  if (rows.compacted) return {};  // when its other columns were waited for
  rows.compacted = true;
  if (rows.selection.count == rows.span) return {};
  for (uint32_t output = 0; output < rows.columns.size(); ++output) {
    if (!rows.loaded[output] || shared_.unused[output]) continue;
    rows.columns[output] =
        TRY(gather(rows.columns[output], rows.selection, shared_.context.budget));
  }
  return {};
}

// Where most rows are left it costs less to decode all of them and to keep the selection.
Status MorselReader::load_payload(Rows& rows) {
  if (rows.selection.count < rows.span - rows.span / 4 && !payload_.empty()) TRY(compact(rows));
  ScopeTimer timer(&shared_.context.clock,
                   shared_.statistics ? &shared_.statistics->decode_nanoseconds : nullptr);
  for (OpenColumn& column : payload_) {
    rows.columns[column.output] = TRY(read(column, rows));
    rows.loaded[column.output] = true;
  }
  return {};
}

Result<Flow> MorselReader::emit(Stage& stage, Rows& rows) {
  const PlanNode& node = shared_.plan.node();
  Batch batch;
  batch.length = rows.compacted ? rows.selection.count : rows.span;
  batch.selection = rows.compacted ? Selection::all(batch.length) : std::move(rows.selection);
  for (uint32_t output = 0; output < rows.columns.size(); ++output) {
    const bool missing = !rows.loaded[output] || shared_.unused[output];
    if (missing) {
      rows.columns[output] =
          Column::constant_null(shared_.context.budget, node.output[output].type, batch.length);
    }
  }
  batch.columns = std::move(rows.columns);
  batch.morsel = morsel_.id;
  batch.sequence = sequence_++;
  return stage.consume(batch);
}

// Only now the other columns are planned: for the pages that hold survivors.
Task<Result<Flow>> MorselReader::emit_deferred(Stage& stage) {
  parquet::RowRanges wanted;
  uint64_t begin = 0, end = 0;
  for (const Rows& rows : deferred_rows_) {
    for (uint32_t i = 0; i < rows.selection.count; ++i) {
      const uint64_t row = rows.begin + row_at(rows.selection, i);
      if (end > 0 && row > end + near) {
        wanted.append({begin, end});
        end = 0;
      }
      if (end == 0) begin = row;
      end = row + 1;
    }
  }
  wanted.append({begin, end});
  close_columns(payload_);
  CO_TRY(open_columns(shared_.payload_columns, wanted, payload_));
  read_ahead(nullptr, &payload_);
  std::vector<Rows> batches = std::move(deferred_rows_);
  deferred_rows_.clear();
  deferred_count_ = 0;
  for (Rows& rows : batches) {
    CO_TRY(co_await next_turn(stage));
    CO_TRY(co_await prepare(stage, payload_, rows.begin, rows.span));
    CO_TRY(load_payload(rows));
    const Flow flow = CO_TRY(emit(stage, rows));
    if (flow == Flow::Done) co_return flow;
  }
  co_return Flow::More;
}

}  // namespace whittle
