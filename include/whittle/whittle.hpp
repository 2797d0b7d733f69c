// whittle: SQL on Parquet files that live somewhere else, inside a hard memory budget.
//
//     auto database = whittle::Database::open({.memory_limit = 256'000'000});
//     auto connection = database->connect();
//     auto rows = connection.query("SELECT sum(price) FROM 'https://…/sales.parquet'");
//     if (!rows) return complain(rows.error());
//     while (auto batch = *rows->next()) …
//
// Everything is a movable handle. A Database owns its threads and its budget; what came from it
// keeps them alive. A Connection is used by one thread at a time (interrupt() by any); several
// connections run side by side. No exceptions: every call that can fail returns Result<T>
// (std::expected).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "whittle/arrow_abi.h"
#include "whittle/result.hpp"

namespace whittle {

struct DatabaseOptions {
  uint64_t memory_limit = 0;        ///< bytes; 0: 80 % of the machine's memory
  uint32_t threads = 0;             ///< 0: one per core
  std::string temporary_directory;  ///< for spilling; empty: the system's
  /// Sent with every HTTP request to the host of the URL; never logged.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string bearer_token;       ///< likewise
  bool verify_checksums = false;  ///< check the CRC of every Parquet page that has one
};

struct MemoryUse {
  uint64_t used, peak, limit;
  std::string to_string() const;  ///< "85 MB / 256 MB (33.2%)"
};

/// What one statement cost.
struct StatementStatistics {
  double seconds = 0;
  uint64_t rows = 0;
  uint64_t bytes_fetched = 0;   ///< over the network or from disk
  uint64_t bytes_in_files = 0;  ///< of the files the statement touched
  uint64_t requests = 0, retries = 0, round_trips = 0;
  uint64_t peak_memory = 0;
  uint64_t spilled_bytes = 0;
};

/// How far a running statement is; see Connection::on_progress.
struct Progress {
  uint64_t bytes_planned = 0, bytes_fetched = 0, requests = 0;
  uint64_t row_groups_done = 0, row_groups_total = 0, rows = 0;
};

struct ColumnInfo {
  std::string name;
  std::string type;  ///< "DECIMAL(18,3)", "VARCHAR[]"
};

/// Up to 2,048 rows of a result.
class RowBatch {
 public:
  RowBatch(RowBatch&&) noexcept;
  RowBatch& operator=(RowBatch&&) noexcept;
  ~RowBatch();
  uint32_t row_count() const;
  bool is_null(uint32_t row, uint32_t column) const;
  /// The value as its VARCHAR cast; empty for NULL.
  std::string text(uint32_t row, uint32_t column) const;
  /// Moves the batch into `array` as a struct array; the caller releases it.
  Result<void> export_arrow(ArrowArray* array);

  struct Implementation;
  explicit RowBatch(std::unique_ptr<Implementation> implementation);
  Implementation& implementation() { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

/// The rows of one statement, made as they are asked for. Dropping it cancels the statement.
class ResultStream {
 public:
  ResultStream(ResultStream&&) noexcept;
  ResultStream& operator=(ResultStream&&) noexcept;
  ~ResultStream();
  const std::vector<ColumnInfo>& columns() const;
  /// The next rows; nothing after the last.
  Result<std::optional<RowBatch>> next();
  /// Hands the rest of the stream over as an Arrow C stream, which then owns it.
  void export_arrow(ArrowArrayStream* stream) &&;
  StatementStatistics statistics() const;
  Progress progress() const;

  struct Implementation;
  explicit ResultStream(std::unique_ptr<Implementation> implementation);
  Implementation& implementation() { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

class Connection {
 public:
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();
  /// Runs one or more statements separated by `;` and gives the rows of the last.
  Result<ResultStream> query(std::string_view sql);
  /// As query for a statement with parameters: `?` and `$1` by position; values are SQL literals as
  /// text
  /// ("42", "'it''s'", "DATE '2024-01-01'", "NULL").
  Result<ResultStream> query(std::string_view sql, std::span<const std::string> parameters);
  /// Stops what runs now, from any thread: each statement of this connection that has not ended,
  /// its open streams included, fails with Cancelled.
  void interrupt();

  struct Implementation;
  explicit Connection(std::shared_ptr<Implementation> implementation);
  Implementation& implementation() { return *implementation_; }

 private:
  std::shared_ptr<Implementation> implementation_;
};

/// One Parquet file without SQL: metadata, columns, and rows picked by position.
class ParquetFile {
 public:
  ParquetFile(ParquetFile&&) noexcept;
  ParquetFile& operator=(ParquetFile&&) noexcept;
  ~ParquetFile();

  struct RowGroup {
    uint64_t row_count;
    uint64_t compressed_bytes, uncompressed_bytes;
  };
  const std::vector<ColumnInfo>& columns() const;
  const std::vector<RowGroup>& row_groups() const;
  uint64_t row_count() const;
  std::string created_by() const;
  std::vector<std::pair<std::string, std::string>> key_values() const;

  /// All columns (or the named ones) of one row group.
  Result<ResultStream> read_row_group(uint32_t index, std::span<const std::string> columns = {});
  Result<ResultStream> read_column(std::string_view column);
  /// Row numbers (from 0, ascending) for which `predicate`, SQL over the column as in "> 1000" or
  /// "BETWEEN 3 AND 5", is true. Reads only the pages that may hold such rows.
  Result<std::vector<uint64_t>> filter_indices(std::string_view column, std::string_view predicate);
  /// The named columns at ascending row numbers; fetches only the pages that hold them.
  Result<ResultStream> select_by_indices(std::span<const std::string> columns,
                                         std::span<const uint64_t> rows);

  struct Implementation;
  explicit ParquetFile(std::unique_ptr<Implementation> implementation);

 private:
  std::unique_ptr<Implementation> implementation_;
};

class Database {
 public:
  static Result<Database> open(DatabaseOptions options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();
  Connection connect();
  Result<ParquetFile> open_parquet(std::string_view url);
  MemoryUse memory() const;

  struct Implementation;
  explicit Database(std::shared_ptr<Implementation> implementation);
  Implementation& implementation() { return *implementation_; }

 private:
  std::shared_ptr<Implementation> implementation_;
};

/// "0.1.0"
std::string_view version();

}  // namespace whittle
