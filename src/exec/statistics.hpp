// What a query counted while it ran, for EXPLAIN ANALYZE, the command's summary line and tests.
//
// Every counter is atomic and added to once per batch or page, never per row. The entries live as
// long as the QueryStatistics; operators keep plain references.
#pragma once

#include <atomic>
#include <deque>
#include <string>

#include "base/clock.hpp"
#include "base/sync.hpp"

namespace whittle {

struct PlanNode;

using Counter = std::atomic<uint64_t>;
inline void add(Counter& counter, uint64_t amount) {
  counter.fetch_add(amount, std::memory_order_relaxed);
}

/// One operator of the plan. Times are summed over workers and exclude what the operators behind
/// it cost.
struct OperatorStatistics {
  const PlanNode* node = nullptr;  // null for helpers without a node of their own
  std::string name;
  Counter rows_in = 0, rows_out = 0, nanoseconds = 0;
  Counter spilled_bytes = 0;
};

/// One Parquet scan. What was not read is counted by the reason that proved it needless.
struct ScanStatistics {
  const PlanNode* node = nullptr;
  Counter files = 0, files_skipped = 0;
  Counter row_groups = 0;             // in all files
  Counter row_groups_done = 0;        // read to the end or skipped
  Counter row_groups_statistics = 0;  // skipped by min/max/null count
  Counter row_groups_bloom = 0;
  Counter row_groups_dictionary = 0;
  Counter row_groups_top_n = 0;
  Counter row_groups_limit = 0;
  Counter rows = 0, rows_page_index = 0, rows_top_n = 0;  // rows_*: never decoded
  Counter rows_filtered = 0, rows_out = 0;
  Counter pages = 0, pages_skipped = 0;
  Counter bytes_needed = 0, bytes_skipped = 0;  // of the column chunks the query names
  Counter decode_nanoseconds = 0, filter_nanoseconds = 0, wait_nanoseconds = 0;
};

struct QueryStatistics {
  OperatorStatistics& add_operator(const PlanNode* node, std::string name) {
    MutexLock lock(mutex);
    auto& entry = operators.emplace_back();
    entry.node = node;
    entry.name = std::move(name);
    return entry;
  }
  ScanStatistics& add_scan(const PlanNode* node) {
    MutexLock lock(mutex);
    auto& entry = scans.emplace_back();
    entry.node = node;
    return entry;
  }

  Mutex mutex;  // while plans are built
  std::deque<OperatorStatistics> operators;
  std::deque<ScanStatistics> scans;
};

/// Adds the time of its scope to a counter; nothing is measured where there are no statistics.
class ScopeTimer {
 public:
  ScopeTimer(Clock* clock, Counter* counter)
      : clock_(counter ? clock : nullptr),
        counter_(counter),
        begin_(clock_ ? clock_->monotonic_nanoseconds() : 0) {}
  ~ScopeTimer() { stop(); }
  ScopeTimer(const ScopeTimer&) = delete;
  void stop() {
    if (clock_) add(*counter_, clock_->monotonic_nanoseconds() - begin_);
    clock_ = nullptr;
  }

 private:
  Clock* clock_;
  Counter* counter_;
  uint64_t begin_;
};

}  // namespace whittle
