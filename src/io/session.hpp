// IoSession: what all reads of one statement share — where they run, whose memory they draw on, who
// can stop them, and what they cost so far.
//
// The referenced executor, clock and budget belong to the Database and outlive every read. The
// session is held by shared_ptr because a read in flight may outlive the statement that dropped it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/cancellation.hpp"
#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/memory.hpp"
#include "base/sync.hpp"
#include "io/byte_range.hpp"

namespace whittle {

/// One request as it was answered, for the byte map of EXPLAIN ANALYZE and of the playground.
struct FetchTrace {
  uint32_t source = 0;  // index into IoStatistics::sources()
  ByteRange range;
  uint64_t begin_nanoseconds = 0, end_nanoseconds = 0;
};

/// Bytes that need not be read, for maps of a file. They may have been fetched all the same, as
/// parts of larger reads or before the reason was known.
struct SkippedBytes {
  uint32_t source = 0;
  uint32_t reason = 0;  // a SkippedBy of exec/statistics.hpp
  ByteRange range;
};

/// Counters of one statement. Any thread.
class IoStatistics {
 public:
  std::atomic<uint64_t> bytes_needed = 0;   // what the ranges asked for add up to
  std::atomic<uint64_t> bytes_fetched = 0;  // what arrived, with gaps, tails and repeats
  std::atomic<uint64_t> requests = 0;       // reads sent to backends, repeats included
  std::atomic<uint64_t> retries = 0;
  std::atomic<uint64_t> round_trips = 0;  // waves: a request that began while none was in flight
  std::atomic<uint64_t> wait_nanoseconds = 0;  // sum over waiting coroutines
  std::atomic<uint64_t> in_flight = 0;
  std::atomic<uint64_t> read_ahead_bytes = 0;  // held by blocks that nobody asked for yet

  /// Index of a source for traces; its size makes "bytes read of bytes in the file" possible.
  uint32_t add_source(std::string_view name, uint64_t size);
  void trace(FetchTrace entry);  // keeps the first 65,536
  /// Keeps the first 16,384; bytes right behind the last ones extend these.
  void skip(SkippedBytes bytes);
  struct SourceEntry {
    std::string name;
    uint64_t size;
  };
  std::vector<SourceEntry> sources() const;
  std::vector<FetchTrace> traces() const;
  std::vector<SkippedBytes> skipped() const;

 private:
  mutable Mutex mutex_;
  std::vector<SourceEntry> sources_;
  std::vector<FetchTrace> traces_;
  std::vector<SkippedBytes> skipped_;
};

struct IoSession {
  IoSession(Executor& executor, Clock& clock, MemoryBudget& budget, CancellationToken& cancellation)
      : executor(executor), clock(clock), budget(budget), cancellation(cancellation) {}

  Executor& executor;
  Clock& clock;
  MemoryBudget& budget;
  CancellationToken& cancellation;  // outlives the session's reads; see RangeReader::close
  Log* log = nullptr;
  class RangeCache* cache = nullptr;  // null: nothing is kept between statements
  IoStatistics statistics;
};
using IoSessionRef = std::shared_ptr<IoSession>;

}  // namespace whittle
