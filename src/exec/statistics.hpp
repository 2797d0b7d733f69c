// What a query counted while it ran, for EXPLAIN ANALYZE, the command's summary line and tests.
//
// Every counter is atomic and added to once per batch or page, never per row. The entries live as
// long as the QueryStatistics; operators keep plain references.
#pragma once

#include <atomic>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>

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

/// What proved that something need not be read. js/src/options.ts numbers them, too.
enum class SkippedBy : uint8_t {
  Statistics,  // min, max and NULL count of row groups
  BloomFilter,
  Dictionary,
  PageIndex,
  TopN,   // cannot beat the rows that a top-N has
  Limit,  // behind the rows that a LIMIT wants
  Late    // columns of rows that a filter or a top-N had dropped by then
};
inline constexpr std::string_view skipped_by_names[] = {
    "statistics", "bloom filter", "dictionary",          "page index",
    "top-N",      "LIMIT",        "late materialization"};

/// One Parquet scan. What was not read is counted by the reason that proved it needless.
struct ScanStatistics {
  /// Rows that were never decoded; data pages never inflated (where their number is known: with an
  /// offset index, or of chunks that were read); bytes of the chunks of the columns the query
  /// names.
  struct Skipped {
    Counter row_groups = 0, pages = 0, rows = 0, bytes = 0;
  };
  const PlanNode* node = nullptr;
  Counter files = 0, files_skipped = 0;
  Counter row_groups = 0;       // in all files that were opened
  Counter row_groups_done = 0;  // read to the end or skipped
  Skipped skipped[std::size(skipped_by_names)];
  Counter rows = 0;                         // in row groups that were not skipped
  Counter rows_filtered = 0, rows_out = 0;  // decoded for the filter and dropped; given on
  Counter rows_fetched_late = 0;            // winners of a top-N, read by row number
  Counter pages = 0;                        // seen; skipped ones included
  Counter bytes_needed = 0;                 // planned to be read of the columns the query names
  Counter decode_nanoseconds = 0, filter_nanoseconds = 0, wait_nanoseconds = 0;

  Skipped& by(SkippedBy reason) { return skipped[static_cast<size_t>(reason)]; }
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
      : clock_(counter ? clock : nullptr), counter_(counter) {
    resume();
  }
  ScopeTimer(Clock& clock, OperatorStatistics* statistics)
      : ScopeTimer(&clock, statistics ? &statistics->nanoseconds : nullptr) {}
  ~ScopeTimer() { stop(); }
  ScopeTimer(const ScopeTimer&) = delete;
  /// Until `resume`, if it comes: what is counted elsewhere, as a wait or another operator's time.
  void stop() {
    if (begin_ > 0) add(*counter_, clock_->monotonic_nanoseconds() - begin_);
    begin_ = 0;
  }
  void resume() { begin_ = clock_ ? clock_->monotonic_nanoseconds() : 0; }

 private:
  Clock* clock_;
  Counter* counter_;
  uint64_t begin_;  // 0: stopped
};

}  // namespace whittle
