// The module's functions. js/src/module.ts is the other side; every call that may have made work is
// followed by `drain`.
//
// Strings come as pointer and length in memory from `take`, which the callee only reads; the caller
// gives it back. What takes time answers through `host_settle(token, …)`.
#include <cstdlib>
#include <cstring>

#include "base/task.hpp"
#include "exec/evaluator.hpp"
#include "imports.hpp"
#include "instance.hpp"
#include "plan/binder/binder.hpp"
#include "sql/parser.hpp"

#define WHITTLE_EXPORT(name) __attribute__((export_name(name)))

namespace whittle::wasm {

namespace {

enum SettleKind : uint32_t { kValue = 0, kLast = 1, kError = 2 };

Instance* instance = nullptr;

void settle(uint32_t token, SettleKind kind, std::string_view bytes) {
  host_settle(token, kind, bytes.data(), bytes.size());
}
void settle_error(uint32_t token, const Error& error) {
  settle(token, kError, error_json(error));
}

/// Names (empty: by position) and SQL literals in turn.
Result<StatementParameters> parse_parameters(const Settings& settings, std::string_view text) {
  Engine& engine = instance->engine;
  ResolvedTables none;
  const BindContext context{.functions = engine.functions(),
                            .tables = none,
                            .settings = settings,
                            .fold = evaluate_constant,
                            .budget = engine.budget()};
  StatementParameters parameters;
  for (const auto& [name, literal] : nul_ended_pairs(text)) {
    const sql::ExpressionPtr expression = TRY(sql::parse_expression(literal));
    Value value = TRY(bind_constant_value(*expression, context));
    if (name.empty()) {
      parameters.positional.push_back(std::move(value));
    } else {
      parameters.named.emplace_back(name, std::move(value));
    }
  }
  return parameters;
}

/// Settles with the number of the result and its first page.
void hand_over(uint32_t token, std::unique_ptr<Results> results) {
  if (Status begun = results->begin(); !begun) return settle_error(token, begun.error());
  Results& added = *results;
  const uint32_t id = instance->results.add(std::move(results));
  std::string bytes(reinterpret_cast<const char*>(&id), sizeof(id));
  settle(token, kValue, bytes + added.page.bytes);
}

Task<Result<std::unique_ptr<Results>>> run_query(std::shared_ptr<Session> session,
                                                 PageFormat format, std::string sql,
                                                 StatementParameters parameters,
                                                 std::shared_ptr<Opening> opening) {
  std::unique_ptr<Cursor> cursor =
      CO_TRY(co_await session->execute(std::move(sql), std::move(parameters), std::move(opening)));
  co_return std::make_unique<Results>(instance->engine, format, std::move(session),
                                      std::move(cursor));
}

Task<Result<std::unique_ptr<Results>>> pick_rows(PageFormat format, std::string url,
                                                 std::vector<std::string> columns,
                                                 std::vector<uint64_t> rows,
                                                 std::shared_ptr<Opening> opening) {
  Engine& engine = instance->engine;
  auto io = std::make_shared<StatementIo>(engine);
  opening->begin(io);
  parquet::OpenedParquet opened =
      CO_TRY(co_await engine.footers()->open(std::move(url), {}, StatementIo::session_of(io)));
  std::vector<uint32_t> positions;
  for (const std::string& name : columns) {
    const std::optional<uint32_t> column = opened.file->schema.find(name);
    if (!column) co_return fail(ErrorCode::Binder, "there is no column \"" + name + "\"");
    positions.push_back(*column);
  }
  if (columns.empty()) {
    const auto count = static_cast<uint32_t>(opened.file->schema.to_schema().size());
    for (uint32_t i = 0; i < count; ++i) positions.push_back(i);
  }
  auto ranges = CO_TRY(row_group_ranges(*opened.file, rows));
  co_return std::make_unique<Results>(
      engine, format,
      std::make_unique<ParquetRows>(engine, std::move(io), std::move(opened), std::move(positions),
                                    std::move(ranges)));
}

void deliver(uint32_t token, Result<std::unique_ptr<Results>> made) {
  if (!made) return settle_error(token, made.error());
  hand_over(token, std::move(*made));
}

}  // namespace

}  // namespace whittle::wasm

using namespace whittle;
using namespace whittle::wasm;

