// Pipelines: how batches move. Data is pushed: a BatchSource drives batches into a Stage, which
// hands them to the next Stage, until one keeps them (aggregate, sort, result). Only sources await
// bytes; stages are plain synchronous code.
//
// Parallelism: a source runs its morsels as tasks on the executor's workers. A Stage may be entered
// by several workers at once and keeps per-worker state in a vector indexed by current_worker();
// between two awaits a task stays on its worker, so that state needs no lock. When all morsels are
// done, the source's `run` returns, and the one caller merges the per-worker states (`finish`).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancellation.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/temporary_storage.hpp"
#include "columnar/column.hpp"
#include "columnar/schema.hpp"
#include "io/range_engine.hpp"

namespace whittle {

/// Everything a running query may use; lives as long as the query. Counters for EXPLAIN ANALYZE
/// hang off it.
struct QueryContext {
  Executor& executor;
  MemoryBudget& budget;
  Clock& clock;
  CancellationToken& cancellation;
  TemporaryStorage* temporary_storage = nullptr;  // null: cannot spill
  IoSessionRef io;
  struct QueryStatistics* statistics = nullptr;
  /// Switches for tests and benchmarks (SET enable_…).
  bool skipping = true;
  bool late_materialization = true;
  uint64_t random_seed = 0;
  /// Called by a source that fails while other tasks of it may wait for room behind a morsel that
  /// will never end: from here on there is room. Set by whoever holds the result queue.
  std::function<void()> give_up;
  Status failed(Error error) {
    if (give_up) give_up();
    return std::unexpected<Error>(std::move(error));
  }
  uint32_t workers() const { return executor.worker_count(); }
};

/// Whether a stage wants more: Done lets LIMIT stop the reading.
enum class Flow : uint8_t { More, Done };

class Stage {
 public:
  virtual ~Stage() = default;
  /// May change `batch` (its columns are handles). Called by any worker.
  virtual Result<Flow> consume(Batch& batch) = 0;
  /// Called once, after the last consume of all workers, by one worker: flush buffers to the next
  /// stage.
  virtual Status finish() { return {}; }

  /// A source calls it when every batch of `morsel` was consumed, and once with every morsel below
  /// `count` it never started: an ordered result waits for the gaps before it gives out what
  /// follows.
  virtual Status end_morsel(uint64_t) { return {}; }
  /// Backpressure: false while a slow reader has to take something before more of `morsel` may
  /// come. Sources await `RoomFor` before each batch; the first unfinished morsel is always let
  /// through in the end.
  virtual bool has_room(uint64_t) { return true; }
  /// Keeps `waiter` until there may be room and posts it then; false when there is room already.
  virtual bool wait_for_room(uint64_t, std::coroutine_handle<>) { return false; }
  /// The calling worker is about to be refused memory: what it keeps here and can keep elsewhere (a
  /// sort's run) goes to temporary storage.
  virtual Status relieve() { return {}; }
};

/// `co_await RoomFor{stage, morsel}`
struct RoomFor {
  Stage& stage;
  uint64_t morsel;
  bool await_ready() const { return stage.has_room(morsel); }
  bool await_suspend(std::coroutine_handle<> handle) { return stage.wait_for_room(morsel, handle); }
  void await_resume() const {}
};

/// A streaming operator: works on a batch and passes it on.
class Operator : public Stage {
 public:
  explicit Operator(Stage& next) : next_(next) {}
  Status finish() override { return next_.finish(); }
  Status end_morsel(uint64_t morsel) override { return next_.end_morsel(morsel); }
  bool has_room(uint64_t morsel) override { return next_.has_room(morsel); }
  bool wait_for_room(uint64_t morsel, std::coroutine_handle<> waiter) override {
    return next_.wait_for_room(morsel, waiter);
  }
  Status relieve() override { return next_.relieve(); }

 protected:
  Stage& next_;
};

/// Where batches come from: a scan, VALUES, or a breaker (aggregate, sort) that gives out what it
/// kept.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  virtual const Schema& schema() const = 0;
  /// Pushes all batches into `stage` and returns when every one was consumed (then calls nothing:
  /// the caller calls stage.finish()). `ordered`: batches arrive in source order, from one task at
  /// a time.
  virtual Task<Status> run(QueryContext& context, Stage& stage, bool ordered) = 0;
};
using BatchSourcePtr = std::unique_ptr<BatchSource>;

}  // namespace whittle
