// What stands behind the handles of include/whittle/whittle.hpp. A Database owns the host and the
// engine; everything else holds the Database's implementation by shared_ptr, so the order of
// destruction is free.
#pragma once

#include <memory>

#include "engine/session.hpp"
#include "host/native_host.hpp"
#include "whittle/whittle.hpp"

namespace whittle {

struct Database::Implementation {
  explicit Implementation(const DatabaseOptions& options);

  // Waits for a task that runs on the workers. Never call it on a worker.
  template <class T>
  T wait(Task<T> task) {
    return host.pool.block_on(std::move(task));
  }

  host::NativeHost host;
  Engine engine;
};
using DatabaseRef = std::shared_ptr<Database::Implementation>;

struct Connection::Implementation {
  explicit Implementation(DatabaseRef database)
      : database(std::move(database)), session(this->database->engine) {}
  DatabaseRef database;
  Session session;
};

struct RowBatch::Implementation {
  DatabaseRef database;
  std::shared_ptr<const Schema> schema;
  Batch batch;
};

/// Something that gives batches when asked: a statement's cursor or a reader of one file.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual const Schema& schema() const = 0;
  virtual Task<Result<std::optional<Batch>>> next() = 0;
  virtual Task<Status> close() = 0;
  virtual StatementStatistics statistics() const = 0;
  virtual Progress progress() const { return {}; }
};

struct ResultStream::Implementation {
  Implementation(DatabaseRef database, std::shared_ptr<void> owner,
                 std::unique_ptr<RowSource> source);
  ~Implementation();

  DatabaseRef database;
  std::shared_ptr<void> owner;  // the connection or file that the source refers to
  std::unique_ptr<RowSource> source;
  std::shared_ptr<const Schema> schema;
  std::vector<ColumnInfo> columns;
};

std::vector<ColumnInfo> column_infos(const Schema& schema);
/// The counters of a statement's reads and of the budget.
void fill_statistics(StatementStatistics& out, IoStatistics& io, const MemoryBudget& budget);

}  // namespace whittle
