#include "engine/session.hpp"

#include "engine/copy_statement.hpp"
#include "engine/explain_analyze.hpp"
#include "engine/resolve_tables.hpp"
#include "exec/evaluator.hpp"
#include "exec/scan/late_top_n.hpp"
#include "plan/binder/binder.hpp"
#include "plan/describe.hpp"
#include "plan/optimizer/optimizer.hpp"
#include "sql/parser.hpp"

namespace whittle {

namespace {

// Statements that only change the session answer with no columns and no rows.
PlanPtr empty_plan() {
  auto plan = std::make_unique<PlanNode>(PlanKind::Values);
  return plan;
}

// The statement inside an alias of the whole, so that one shared_ptr keeps it all.
std::shared_ptr<const sql::Statement> part_of(const std::shared_ptr<const sql::Statement>& whole,
                                              const sql::StatementPtr& part) {
  return {whole, part.get()};
}

}  // namespace

Session::Session(Engine& engine) : engine_(engine) {
  const uint32_t workers = std::max<uint32_t>(engine.services().executor.worker_count(), 1);
  (void)settings_.set("threads", Value::integer(TypeId::BigInt, workers));
}

void Session::interrupt() {
  std::vector<std::shared_ptr<StatementIo>> alive;  // the last owner must not end under the lock
  MutexLock lock(mutex_);
  ++interrupts_;
  for (const auto& statement : statements_) {
    if (auto io = statement.lock()) {
      io->token.cancel();
      alive.push_back(std::move(io));
    }
  }
}

uint64_t Session::interrupts() {
  MutexLock lock(mutex_);
  return interrupts_;
}

std::shared_ptr<StatementIo> Session::begin_statement(const Begun& begun) {
  auto io = std::make_shared<StatementIo>(engine_);
  if (begun.opening) begun.opening->begin(io);
  MutexLock lock(mutex_);
  std::erase_if(statements_, [](const auto& statement) { return statement.expired(); });
  statements_.push_back(io);
  if (begun.interrupts != interrupts_) io->token.cancel();
  return io;
}

Task<Result<std::unique_ptr<Cursor>>> Session::execute(std::string sql,
                                                       StatementParameters parameters,
                                                       std::shared_ptr<Opening> opening) {
  const uint64_t start = engine_.services().clock.monotonic_nanoseconds();
  engine_.budget().reset_peak();
  std::vector<sql::StatementPtr> statements = CO_TRY(sql::parse(sql));
  if (statements.empty()) co_return fail(ErrorCode::Syntax, "there is no statement in the text");
  std::unique_ptr<Cursor> cursor;
  for (size_t i = 0; i < statements.size(); ++i) {
    SharedStatement statement = std::move(statements[i]);
    cursor = CO_TRY(co_await execute_statement(std::move(statement), parameters, opening));
    cursor->set_start(start);
    if (i + 1 == statements.size()) break;
    // All but the last run to their end for their effect.
    for (bool more = true; more;) {
      Result<std::optional<Batch>> batch = co_await cursor->next();
      if (!batch) {
        (void)co_await cursor->close();
        co_return fail(std::move(batch.error()));
      }
      more = batch->has_value();
    }
    (void)co_await cursor->close();
  }
  co_return cursor;
}

Task<Result<std::unique_ptr<Cursor>>> Session::execute_statement(SharedStatement statement,
                                                                 StatementParameters parameters,
                                                                 std::shared_ptr<Opening> opening) {
  using sql::StatementKind;
  Begun begun{interrupts(), std::move(opening)};
  if (statement->kind == StatementKind::Prepare) {
    const auto& prepare = sql::as<sql::PrepareStatement>(*statement);
    prepared_[prepare.name] = part_of(statement, prepare.statement);
  } else if (statement->kind == StatementKind::Deallocate) {
    const auto& deallocate = sql::as<sql::DeallocateStatement>(*statement);
    if (deallocate.name.empty()) {
      prepared_.clear();
    } else {
      prepared_.erase(deallocate.name);
    }
  } else if (statement->kind == StatementKind::Execute) {
    const auto& execute = sql::as<sql::ExecuteStatement>(*statement);
    const auto found = prepared_.find(execute.name);
    if (found == prepared_.end()) {
      co_return fail(
          Error(ErrorCode::Binder, "Prepared statement \"" + execute.name + "\" does not exist")
              .with_position(execute.position));
    }
    ResolvedTables none;
    const BindContext context{engine_.functions(), none, settings_, evaluate_constant,
                              engine_.budget()};
    parameters = {};
    for (const auto& argument : execute.arguments) {
      if (const auto* named = sql::if_is<sql::NamedArgument>(*argument)) {
        parameters.named.emplace_back(named->name,
                                      CO_TRY(bind_constant_value(*named->value, context)));
      } else {
        parameters.positional.push_back(CO_TRY(bind_constant_value(*argument, context)));
      }
    }
    statement = found->second;
  }
  if (statement->kind == StatementKind::Copy) {
    co_return co_await execute_copy(std::move(statement), std::move(parameters), std::move(begun));
  }
  co_return co_await start_query(std::move(statement), std::move(parameters), std::move(begun));
}

Task<Result<std::unique_ptr<Cursor>>> Session::start_query(SharedStatement statement,
                                                           StatementParameters parameters,
                                                           Begun begun) {
  Cursor::Restart start = [this, statement, parameters, begun = std::move(begun)] {
    return prepare_run(statement, parameters, begun);
  };
  Result<std::shared_ptr<QueryRun>> run = co_await start();
  if (!run && run.error().code() == ErrorCode::SourceChanged) {
    // It changed while its footer was read: that was the one time a statement starts over.
    engine_.footers()->clear();
    run = co_await start();
    start = nullptr;
  }
  co_return std::make_unique<Cursor>(engine_, CO_TRY(std::move(run)), std::move(start));
}

Task<Result<std::unique_ptr<Cursor>>> Session::execute_copy(SharedStatement statement,
                                                            StatementParameters parameters,
                                                            Begun begun) {
  const ResolvedTables none;
  const auto& copy = sql::as<sql::CopyStatement>(*statement);
  CopyTarget target = CO_TRY(copy_target(copy, bind_context(none, parameters)));
  const SourcePosition file = copy.file->position;
  auto rows = CO_TRY(co_await start_query(statement, std::move(parameters), begun));
  Result<uint64_t> count = co_await copy_rows(engine_, *rows, std::move(target));
  (void)co_await rows->close();
  if (!count) co_return fail(std::move(count.error()).with_position(file));
  PlanPtr answer = make_node(PlanKind::Values);
  answer->output = {{"Count", TypeId::BigInt}};
  answer->rows.emplace_back().push_back(
      make_constant(Value::integer(TypeId::BigInt, static_cast<int64_t>(*count))));
  auto run =
      CO_TRY(QueryRun::create(engine_, begin_statement(begun), std::move(answer), settings_));
  co_return std::make_unique<Cursor>(engine_, std::move(run), nullptr);
}

BindContext Session::bind_context(const ResolvedTables& tables,
                                  const StatementParameters& parameters) {
  BindContext context{engine_.functions(), tables, settings_, evaluate_constant, engine_.budget()};
  context.now_microseconds = engine_.services().clock.wall_microseconds();
  context.parameters = &parameters.positional;
  context.named_parameters = &parameters.named;
  return context;
}

Task<Result<std::shared_ptr<QueryRun>>> Session::prepare_run(SharedStatement statement,
                                                             StatementParameters parameters,
                                                             Begun begun) {
  std::shared_ptr<StatementIo> io = begin_statement(begun);
  ResolvedTables tables;
  const BindContext context = bind_context(tables, parameters);
  auto requests = CO_TRY(collect_table_references(*statement, context));
  CO_TRY(co_await resolve_tables(engine_, StatementIo::session_of(io), settings_,
                                 std::move(requests), tables));
  PlanPtr plan;
  if (statement->kind == sql::StatementKind::Explain) {
    const auto& explain = sql::as<sql::ExplainStatement>(*statement);
    PlanPtr inner = CO_TRY(plan_statement(*explain.statement, context));
    if (settings_.flag("enable_late_materialization")) mark_late_top_n(*inner);
    plan =
        explain.analyze ? CO_TRY(co_await explain_analyze(engine_, io, std::move(inner), settings_))
                           : explain_plan(*inner);
  } else {
    plan = CO_TRY(plan_statement(*statement, context));
  }
  co_return QueryRun::create(engine_, std::move(io), std::move(plan), settings_);
}

Result<PlanPtr> Session::plan_statement(const sql::Statement& statement,
                                        const BindContext& context) {
  using sql::StatementKind;
  switch (statement.kind) {
    case StatementKind::Select:
      return optimize(TRY(bind_query(*sql::as<sql::SelectStatement>(statement).query, context)),
                      context);
    case StatementKind::Copy:
      return optimize(TRY(copy_plan(sql::as<sql::CopyStatement>(statement), context)), context);
    case StatementKind::Describe:
    case StatementKind::Summarize:
    case StatementKind::Show:
      return optimize(give_null_a_type(TRY(bind_describing(statement, context))), context);
    case StatementKind::Set:
    case StatementKind::Reset:
    case StatementKind::Pragma:
      return change_settings(statement, context);
    case StatementKind::Prepare:
    case StatementKind::Deallocate:
    case StatementKind::Install:
    case StatementKind::Transaction:
    case StatementKind::Checkpoint:
      return empty_plan();
    default:
      return fail(Error(ErrorCode::Unsupported, std::string(statement_kind_name(statement.kind)) +
                                                    " is not supported in this version")
                      .with_position(statement.position));
  }
}

}  // namespace whittle