extern "C" {

// ---- memory for arguments

WHITTLE_EXPORT("take") void* whittle_take(size_t size) {
  return std::malloc(size ? size : 1);
}
WHITTLE_EXPORT("give") void whittle_give(void* memory) {
  std::free(memory);
}

// ---- the instance

/// Once. `headers`: names and values in turn, each ended by NUL, sent with every request.
WHITTLE_EXPORT("start")
void whittle_start(double memory_limit, uint32_t suffix_ranges, uint32_t max_concurrency,
                   uint32_t coalescing_gap, double cache_size, const char* headers,
                   size_t headers_length) {
  InstanceOptions options;
  options.memory_limit = static_cast<uint64_t>(memory_limit);
  options.traits.suffix_ranges = suffix_ranges != 0;
  options.traits.hidden_fields = suffix_ranges == 0;
  options.traits.hints.max_concurrency = max_concurrency;
  options.traits.hints.coalescing_gap = coalescing_gap;
  options.range_cache_size = static_cast<uint64_t>(cache_size);
  options.open.headers = nul_ended_pairs({headers, headers_length});
  instance = new Instance(std::move(options));
}

/// Runs what is ready for about so long; 1 when something is left.
WHITTLE_EXPORT("drain") uint32_t whittle_drain(double milliseconds) {
  const bool more = instance->executor.drain(milliseconds);
  instance->transport->abort_cancelled();
  instance->files->abort_cancelled();
  return more ? 1 : 0;
}

/// 0: used, 1: peak, 2: limit; bytes.
WHITTLE_EXPORT("memory_use") double whittle_memory_use(uint32_t which) {
  const MemoryBudget& budget = instance->engine.budget();
  const uint64_t values[] = {budget.used(), budget.peak(), budget.limit()};
  return static_cast<double>(values[which < 3 ? which : 0]);
}

/// Text as `db.memory()` shows it, in memory that the next call of this function reuses; ends in
/// NUL.
WHITTLE_EXPORT("memory_text") const char* whittle_memory_text() {
  static std::string text;
  text = instance->engine.budget().to_string();
  return text.c_str();
}

/// Names mean something else now: what was learnt of their files is forgotten.
WHITTLE_EXPORT("forget_files") void whittle_forget_files() {
  instance->engine.footers()->clear();
  if (RangeCache* cache = instance->engine.range_cache()) cache->clear();
}

// ---- what the host answers

/// 1: send the body; 0: end the transfer, then fetch_end.
WHITTLE_EXPORT("fetch_head")
uint32_t whittle_fetch_head(uint32_t id, uint32_t status, const char* headers, size_t length) {
  return instance->transport->head(id, static_cast<int>(status), {headers, length}) ? 1 : 0;
}
WHITTLE_EXPORT("fetch_data")
uint32_t whittle_fetch_data(uint32_t id, const std::byte* data, size_t length) {
  return instance->transport->data(id, {data, length}) ? 1 : 0;
}
/// `failure` as http::HttpFailure counts them.
WHITTLE_EXPORT("fetch_end")
void whittle_fetch_end(uint32_t id, uint32_t failure, const char* message, size_t length) {
  const auto last = static_cast<uint32_t>(http::HttpFailure::Fatal);
  instance->transport->end(id, static_cast<http::HttpFailure>(std::min(failure, last)),
                           {message, length});
}
/// `kind` as HostFiles::Kind counts them.
WHITTLE_EXPORT("opened")
void whittle_opened(uint32_t id, uint32_t kind, uint32_t file, double size, const char* text,
                    size_t length) {
  const auto last = static_cast<uint32_t>(HostFiles::Kind::Missing);
  instance->files->opened(
      id, {static_cast<HostFiles::Kind>(std::min(kind, last)), file, size, {text, length}});
}
WHITTLE_EXPORT("listed") void whittle_listed(uint32_t id, const char* names, size_t length) {
  instance->files->listed(id, {names, length});
}
WHITTLE_EXPORT("read_space") std::byte* whittle_read_space(uint32_t id) {
  return instance->files->space(id);
}
WHITTLE_EXPORT("read_end")
void whittle_read_end(uint32_t id, double received, const char* message, size_t length) {
  instance->files->read_ended(id, static_cast<uint64_t>(received), {message, length});
}
WHITTLE_EXPORT("wake") void whittle_wake(uint32_t id) {
  instance->clock.wake(id);
}

// ---- statements

WHITTLE_EXPORT("connect") uint32_t whittle_connect() {
  return instance->sessions.add(std::make_shared<Session>(instance->engine));
}
WHITTLE_EXPORT("disconnect") void whittle_disconnect(uint32_t connection) {
  instance->sessions.remove(connection);
}

/// Settles with nothing when the text parses.
WHITTLE_EXPORT("check") void whittle_check(uint32_t token, const char* sql, size_t length) {
  const auto parsed = sql::parse({sql, length});
  if (!parsed) return settle_error(token, parsed.error());
  settle(token, kLast, {});
}

/// Settles with the number of the result (4 bytes) and the page before the rows. `ticket` is what
/// `interrupt` calls it until then; `format` as PageFormat takes it; `parameters`: names and
/// literals in turn, ended by NUL each.
WHITTLE_EXPORT("query")
void whittle_query(uint32_t ticket, uint32_t connection, uint32_t token, uint32_t format,
                   const char* sql, size_t sql_length, const char* parameters,
                   size_t parameters_length) {
  const std::shared_ptr<Session> session = instance->sessions.get(connection);
  if (!session) {
    return settle_error(token, Error(ErrorCode::InvalidArgument, "the connection is closed"));
  }
  auto values = parse_parameters(session->settings(), {parameters, parameters_length});
  if (!values) return settle_error(token, values.error());
  spawn_detached(instance->executor,
                 run_query(session, PageFormat(format), {sql, sql_length}, std::move(*values),
                           instance->openings.add(ticket)),
                 [token](auto made) { deliver(token, std::move(made)); });
}

/// Rows of a file by ascending number, without SQL. `columns`: names, ended by NUL each; none: all.
WHITTLE_EXPORT("pick")
void whittle_pick(uint32_t ticket, uint32_t token, uint32_t format, const char* url,
                  size_t url_length, const char* columns, size_t columns_length, const double* rows,
                  size_t count) {
  std::vector<uint64_t> numbers(rows, rows + count);
  spawn_detached(
      instance->executor,
      pick_rows(PageFormat(format), {url, url_length}, nul_ended({columns, columns_length}),
                std::move(numbers), instance->openings.add(ticket)),
      [token](auto made) { deliver(token, std::move(made)); });
}

/// Stops what was asked with this ticket, if it has not settled.
WHITTLE_EXPORT("interrupt") void whittle_interrupt(uint32_t ticket) {
  instance->openings.interrupt(ticket);
}

/// Settles with the next page; kLast with the last.
WHITTLE_EXPORT("next") void whittle_next(uint32_t result, uint32_t token) {
  const std::shared_ptr<Results> results = instance->results.get(result);
  if (!results) {
    return settle_error(token, Error(ErrorCode::InvalidArgument, "the result is closed"));
  }
  spawn_detached(instance->executor, results->next(), [token, results](Result<bool> last) {
    if (!last) return settle_error(token, last.error());
    settle(token, *last ? kLast : kValue, results->page.bytes);
  });
}

/// Makes the result fail with Cancelled.
WHITTLE_EXPORT("cancel") void whittle_cancel(uint32_t result) {
  if (const auto results = instance->results.get(result)) results->cancel();
}

/// Ends the statement and forgets its result; not while `next` is under way.
WHITTLE_EXPORT("close") void whittle_close(uint32_t result, uint32_t token) {
  const std::shared_ptr<Results> results = instance->results.get(result);
  if (!results) return settle(token, kLast, {});
  spawn_detached(instance->executor, results->close(), [results, result, token](Status status) {
    instance->results.remove(result);
    if (!status) return settle_error(token, status.error());
    settle(token, kLast, {});
  });
}

/// Eight numbers, in memory that the next call reuses: bytes planned, bytes fetched, requests,
/// rows, row groups done, row groups, bytes in the files, round trips.
WHITTLE_EXPORT("progress") const double* whittle_progress(uint32_t result) {
  static double numbers[8];
  std::memset(numbers, 0, sizeof(numbers));
  const std::shared_ptr<Results> results = instance->results.get(result);
  if (!results) return numbers;
  const IoStatistics& io = results->io();
  numbers[1] = static_cast<double>(io.bytes_fetched.load());
  numbers[2] = static_cast<double>(io.requests.load());
  numbers[3] = static_cast<double>(results->rows());
  if (Cursor* cursor = results->cursor()) {
    const std::shared_ptr<QueryRun> run = cursor->run();
    for (const auto& scan : run->statistics().scans) {
      numbers[0] += static_cast<double>(scan.bytes_needed);
      numbers[4] += static_cast<double>(scan.row_groups_done);
      numbers[5] += static_cast<double>(scan.row_groups);
    }
  }
  for (const auto& source : io.sources()) numbers[6] += static_cast<double>(source.size);
  numbers[7] = static_cast<double>(io.round_trips.load());
  return numbers;
}

/// JSON: what the result cost and every fetch, in memory that the next call reuses; ends in NUL.
WHITTLE_EXPORT("statistics") const char* whittle_statistics(uint32_t result) {
  static std::string text;
  const std::shared_ptr<Results> results = instance->results.get(result);
  text = results ? statistics_json(*results) : "{}";
  return text.c_str();
}
}
