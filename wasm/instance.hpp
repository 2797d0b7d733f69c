// Instance: everything of one module instance, and the results that JavaScript reads from it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/output/writer.hpp"
#include "engine/parquet_rows.hpp"
#include "engine/session.hpp"
#include "host.hpp"

namespace whittle::wasm {

static_assert(static_cast<int>(OutputFormat::JsonLines) == 3 &&
                  static_cast<int>(OutputFormat::Arrow) == 6,
              "js/src/engine.ts numbers the formats");

/// Objects that JavaScript knows by number; numbers are used again. Shared, because work under way
/// keeps what it needs when JavaScript lets go of it.
template <class T>
class Handles {
 public:
  uint32_t add(std::shared_ptr<T> object) {
    for (uint32_t i = 0; i < objects_.size(); ++i) {
      if (objects_[i]) continue;
      objects_[i] = std::move(object);
      return i + 1;
    }
    objects_.push_back(std::move(object));
    return static_cast<uint32_t>(objects_.size());
  }
  std::shared_ptr<T> get(uint32_t id) const {
    return id - 1 < objects_.size() ? objects_[id - 1] : nullptr;
  }
  void remove(uint32_t id) {
    if (get(id)) objects_[id - 1].reset();
  }

 private:
  std::vector<std::shared_ptr<T>> objects_;
};

/// Bytes of a page on their way out, charged to the budget while they grow.
struct PageSink : ByteSink {
  explicit PageSink(MemoryBudget& budget) : reservation(budget, "a page of the result") {}
  Status write(std::string_view bytes) override;
  void clear();
  std::string bytes;
  Reservation reservation;
};

struct PageFormat {
  /// As JavaScript gives it: OutputFormat in the low byte, and 256 for decimals as text.
  explicit PageFormat(uint32_t code)
      : format(static_cast<OutputFormat>(code & 0xff)), options{.decimals_as_text = code >= 256} {}
  OutputFormat format;
  OutputOptions options;
};

/// The rows of one statement, or of a file by position, as pages of one format.
class Results {
 public:
  /// `session` lives as long as its cursor, which may start the statement over.
  Results(Engine& engine, const PageFormat& format, std::shared_ptr<Session> session,
          std::unique_ptr<Cursor> cursor);
  Results(Engine& engine, const PageFormat& format, std::unique_ptr<ParquetRows> rows);

  /// The page that comes before any rows (Arrow: the schema).
  Status begin();
  /// Fills `page` with about `page_bytes` or what comes within `page_milliseconds`; true when it is
  /// the last.
  Task<Result<bool>> next();
  Task<Status> close();
  void cancel();

  PageSink page;
  IoStatistics& io() { return cursor_ ? cursor_->run()->io() : rows_->io(); }
  Cursor* cursor() { return cursor_.get(); }
  uint64_t rows() const { return count_; }

 private:
  const Schema& schema() const { return cursor_ ? cursor_->schema() : rows_->schema(); }
  Task<Result<std::optional<Batch>>> next_batch();

  Engine& engine_;
  std::shared_ptr<Session> session_;
  std::unique_ptr<Cursor> cursor_;
  std::unique_ptr<ParquetRows> rows_;
  std::unique_ptr<ResultWriter> writer_;
  uint64_t count_ = 0;
};

/// What was asked and has no result yet, by the number that JavaScript gave it.
class Openings {
 public:
  std::shared_ptr<Opening> add(uint32_t ticket);
  void interrupt(uint32_t ticket);

 private:
  std::vector<std::pair<uint32_t, std::weak_ptr<Opening>>> openings_;
};

struct InstanceOptions {
  uint64_t memory_limit = 0;
  http::HttpTraits traits;
  OpenOptions open;
  uint64_t range_cache_size = 0;
};

struct Instance {
  explicit Instance(InstanceOptions options);

  QueueExecutor executor;
  HostClock clock{executor};
  HostLog log;
  SourceRegistry sources;
  HostFiles* files;
  std::shared_ptr<FetchTransport> transport;
  Engine engine;
  Handles<Session> sessions;
  Handles<Results> results;
  Openings openings;
};

/// `{"code":…,"message":…,"hint":…,"url":…,"status":…,"line":…,"column":…,"offset":…,"length":…}`
std::string error_json(const Error& error);
/// What a result cost so far, with every request that was answered.
std::string statistics_json(Results& results);

}  // namespace whittle::wasm
