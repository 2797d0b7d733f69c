// The range engine: turns the ranges a scan wants into few, parallel, bounded, checked requests.
//
// RangeReader belongs to one statement and one source. A call plans its ranges into *blocks*:
// neighbours are coalesced (gap = TTFB × bandwidth, over-fetch at most 2×, at most max_block
// bytes), a single large range is a block of several *pieces* (requests). A block owns one Buffer,
// charged to the budget before the first request; what callers get are slices of it, never copies.
//
// Read-ahead (`prefetch`) holds at most a third of the budget and waits its turn; a block becomes
// urgent when somebody awaits it: it then overtakes read-ahead, and if memory lacks, finished
// read-ahead that nobody asked for is dropped (and fetched again later) before BudgetExceeded is
// reported.
//
// Retries: 100, 200, 400 ms with jitter, or Retry-After; a body cut short goes on where it stopped.
// Threads: any method from any worker. Slices outlive reader and set. Local sources skip the queue:
// what the page cache has is read on the spot by whoever awaits it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/source.hpp"

namespace whittle {

struct RangeOptions {
  uint32_t max_concurrency = 0;                   // 0: the source's hint
  uint64_t coalescing_gap = UINT64_MAX;           // UINT64_MAX: measured link
  uint64_t timeout_nanoseconds = 30'000'000'000;  // per request
  uint32_t retries = 3;
  uint64_t max_retry_after_nanoseconds = 60'000'000'000;  // a server that asks for more has failed
};

/// A planned request group; see plan_blocks.
struct PlannedBlock {
  ByteRange range;
  std::vector<uint32_t> members;  // indices into the ranges given
};
/// Coalesces by offset: never across more than `gap` unneeded bytes, beyond `max_block`, or
/// fetching more than twice what is needed. Overlapping ranges always share a block. Pure; the
/// order of `ranges` is free.
std::vector<PlannedBlock> plan_blocks(std::span<const ByteRange> ranges, uint64_t gap,
                                      uint64_t max_block);
/// Splits a block into nearly equal requests of at most `max_request` bytes.
std::vector<ByteRange> split_block(ByteRange block, uint64_t max_request);

namespace detail {
class RangeEngine;
struct Block;
}  // namespace detail

/// Ranges under way. Move-only. Dropping it abandons what was not awaited: queued requests vanish,
/// those in flight are cancelled. Keep it alive while a task of it is suspended.
class RangeSet {
 public:
  RangeSet() = default;
  RangeSet(RangeSet&&) noexcept = default;
  RangeSet& operator=(RangeSet&& other) noexcept;
  ~RangeSet();

  size_t size() const { return members_.size(); }
  /// Waits for range `index` (in the order given to prefetch). May be asked again and concurrently;
  /// after BudgetExceeded that is another attempt.
  Task<Result<BufferSlice>> get(size_t index);
  /// The memory that waiting for range `index` takes, with that of its neighbours in one block.
  uint64_t missing_bytes(size_t index) const;
  /// Waits for all of them, in order.
  Task<Result<std::vector<BufferSlice>>> all();
  /// The next range to finish, in the order of arrival, each exactly once; nothing when all were
  /// given.
  struct Arrival {
    size_t index;
    BufferSlice bytes;
  };
  Task<Result<std::optional<Arrival>>> next();

 private:
  friend class RangeReader;
  struct Member {
    uint32_t block;
    ByteRange range;
    bool taken = false;  // by next()
  };
  void abandon();
  BufferSlice slice(const Member& member) const;
  std::shared_ptr<detail::RangeEngine> engine_;
  std::vector<std::shared_ptr<detail::Block>> blocks_;
  std::vector<Member> members_;
};

class RangeReader {
 public:
  RangeReader(SourceRef source, IoSessionRef session, RangeOptions options = {});
  RangeReader(OpenedSource opened, IoSessionRef session, RangeOptions options = {});

  Source& source() const;
  IoSession& session() const;

  /// Waits for all ranges; result i belongs to range i. A range beyond the file is Corrupt.
  Task<Result<std::vector<BufferSlice>>> fetch(std::vector<ByteRange> ranges);
  Task<Result<BufferSlice>> fetch(ByteRange range);
  /// Starts reading without waiting. Errors show when a range is awaited.
  RangeSet prefetch(std::span<const ByteRange> ranges);

  /// Answers later ranges inside `range` from memory (the tail that came with the open, a cached
  /// footer).
  void keep(ByteRange range, BufferSlice bytes);
  /// Bytes that cost as much as one more request, for choices between one big and many small reads.
  uint64_t gap() const;

  /// Waits until no request of this reader is in flight. Await it before the statement's
  /// cancellation token goes away.
  Task<Status> close();

 private:
  std::shared_ptr<detail::RangeEngine> engine_;
};

}  // namespace whittle
