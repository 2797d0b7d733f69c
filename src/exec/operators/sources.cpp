#include "exec/operators/sources.hpp"

#include <algorithm>

#include "columnar/builder.hpp"
#include "exec/evaluator.hpp"

namespace whittle {

Task<Status> BatchesSource::run(QueryContext& context, Stage& stage, bool) {
  for (size_t i = 0; i < batches_.size(); ++i) {
    CO_TRY(context.cancellation.check());
    co_await Turn{context.executor};
    co_await RoomFor{stage, i};
    Batch batch = batches_[i];
    batch.morsel = i;
    batch.sequence = 0;
    const Flow flow = CO_TRY(stage.consume(batch));
    CO_TRY(stage.end_morsel(i));
    if (flow == Flow::Done) break;
  }
  co_return Status{};
}

Task<Status> ValuesSource::run(QueryContext& context, Stage& stage, bool) {
  ExpressionEvaluator evaluator(context.budget, &context.cancellation);
  for (size_t first = 0; first < rows_.size(); first += batch_rows) {
    CO_TRY(context.cancellation.check());
    const uint64_t morsel = first / batch_rows;
    co_await Turn{context.executor};
    co_await RoomFor{stage, morsel};
    const auto count = static_cast<uint32_t>(std::min<size_t>(batch_rows, rows_.size() - first));
    Batch batch;
    for (size_t c = 0; c < schema_.size(); ++c) {
      ColumnBuilder builder(schema_[c].type, context.budget);
      CO_TRY(builder.reserve(count));
      for (uint32_t i = 0; i < count; ++i) {
        const Expression& cell = *rows_[first + i][c];
        if (cell.is_constant()) {
          CO_TRY(builder.append(cell.constant));
          continue;
        }
        const Column value = CO_TRY(evaluator.evaluate(cell, {}, 1, Selection::all(1)));
        CO_TRY(builder.append_from(value, 0));
      }
      batch.columns.push_back(CO_TRY(builder.finish()));
    }
    batch.length = count;
    batch.selection = Selection::all(count);
    batch.morsel = morsel;
    const Flow flow = CO_TRY(stage.consume(batch));
    CO_TRY(stage.end_morsel(morsel));
    if (flow == Flow::Done) break;
  }
  co_return Status{};
}

namespace {

struct MorselQueue {
  std::atomic<uint64_t> next = 0;
  uint64_t count;
  std::atomic<bool> done = false;
};

Task<Status> work_morsels(QueryContext& context, MorselQueue& queue, TaskGroup* group,
                          const MorselWork& work) {
  while (!queue.done.load(std::memory_order_relaxed) && !(group && group->failed())) {
    const uint64_t morsel = queue.next.fetch_add(1, std::memory_order_relaxed);
    if (morsel >= queue.count) break;
    Status going = context.cancellation.check();
    if (!going) co_return context.failed(std::move(going).error());
    Result<Flow> flow = co_await work(morsel);
    if (!flow) co_return context.failed(std::move(flow).error());
    if (*flow == Flow::Done) queue.done.store(true, std::memory_order_relaxed);
  }
  co_return Status{};
}

}  // namespace

Task<Status> run_morsels(QueryContext& context, uint64_t count, bool ordered, MorselWork work) {
  MorselQueue queue;
  queue.count = count;
  const uint64_t tasks = ordered ? 1 : std::min<uint64_t>(context.workers(), count);
  if (tasks <= 1) co_return co_await work_morsels(context, queue, nullptr, work);
  TaskGroup group(context.executor);
  for (uint64_t i = 0; i < tasks; ++i) group.spawn(work_morsels(context, queue, &group, work));
  co_return co_await group.join();
}

namespace {

constexpr uint64_t rows_per_morsel = 64 * batch_rows;

Task<Result<Flow>> compute_morsel(QueryContext& context, Stage& stage,
                                  const ComputedSource::Fill& fill, uint64_t count,
                                  uint64_t morsel) {
  const uint64_t end = std::min(count, (morsel + 1) * rows_per_morsel);
  uint32_t sequence = 0;
  Flow flow = Flow::More;
  for (uint64_t first = morsel * rows_per_morsel; first < end && flow == Flow::More;) {
    CO_TRY(context.cancellation.check());
    co_await Turn{context.executor};
    co_await RoomFor{stage, morsel};
    Batch batch;
    batch.length = static_cast<uint32_t>(std::min<uint64_t>(batch_rows, end - first));
    batch.columns = CO_TRY(fill(context.budget, first, batch.length));
    batch.selection = Selection::all(batch.length);
    batch.morsel = morsel;
    batch.sequence = sequence++;
    first += batch.length;
    flow = CO_TRY(stage.consume(batch));
  }
  CO_TRY(stage.end_morsel(morsel));
  co_return flow;
}

}  // namespace

Task<Status> ComputedSource::run(QueryContext& context, Stage& stage, bool ordered) {
  const uint64_t morsels = (count_ + rows_per_morsel - 1) / rows_per_morsel;
  co_return co_await run_morsels(context, morsels, ordered, [&](uint64_t morsel) {
    return compute_morsel(context, stage, fill_, count_, morsel);
  });
}

}  // namespace whittle
