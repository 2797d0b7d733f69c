// QueryRun: one execution of one plan: its context, pipelines, result queue and counters.
//
// Ownership: shared by the Cursor that reads it and the detached task that runs it, so a cursor may
// be dropped at any moment: the run then sees the cancellation and ends by itself. `ended()` is
// awaited before the engine dies.
#pragma once

#include <memory>

#include "engine/engine.hpp"
#include "exec/operators/result_queue.hpp"
#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

/// What one statement's reads share, with the token that stops them. Reads in flight keep it alive.
struct StatementIo {
  explicit StatementIo(Engine& engine)
      : session(engine.services().executor, engine.services().clock, engine.budget(), token) {
    session.log = engine.services().log;
    session.cache = engine.range_cache();
  }
  CancellationToken token;
  IoSession session;

  static IoSessionRef session_of(const std::shared_ptr<StatementIo>& io) {
    return {io, &io->session};
  }
};

/// A statement that was asked and may be taken back before it gives a cursor. One thread.
class Opening {
 public:
  void begin(const std::shared_ptr<StatementIo>& io) {
    io_ = io;
    if (interrupted_) io->token.cancel();
  }
  void interrupt() {
    interrupted_ = true;
    if (const auto io = io_.lock()) io->token.cancel();
  }

 private:
  std::weak_ptr<StatementIo> io_;  // what was begun for it last
  bool interrupted_ = false;
};

class QueryRun : public std::enable_shared_from_this<QueryRun> {
 public:
  /// Plans the pipelines of `plan`; nothing runs yet.
  static Result<std::shared_ptr<QueryRun>> create(Engine& engine, std::shared_ptr<StatementIo> io,
                                                  PlanPtr plan, const Settings& settings);

  const Schema& schema() const { return plan_->output; }
  const PlanNode& plan() const { return *plan_; }
  QueryStatistics& statistics() { return statistics_; }
  IoStatistics& io() { return io_->session.statistics; }
  const std::shared_ptr<StatementIo>& statement_io() const { return io_; }

  /// The next rows in order, nothing at the end. Starts the run at the first call.
  Task<Result<std::optional<Batch>>> next();
  /// Stops the run and waits until nothing of it is left on any worker.
  Task<Status> stop();

  QueryRun(Engine& engine, std::shared_ptr<StatementIo> io, PlanPtr plan, const Settings& settings);

 private:
  static Task<Status> execute(std::shared_ptr<QueryRun> run);
  void start();

  Engine& engine_;
  std::shared_ptr<StatementIo> io_;
  PlanPtr plan_;
  QueryStatistics statistics_;
  QueryContext context_;
  BatchSourcePtr source_;
  ResultQueue queue_;
  Completion<int> ended_;
  bool started_ = false, joined_ = false;
};

}  // namespace whittle
