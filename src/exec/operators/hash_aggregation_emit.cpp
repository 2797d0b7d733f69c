// Phase 2 of HashAggregation: merging the workers' tables and giving out the groups.
#include <algorithm>

#include "exec/operators/hash_aggregation_worker.hpp"
#include "exec/operators/sources.hpp"

namespace whittle {

namespace {
constexpr size_t combine_batch = 1024;
}

// One partition while it is merged: the groups, and the rows they come from.
struct HashAggregation::Partition {
  Partition(HashAggregation& owner, uint32_t which, uint32_t level)
      : owner(owner),
        which(which),
        level(level),
        worker(owner.context_, owner.layout_, owner.row_width_, headroom(owner.context_)),
        heap(make_ref<StringHeap>(owner.context_.budget)) {}
  ~Partition() {
    if (!owner.owns_memory_) return;
    owner.destroy_collection(worker.table.collection(0));
    if (std::byte* row = worker.table.null_row()) owner.destroy({&row, 1});
  }

  // What a merged table leaves to the batches that give its groups out, and to what is spilled
  // again, here and by the other workers.
  static uint64_t headroom(const QueryContext& context) {
    return context.temporary_storage ? context.budget.limit() / 8 : 0;
  }

  // `bytes` of spilled rows most likely find room here: as rows, entries and strings they take
  // about four times what they take in the file.
  bool has_room_for(uint64_t bytes) const {
    const MemoryBudget& budget = owner.context_.budget;
    return !rest && !worker.table.refused() &&
           budget.available() > headroom(owner.context_) + 4 * bytes;
  }

  /// Groups that spilled rows made, after those that were merged.
  void take_new_rows() {
    const RowCollection& made = worker.table.collection(0);
    worker.table.keep_strings(0, *heap);
    rows.reserve(rows.size() + made.rows);
    made.for_each(owner.row_width_, [&](std::byte* row) { rows.push_back(row); });
  }

