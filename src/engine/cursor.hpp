// Cursor: the rows of one statement as they are asked for. When a file changed under the statement
// before any row was given out, the statement starts over once with the new file; later, or a
// second time, the reader gets SourceChanged.
#pragma once

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
        run_(std::move(run)),
        restart_(std::move(restart)),
        started_at_(engine.services().clock.monotonic_nanoseconds()) {}

  const Schema& schema() const { return run_->schema(); }
  /// The next rows, nothing after the last. After an error the cursor is spent.
  Task<Result<std::optional<Batch>>> next();
  /// Ends the statement whatever its state. Await it once before dropping the cursor.
  Task<Status> close() { return run_->stop(); }

  QueryRun& run() { return *run_; }
  uint64_t rows() const { return rows_; }
  /// From the statement's start (parsing and opening included, see `set_start`) to its last row.
  uint64_t elapsed_nanoseconds() const;
  void set_start(uint64_t nanoseconds) { started_at_ = nanoseconds; }

 private:
  Engine& engine_;
  std::shared_ptr<QueryRun> run_;
  Restart restart_;
  uint64_t rows_ = 0, started_at_ = 0, ended_at_ = 0;
};

}  // namespace whittle
