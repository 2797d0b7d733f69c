#include "exec/evaluator.hpp"
#include "library/implementation.hpp"
#include "plan/binder/binder.hpp"
#include "sql/parser.hpp"

namespace whittle {

namespace {

// A statement's rows. The connection is kept alive by the stream.
class CursorSource : public RowSource {
 public:
  CursorSource(Engine& engine, std::unique_ptr<Cursor> cursor)
      : engine_(engine), cursor_(std::move(cursor)) {}

  const Schema& schema() const override { return cursor_->schema(); }
  Task<Result<std::optional<Batch>>> next() override { return cursor_->next(); }
  Task<Status> close() override { return cursor_->close(); }

  StatementStatistics statistics() const override {
    StatementStatistics out;
    out.seconds = static_cast<double>(cursor_->elapsed_nanoseconds()) / 1e9;
    out.rows = cursor_->rows();
    const std::shared_ptr<QueryRun> run = cursor_->run();
    fill_statistics(out, run->io(), engine_.budget());
    for (const auto& node : run->statistics().operators) out.spilled_bytes += node.spilled_bytes;
    return out;
  }

  Progress progress() const override {
    Progress out;
    const std::shared_ptr<QueryRun> run = cursor_->run();
    const IoStatistics& io = run->io();
    out.bytes_fetched = io.bytes_fetched;
    out.requests = io.requests;
    out.rows = cursor_->rows();
    for (const auto& scan : run->statistics().scans) {
      out.bytes_planned += scan.bytes_needed;
      out.row_groups_total += scan.row_groups;
      out.row_groups_done += scan.row_groups_done;
    }
    return out;
  }

 private:
  Engine& engine_;
  std::unique_ptr<Cursor> cursor_;
};

Result<StatementParameters> parse_parameters(Engine& engine, const Settings& settings,
                                             std::span<const std::string> literals) {
  StatementParameters parameters;
  ResolvedTables none;
  const BindContext context{.functions = engine.functions(),
                            .tables = none,
                            .settings = settings,
                            .fold = evaluate_constant,
                            .budget = engine.budget()};
  for (const std::string& literal : literals) {
    const sql::ExpressionPtr expression = TRY(sql::parse_expression(literal));
    parameters.positional.push_back(TRY(bind_constant_value(*expression, context)));
  }
  return parameters;
}

}  // namespace

void fill_statistics(StatementStatistics& out, IoStatistics& io, const MemoryBudget& budget) {
  out.bytes_fetched = io.bytes_fetched;
  out.requests = io.requests;
  out.retries = io.retries;
  out.round_trips = io.round_trips;
  for (const auto& source : io.sources()) out.bytes_in_files += source.size;
  out.peak_memory = budget.peak();
}

Connection::Connection(std::shared_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<ResultStream> Connection::query(std::string_view sql) {
  return query(sql, {});
}

Result<ResultStream> Connection::query(std::string_view sql,
                                       std::span<const std::string> parameters) {
  Database::Implementation& database = *implementation_->database;
  Session& session = implementation_->session;
  StatementParameters values =
      TRY(parse_parameters(database.engine, session.settings(), parameters));
  auto cursor = TRY(database.wait(session.execute(std::string(sql), std::move(values))));
  auto source = std::make_unique<CursorSource>(database.engine, std::move(cursor));
  return ResultStream(std::make_unique<ResultStream::Implementation>(
      implementation_->database, implementation_, std::move(source)));
}

void Connection::interrupt() {
  implementation_->session.interrupt();
}

}  // namespace whittle