  HashAggregation& owner;
  uint32_t which;
  uint32_t level;  // of the bits by which what does not fit is partitioned
  Worker worker;   // the merged table; takes spilled rows as well
  Ref<StringHeap> heap;
  std::vector<std::byte*> rows;
  std::unique_ptr<SpillPartitions> rest;
};

// Either every table is small and stays in one piece, or all are partitioned alike.
Status HashAggregation::prepare_merge() {
  bool split = false;
  for (const auto& worker : workers_.slots()) {
    if (!worker) continue;
    split |= worker->table.partitioned() || worker->spill;
    if (worker->spill) TRY(worker->spill->flush());
    worker->table.drop_entries();
  }
  partitions_ = split ? partition_count : 1;
  for (const auto& worker : workers_.slots()) {
    if (worker && split) TRY(worker->table.partition());
  }
  return {};
}

Status HashAggregation::merge_partition(Partition& partition) {
  std::vector<Worker*> contributors;
  bool unique = true, spilled = false;
  for (const auto& worker : workers_.slots()) {
    if (!worker) continue;
    if (worker->table.collection(partition.which).rows > 0) {
      contributors.push_back(worker.get());
      unique &= worker->table.is_unique();
      worker->table.keep_strings(partition.which, *partition.heap);
    }
    spilled |= worker->spill && !worker->spill->chunks(partition.which).empty();
  }
  if (contributors.size() == 1 && unique && !spilled) {
    const RowCollection& only = contributors[0]->table.collection(partition.which);
    partition.rows.reserve(only.rows);
    only.for_each(row_width_, [&](std::byte* row) { partition.rows.push_back(row); });
    return {};
  }
  ScopeTimer timer(context_.clock, statistics_);
  std::vector<std::byte*> sources, targets;
  Status failed;
  const auto flush = [&] {
    if (failed && !sources.empty() && !calls_.empty()) failed = combine(sources, targets);
    sources.clear();
    targets.clear();
  };
  for (Worker* worker : contributors) {
    TRY(partition.worker.table.merge(worker->table.collection(partition.which),
                                     [&](std::byte* source, std::byte* target) {
                                       if (calls_.empty()) return;
                                       sources.push_back(source);
                                       targets.push_back(target);
                                       if (sources.size() == combine_batch) flush();
                                     }));
  }
  flush();
  TRY(std::move(failed));
  partition.rows = std::move(partition.worker.table.survivors());
  return {};
}

// Spilled rows of partition `which` meet the groups that are there; what does not fit is spilled
// again, partitioned by other bits.
Status HashAggregation::add_spilled(Partition& partition, const SpillPartitions& spill,
                                    uint32_t which) {
  ScopeTimer timer(context_.clock, statistics_);
  for (const auto& chunk : spill.chunks(which)) {
    const BufferRef bytes = TRY(spill.read(chunk));
    const Input& input = inputs_[chunk.kind];
    RowDecoder decoder(input.types, context_.budget);
    const std::byte* next = bytes->data();
    for (uint32_t row = 0; row < chunk.rows; ++row) {
      next = TRY(decoder.append(next));
      if (decoder.rows() < batch_rows && row + 1 < chunk.rows) continue;
      const uint32_t count = decoder.rows();
      const std::vector<Column> columns = TRY(decoder.finish());
      const Selection rows = Selection::all(count);
      std::byte* rows_of[batch_rows];
      TRY(partition.worker.find(input, columns, rows, rows_of));
      if (!partition.worker.table.refused()) {
        TRY(update(input, columns, rows, rows_of));
        continue;
      }
      if (!partition.rest) {
        partition.rest = std::make_unique<SpillPartitions>(context_, partition_count);
      }
      SpilledRows spilled{*partition.rest, chunk.kind, make_views(columns), partition.level};
      uint32_t kept[batch_rows];
      const uint32_t kept_count = TRY(partition.worker.split(rows, rows_of, kept, spilled));
      TRY(update(input, columns, Selection{kept, kept_count, {}}, rows_of));
    }
    TRY(context_.cancellation.check());
  }
  return {};
}

Task<Result<Flow>> HashAggregation::emit_partition(Stage& stage, uint32_t which, uint64_t morsel) {
  uint32_t sequence = 0;
  Flow flow = Flow::More;
  std::unique_ptr<SpillPartitions> rest;
  {
    Partition partition(*this, which, 1);
    CO_TRY(merge_partition(partition));
    for (const auto& worker : workers_.slots()) {
      if (worker && worker->spill) CO_TRY(add_spilled(partition, *worker->spill, which));
    }
    partition.take_new_rows();
    flow =
        CO_TRY(co_await emit_rows(stage, partition.rows, partition.heap, false, morsel, sequence));
    rest = std::move(partition.rest);
    // The partition is done with: its memory goes to the next.
    for (const auto& worker : workers_.slots()) {
      if (!worker || which >= worker->table.collections()) continue;
      RowCollection& collection = worker->table.collection(which);
      destroy_collection(collection);
      collection = RowCollection(context_.budget);
    }
  }
  if (rest && flow == Flow::More) {
    flow = CO_TRY(co_await emit_rest(stage, *rest, 2, morsel, sequence));
  }
  CO_TRY(stage.end_morsel(morsel));
  co_return flow;
}

Task<Result<Flow>> HashAggregation::emit_rest(Stage& stage, const SpillPartitions& spill,
                                              uint32_t level, uint64_t morsel, uint32_t& sequence) {
  if (level > max_spill_levels) co_return fail(budget_exceeded(context_, "GROUP BY"));
  CO_TRY(const_cast<SpillPartitions&>(spill).flush());
  for (uint32_t which = 0; which < partition_count;) {
    if (spill.bytes(which) == 0) {
      ++which;
      continue;
    }
    std::unique_ptr<SpillPartitions> rest;
    {
      Partition partition(*this, which, level);
      // Small neighbours together: a partition of a few rows would cost more than they do. Not at
      // the last levels: alone, a partition always gets its first rows in.
      do {
        CO_TRY(add_spilled(partition, spill, which++));
      } while (level + 1 < max_spill_levels && which < partition_count &&
               partition.has_room_for(spill.bytes(which)));
      partition.take_new_rows();
      if (partition.rows.empty()) co_return fail(budget_exceeded(context_, "GROUP BY"));
      const Flow flow = CO_TRY(
          co_await emit_rows(stage, partition.rows, partition.heap, false, morsel, sequence));
      if (flow == Flow::Done) co_return flow;
      rest = std::move(partition.rest);
    }
    if (!rest) continue;
    const Flow flow = CO_TRY(co_await emit_rest(stage, *rest, level + 1, morsel, sequence));
    if (flow == Flow::Done) co_return flow;
  }
  co_return Flow::More;
}

Result<Column> HashAggregation::finalize(const Call& call, std::span<std::byte* const> rows) {
  const auto count = static_cast<uint32_t>(rows.size());
  if (call.counts_rows) {
    Column column = TRY(Column::reserve_flat(context_.budget, call.type, count));
    auto* values = column.mutable_values<int64_t>();
    for (uint32_t i = 0; i < count; ++i) {
      values[i] = *reinterpret_cast<const int64_t*>(rows[i] + call.offset);
    }
    return column;
  }
  std::byte* states[batch_rows];
  for (uint32_t i = 0; i < count; ++i) states[i] = rows[i] + call.offset;
  AggregateContext context = context_of(call);
  return call.operations->finalize(context, states, count);
}

Task<Result<Flow>> HashAggregation::emit_rows(Stage& stage, std::span<std::byte* const> rows,
                                              const Ref<StringHeap>& heap, bool all_null,
                                              uint64_t morsel, uint32_t& sequence) {
  for (size_t first = 0; first < rows.size(); first += batch_rows) {
    CO_TRY(context_.cancellation.check());
    co_await Turn{context_.executor};
    co_await RoomFor{stage, morsel};
    ScopeTimer timer(context_.clock, statistics_);
    const auto part = rows.subspan(first, std::min<size_t>(batch_rows, rows.size() - first));
    const auto count = static_cast<uint32_t>(part.size());
    Batch batch;
    for (size_t key = 0; key < layout_.keys.size(); ++key) {
      batch.columns.push_back(
          CO_TRY(layout_.gather(key, part.data(), count, heap, all_null, context_.budget)));
    }
    for (const Call& call : calls_) batch.columns.push_back(CO_TRY(finalize(call, part)));
    batch.length = count;
    batch.selection = Selection::all(count);
    batch.morsel = morsel;
    batch.sequence = sequence++;
    if (statistics_) add(statistics_->rows_out, count);
    timer.stop();
    const Flow flow = CO_TRY(stage.consume(batch));
    if (flow == Flow::Done) co_return flow;
  }
  co_return Flow::More;
}

Task<Result<Flow>> HashAggregation::emit_nulls(Stage& stage, uint64_t morsel) {
  std::byte* row = nullptr;
  for (const auto& worker : workers_.slots()) {
    std::byte* other = worker ? worker->table.null_row() : nullptr;
    if (!other) continue;
    if (row) {
      CO_TRY(combine({&other, 1}, {&row, 1}));
    } else {
      row = other;
    }
  }
  uint32_t sequence = 0;
  Flow flow = Flow::More;
  if (row) flow = CO_TRY(co_await emit_rows(stage, {&row, 1}, {}, true, morsel, sequence));
  CO_TRY(stage.end_morsel(morsel));
  co_return flow;
}

Task<Result<Flow>> HashAggregation::emit_ungrouped(Stage& stage, uint64_t morsel) {
  Worker& mine = worker();
  CO_TRY(mine.make_only_row(context_.budget, row_width_));
  for (const auto& other : workers_.slots()) {
    if (!other || other.get() == &mine || !other->only_row) continue;
    CO_TRY(combine({&other->only_row, 1}, {&mine.only_row, 1}));
  }
  uint32_t sequence = 0;
  const Flow flow =
      CO_TRY(co_await emit_rows(stage, {&mine.only_row, 1}, {}, false, morsel, sequence));
  CO_TRY(stage.end_morsel(morsel));
  co_return flow;
}

Task<Result<uint64_t>> HashAggregation::emit(Stage& stage, bool ordered, uint64_t first_morsel) {
  if (layout_.keys.empty()) {
    CO_TRY(co_await emit_ungrouped(stage, first_morsel));
    co_return first_morsel + 1;
  }
  CO_TRY(prepare_merge());
  const uint64_t count = partitions_ + uint64_t{1};
  CO_TRY(co_await run_morsels(context_, count, ordered, [&](uint64_t i) {
    return i < partitions_ ? emit_partition(stage, static_cast<uint32_t>(i), first_morsel + i)
                           : emit_nulls(stage, first_morsel + i);
  }));
  co_return first_morsel + count;
}

}  // namespace whittle
