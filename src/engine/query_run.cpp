#include "engine/query_run.hpp"

#include <algorithm>

#include "exec/physical_plan.hpp"

namespace whittle {

namespace {

// What may wait for a slow reader: enough to keep workers busy, little against the budget.
uint64_t queue_capacity(uint64_t limit) {
  return std::clamp<uint64_t>(limit / 16, 1 << 20, 64 << 20);
}

QueryContext make_context(Engine& engine, StatementIo& io, IoSessionRef session,
                          QueryStatistics& statistics, const Settings& settings) {
  const EngineServices& services = engine.services();
  QueryContext context{services.executor, engine.budget(), services.clock, io.token};
  context.temporary_storage = services.temporary_storage;
  context.io = std::move(session);
  context.statistics = &statistics;
  context.skipping = settings.flag("enable_skipping");
  context.late_materialization = settings.flag("enable_late_materialization");
  context.random_seed = services.clock.monotonic_nanoseconds();
  return context;
}

}  // namespace

QueryRun::QueryRun(Engine& engine, std::shared_ptr<StatementIo> io, PlanPtr plan,
                   const Settings& settings)
    : engine_(engine),
      io_(std::move(io)),
      plan_(std::move(plan)),
      context_(make_context(engine, *io_, StatementIo::session_of(io_), statistics_, settings)),
      queue_(context_, queue_capacity(engine.budget().limit())),
      ended_(engine.services().executor) {
  context_.give_up = [this] { queue_.give_up(); };
}

Result<std::shared_ptr<QueryRun>> QueryRun::create(Engine& engine, std::shared_ptr<StatementIo> io,
                                                   PlanPtr plan, const Settings& settings) {
  auto run = std::make_shared<QueryRun>(engine, std::move(io), std::move(plan), settings);
  run->source_ = TRY(build_physical_plan(*run->plan_, run->context_));
  return run;
}

// `run` is held by the coroutine itself: it lives until the last stage has finished.
Task<Status> QueryRun::execute(std::shared_ptr<QueryRun> run) {
  Status status = co_await run->source_->run(run->context_, run->queue_, false);
  if (status) status = run->queue_.finish();
  co_return status;
}

void QueryRun::start() {
  started_ = true;
  auto self = shared_from_this();
  spawn_detached(engine_.services().executor, execute(self), [self](Status status) {
    self->queue_.close(std::move(status));
    self->ended_.complete(0);
  });
}

Task<Result<std::optional<Batch>>> QueryRun::next() {
  if (!started_) start();
  co_return co_await queue_.next();
}

Task<Status> QueryRun::stop() {
  io_->token.cancel();
  queue_.abandon();
  if (started_ && !joined_) {
    joined_ = true;
    co_await ended_;
  }
  co_return Status{};
}

}  // namespace whittle
