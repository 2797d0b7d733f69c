// Phase 1 of HashAggregation: finding groups and updating their states.
#include "exec/operators/hash_aggregation.hpp"

#include <algorithm>
#include <cstring>

#include "exec/operators/hash_aggregation_worker.hpp"

namespace whittle {

HashAggregation::HashAggregation(QueryContext& context, std::vector<Type> key_types,
                                 std::vector<Call> calls, std::vector<Input> inputs,
                                 OperatorStatistics* statistics)
    : context_(context),
      layout_(key_types),
      calls_(std::move(calls)),
      inputs_(std::move(inputs)),
      statistics_(statistics),
      workers_(context.workers()) {
  // Words first, so that two-word states can be aligned without a hole per aggregate.
  uint32_t offset = layout_.keys.empty() ? 0 : layout_.end();
  for (auto& call : calls_) {
    owns_memory_ |= call.operations && call.operations->destroy;
    if (call.state_size > 8) continue;
    call.offset = offset;
    offset += 8;
  }
  bool wide = false;
  for (auto& call : calls_) {
    if (call.state_size <= 8) continue;
    if (!wide) offset = (offset + 15) & ~15u;
    wide = true;
    call.offset = offset;
    offset += (call.state_size + 15) & ~15u;
  }
  row_width_ = wide ? (offset + 15) & ~15u : std::max(offset, 8u);
}

HashAggregation::~HashAggregation() {
  if (!owns_memory_) return;
  for (const auto& worker : workers_.slots()) {
    if (!worker) continue;
    if (worker->only_row) destroy({&worker->only_row, 1});
    for (size_t i = 0; i < worker->table.collections(); ++i) {
      destroy_collection(worker->table.collection(i));
    }
    std::byte* null_row = worker->table.null_row();
    if (null_row) destroy({&null_row, 1});
  }
}

AggregateContext HashAggregation::context_of(const Call& call) const {
  return {context_.budget, call.state.get(), call.type, &context_.cancellation};
}

HashAggregation::Worker& HashAggregation::worker() {
  return workers_.get([&] {
    // With a place to spill to, a quarter of the budget is left to merge with (and to the scan).
    const uint64_t headroom = context_.temporary_storage ? context_.budget.limit() / 4 : 0;
    return std::make_unique<Worker>(context_, layout_, row_width_, headroom);
  });
}

Status HashAggregation::consume(uint32_t input, std::span<const Column> columns,
                                const Selection& rows) {
  Worker& mine = worker();
  if (layout_.keys.empty()) return consume_ungrouped(mine, inputs_[input], columns, rows);
  if (rows.count <= batch_rows) return consume_chunk(mine, input, columns, rows);
  std::vector<uint32_t> chunk(batch_rows);
  for (uint32_t first = 0; first < rows.count; first += batch_rows) {
    const uint32_t count = std::min(batch_rows, rows.count - first);
    for (uint32_t i = 0; i < count; ++i) chunk[i] = rows[first + i];
    TRY(consume_chunk(mine, input, columns, Selection{chunk.data(), count, {}}));
  }
  return {};
}

Status HashAggregation::consume_chunk(Worker& mine, uint32_t input_index,
                                      std::span<const Column> columns, const Selection& rows) {
  const Input& input = inputs_[input_index];
  std::byte* rows_of[batch_rows];
  TRY(mine.find(input, columns, rows, rows_of));
  mine.rows_seen += rows.count;
  if (!mine.table.refused()) {
    TRY(update(input, columns, rows, rows_of));
    mine.table.maintain(mine.rows_seen);
    return {};
  }
  if (!context_.temporary_storage) return fail(budget_exceeded(context_, "GROUP BY"));
  if (!mine.spill) mine.spill = std::make_unique<SpillPartitions>(context_, partition_count);
  const uint64_t before = mine.spill->bytes();
  SpilledRows spilled{*mine.spill, input_index, make_views(columns), 0};
  uint32_t kept[batch_rows];
  const uint32_t count = TRY(mine.split(rows, rows_of, kept, spilled));
  if (statistics_) add(statistics_->spilled_bytes, mine.spill->bytes() - before);
  return update(input, columns, Selection{kept, count, {}}, rows_of);
}

namespace {

// Positions of `rows` where the filter is true; `rows_of` may be null.
uint32_t apply_filter(const Column& filter, const Selection& rows, std::byte* const* rows_of,
                      uint32_t* kept, std::byte** kept_rows) {
  const ColumnView view(filter);
  uint32_t count = 0;
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if (!view.valid(row) || !view.get<uint8_t>(row)) continue;
    kept[count] = row;
    if (rows_of) kept_rows[count] = rows_of[i];
    ++count;
  }
  return count;
}

}  // namespace

