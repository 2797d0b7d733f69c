// GroupProbe: what the small structures of a row group (bloom filters, dictionaries, page indexes)
// leave of it, where its statistics could not say.
//
// Each of them costs a round trip to a far file, so the row groups ahead are asked side by side, a
// window of them at a time: `GroupProbes::ready` returns when the window of a morsel was probed,
// whoever of the workers got there first. A local file is probed row group by row group.
//
// The parts of one row group share one probe. Any worker.
#pragma once

#include <memory>
#include <vector>

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "parquet/page_index.hpp"
#include "parquet/row_ranges.hpp"

namespace whittle {

class ScanPlan;
struct ScanFile;
struct ScanMorsel;

struct GroupProbe {
  bool excluded = false;
  parquet::RowRanges rows;       // of the row group, that may be wanted
  parquet::PageIndexes indexes;  // of the columns that the scan reads; may be empty
  bool has_indexes = false;
};

/// What a probe should look for, the same for all row groups of a scan.
struct ProbePlan {
  QueryContext& context;
  ScanStatistics* statistics;  // may be null
  std::vector<uint32_t> filter_columns, payload_columns;
  /// Dictionaries are asked as long as they are of use: reads that excluded, and all of them.
  Counter dictionary_hits = 0, dictionary_reads = 0;
};

class GroupProbes {
 public:
  GroupProbes(ProbePlan& plan, std::vector<ScanMorsel>& morsels, const ScanPlan& scan);
  /// Waits until the row group of morsel `index` was probed.
  Task<Status> ready(size_t index);

 private:
  enum class State : uint8_t { Idle, Running, Done };
  struct Window {
    size_t begin, end;
    State state = State::Idle;
    std::vector<std::coroutine_handle<>> waiters;
  };
  struct Turn;  // awaitable: true when the caller has to probe the window
  Task<Status> probe(const Window& window);

  ProbePlan& plan_;
  std::vector<ScanMorsel>& morsels_;
  const ScanPlan& scan_;
  std::vector<Window> windows_;
  std::vector<uint32_t> window_of_;  // by morsel
  Mutex mutex_;
};

}  // namespace whittle
