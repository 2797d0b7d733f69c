// Session: one connection: its settings, its prepared statements, the statement that runs now.
//
// Used by one caller at a time, except interrupt(), which any thread may call. The text of a
// statement is parsed, what it reads is opened (waiting), then it is bound, optimized and planned
// without waiting, and runs as its Cursor is read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cursor.hpp"
#include "plan/bind_context.hpp"
#include "sql/statement.hpp"

namespace whittle {

struct StatementParameters {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

class Session {
 public:
  explicit Session(Engine& engine);

  Settings& settings() { return settings_; }
  Engine& engine() { return engine_; }

  /// Runs the statements of `sql` in order; the cursor is the last one's. Errors carry positions in
  /// `sql`. Whoever keeps `opening` can stop just this.
  Task<Result<std::unique_ptr<Cursor>>> execute(std::string sql,
                                                StatementParameters parameters = {},
                                                std::shared_ptr<Opening> opening = nullptr);
  /// Stops every statement of this session that has not ended, those whose cursors are still read
  /// included.
  void interrupt();

 private:
  using SharedStatement = std::shared_ptr<const sql::Statement>;

  /// What stops a statement, also when it starts over: an interrupt of the session since it began,
  /// by their number then, or one of its own.
  struct Begun {
    uint64_t interrupts;
    std::shared_ptr<Opening> opening;  // may be null
  };

  Task<Result<std::unique_ptr<Cursor>>> execute_statement(SharedStatement statement,
                                                          StatementParameters parameters,
                                                          std::shared_ptr<Opening> opening);
  /// A statement that gives rows.
  Task<Result<std::unique_ptr<Cursor>>> start_query(SharedStatement statement,
                                                    StatementParameters parameters, Begun begun);
  /// COPY … TO: writes the file and answers with the number of rows.
  Task<Result<std::unique_ptr<Cursor>>> execute_copy(SharedStatement statement,
                                                     StatementParameters parameters, Begun begun);
  BindContext bind_context(const ResolvedTables& tables, const StatementParameters& parameters);
  /// Parses nothing, waits for files: from a statement to a run that is ready to start.
  Task<Result<std::shared_ptr<QueryRun>>> prepare_run(SharedStatement statement,
                                                      StatementParameters parameters, Begun begun);
  Result<PlanPtr> plan_statement(const sql::Statement& statement, const BindContext& context);
  /// What a changed setting means for the engine.
  Status apply_setting(std::string_view name);
  /// SET, RESET and PRAGMA: changes the settings, and the engine where a setting is the engine's.
  Result<PlanPtr> change_settings(const sql::Statement& statement, const BindContext& context);
  std::shared_ptr<StatementIo> begin_statement(const Begun& begun);
  uint64_t interrupts();

  Engine& engine_;
  Settings settings_;
  std::map<std::string, SharedStatement, std::less<>> prepared_;
  Mutex mutex_;
  std::vector<std::weak_ptr<StatementIo>> statements_;  // begun; those that ended have expired
  uint64_t interrupts_ = 0;
};

}  // namespace whittle