Status HashAggregation::update(const Input& input, std::span<const Column> columns,
                               const Selection& rows, std::byte* const* rows_of) {
  uint32_t kept[batch_rows];
  std::byte* kept_rows[batch_rows];
  std::byte* states[batch_rows];
  std::vector<Column> arguments;
  for (const Update& update : input.updates) {
    const Call& call = calls_[update.call];
    Selection selected = rows;
    std::byte* const* targets = rows_of;
    if (update.filter >= 0) {
      selected =
          Selection{kept, apply_filter(columns[update.filter], rows, rows_of, kept, kept_rows), {}};
      targets = kept_rows;
    }
    if (selected.count == 0) continue;
    if (call.counts_rows) {
      for (uint32_t i = 0; i < selected.count; ++i) {
        ++*reinterpret_cast<int64_t*>(targets[i] + call.offset);
      }
      continue;
    }
    for (uint32_t i = 0; i < selected.count; ++i) states[i] = targets[i] + call.offset;
    arguments.clear();
    for (uint32_t i : update.arguments) arguments.push_back(columns[i]);
    AggregateContext context = context_of(call);
    TRY(call.operations->update(context, arguments, selected, states));
  }
  return {};
}

Status HashAggregation::consume_ungrouped(Worker& mine, const Input& input,
                                          std::span<const Column> columns, const Selection& rows) {
  TRY(mine.make_only_row(context_.budget, row_width_));
  std::vector<uint32_t> kept;
  std::vector<Column> arguments;
  for (const Update& update : input.updates) {
    const Call& call = calls_[update.call];
    Selection selected = rows;
    if (update.filter >= 0) {
      kept.resize(rows.count);
      selected =
          Selection{kept.data(),
                    apply_filter(columns[update.filter], rows, nullptr, kept.data(), nullptr),
                    {}};
    }
    if (selected.count == 0) continue;
    std::byte* state = mine.only_row + call.offset;
    if (call.counts_rows) {
      *reinterpret_cast<int64_t*>(state) += selected.count;
      continue;
    }
    arguments.clear();
    for (uint32_t i : update.arguments) arguments.push_back(columns[i]);
    AggregateContext context = context_of(call);
    if (call.operations->update_one) {
      TRY(call.operations->update_one(context, arguments, selected, state));
    } else {
      std::vector<std::byte*> states(selected.count, state);
      TRY(call.operations->update(context, arguments, selected, states.data()));
    }
  }
  return {};
}

Status HashAggregation::combine(std::span<std::byte* const> sources,
                                std::span<std::byte* const> targets) {
  std::vector<std::byte*> from(sources.size()), to(sources.size());
  for (const Call& call : calls_) {
    if (call.counts_rows) {
      for (size_t i = 0; i < sources.size(); ++i) {
        *reinterpret_cast<int64_t*>(targets[i] + call.offset) +=
            *reinterpret_cast<const int64_t*>(sources[i] + call.offset);
      }
      continue;
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      from[i] = sources[i] + call.offset;
      to[i] = targets[i] + call.offset;
    }
    AggregateContext context = context_of(call);
    TRY(call.operations->combine(context, from.data(), to.data(),
                                 static_cast<uint32_t>(from.size())));
  }
  return {};
}

void HashAggregation::destroy(std::span<std::byte* const> rows) {
  if (!owns_memory_) return;
  std::vector<std::byte*> states(rows.size());
  for (const Call& call : calls_) {
    if (!call.operations || !call.operations->destroy) continue;
    for (size_t i = 0; i < rows.size(); ++i) states[i] = rows[i] + call.offset;
    call.operations->destroy(states.data(), static_cast<uint32_t>(states.size()));
  }
}

void HashAggregation::destroy_collection(const RowCollection& collection) {
  if (!owns_memory_) return;
  std::vector<std::byte*> rows;
  collection.for_each(row_width_, [&](std::byte* row) { rows.push_back(row); });
  destroy(rows);
}

}  // namespace whittle
