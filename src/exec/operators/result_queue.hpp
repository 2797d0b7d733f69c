// ResultQueue: the last stage of a query; whoever asked takes batches out of its other end.
//
// Batches come out in the order of (morsel, sequence), whatever order the workers finish in: a
// SELECT without ORDER BY gives rows in file order, as DuckDB does. Batches of a later morsel wait
// until every earlier one has ended. The queue holds a bounded number of bytes: beyond it sources
// wait (RoomFor), except the one that works on the first unfinished morsel, whose batches can be
// taken at once and which waits only for the reader.
//
// Memory: what waits here is charged by its buffers. Batches are compacted first, so that a few
// rows do not pin big pages. Threads: stages call from any worker, the reader from its own.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "exec/pipeline.hpp"

namespace whittle {

class ResultQueue : public Stage {
 public:
  /// At most about `capacity` bytes wait, when the source can be held back.
  ResultQueue(QueryContext& context, uint64_t capacity);

  // Stage
  Result<Flow> consume(Batch& batch) override;
  Status end_morsel(uint64_t morsel) override;
  bool has_room(uint64_t morsel) override;
  bool wait_for_room(uint64_t morsel, std::coroutine_handle<> waiter) override;

  /// The run is over: what waits becomes readable, then `status` (end or error).
  void close(Status status);

  /// The next batch (dense selection), nothing at the end, or the error of the query. One reader.
  Task<Result<std::optional<Batch>>> next();
  /// The reader loses interest: everything held is dropped and consume answers Done.
  void abandon();
  /// The source has failed: nobody waits for room any more. Any thread.
  void give_up();

 private:
  struct Pending {
    std::vector<Batch> batches;
    bool ended = false;
  };
  struct Waiter {
    std::coroutine_handle<> handle;
    uint64_t morsel;
  };
  struct Ready {
    ResultQueue& queue;
    bool await_ready() { return false; }
    bool await_suspend(std::coroutine_handle<> handle) { return queue.wait_for_batch(handle); }
    void await_resume() {}
  };
  bool wait_for_batch(std::coroutine_handle<> reader);
  bool full(uint64_t morsel) const;
  void advance();
  void wake_sources();
  void wake_reader();

  QueryContext& context_;
  const uint64_t capacity_;
  Mutex mutex_;
  std::map<uint64_t, Pending> pending_;  // morsels that are not the first unfinished one
  uint64_t first_open_ = 0;
  std::deque<Batch> ready_;
  uint64_t held_bytes_ = 0, ready_bytes_ = 0;
  std::vector<Waiter> waiters_;
  std::coroutine_handle<> reader_;
  bool closed_ = false, abandoned_ = false, gave_up_ = false;
  std::optional<Error> error_;
};

/// Runs a source to its end and keeps all batches, in order: for breakers that need everything and
/// for tests.
Task<Result<std::vector<Batch>>> collect(QueryContext& context, BatchSource& source);

}  // namespace whittle
