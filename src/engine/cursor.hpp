// Cursor: the rows of one statement as they are asked for. When a file changed under the statement
// before any row was given out, the statement starts over once with the new file; later, or a
// second time, or when the new file has other columns than those already announced, the reader gets
// SourceChanged.
//
// Used by one reader at a time; run() and rows() may be asked from any thread meanwhile.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "engine/query_run.hpp"

namespace whittle {

class Cursor {
 public:
  using Restart = std::function<Task<Result<std::shared_ptr<QueryRun>>>()>;

  Cursor(Engine& engine, std::shared_ptr<QueryRun> run, Restart restart)
      : engine_(engine),
        schema_(run->schema()),
        run_(std::move(run)),
        restart_(std::move(restart)),
        started_at_(engine.services().clock.monotonic_nanoseconds()) {}

  const Schema& schema() const { return schema_; }
  /// The next rows, nothing after the last. After an error the cursor is spent.
  Task<Result<std::optional<Batch>>> next();
  /// Ends the statement whatever its state. Await it once before dropping the cursor.
  Task<Status> close() { return run()->stop(); }

  /// The execution that gives the rows now; a restart replaces it.
  std::shared_ptr<QueryRun> run() const {
    MutexLock lock(mutex_);
    return run_;
  }
  uint64_t rows() const { return rows_; }
  /// From the statement's start (parsing and opening included, see `set_start`) to its last row.
  uint64_t elapsed_nanoseconds() const;
  void set_start(uint64_t nanoseconds) { started_at_ = nanoseconds; }

 private:
  Task<Status> start_over();

  Engine& engine_;
  const Schema schema_;
  mutable Mutex mutex_;  // guards run_, the pointer
  std::shared_ptr<QueryRun> run_;
  Restart restart_;
  std::atomic<uint64_t> rows_ = 0;
  uint64_t started_at_ = 0, ended_at_ = 0;
};

}  // namespace whittle
