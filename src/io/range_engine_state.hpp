// The inside of the range engine, shared by range_engine.cpp (scheduling) and range_request.cpp
// (one request with its retries). Nobody else includes this.
//
// One mutex guards everything of an engine; it is held for queue work only, never across a read.
// Waking goes through Executor::post, which never resumes inline, so posting under the lock is
// safe.
//
// The life of a block:   Idle ──► Queued ──► Active ──► Done | Failed
//   Idle: nobody reads it yet (local sources until awaited; evicted read-ahead). Queued: waits for
//   a slot and memory. Active: owns its Buffer, some pieces may be in flight. Done/Failed: waiters
//   are woken. A block that failed because the budget refused it is idle again when somebody asks
//   for it once more.
#pragma once

#include <coroutine>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "io/range_engine.hpp"

namespace whittle::detail {

enum class BlockState : uint8_t { Idle, Queued, Active, Done, Failed };

struct Block {
  ByteRange range;
  BlockState state = BlockState::Idle;
  bool urgent = false;         // somebody awaits it, or did
  bool counted_ahead = false;  // its bytes are in IoStatistics::read_ahead_bytes
  bool abandoned = false;
  bool refused = false;  // failed for want of memory: it may be asked for again
  uint32_t pieces_left = 0;
  BufferSlice bytes;
  std::optional<Error> error;
  CancellationToken cancellation;
  std::vector<std::coroutine_handle<>> waiters;

  bool finished() const { return state == BlockState::Done || state == BlockState::Failed; }
};
using BlockRef = std::shared_ptr<Block>;

struct Piece {
  BlockRef block;
  ByteRange range;
};

class RangeEngine : public std::enable_shared_from_this<RangeEngine> {
 public:
  RangeEngine(SourceRef source, IoSessionRef session, RangeOptions options);

  SourceRef source;
  IoSessionRef session;
  RangeOptions options;

  void keep(ByteRange range, BufferSlice bytes);
  void drop_kept();
  uint64_t gap() const;
  /// Blocks for ranges, by as small a gap as the slots allow.
  std::vector<PlannedBlock> plan(std::span<const ByteRange> ranges) const;
  /// A finished block for a range that needs no request (empty, kept, in the backend's memory,
  /// invalid).
  BlockRef ready_block(ByteRange range);
  /// Queues read-ahead, or advises a local source and leaves the blocks idle.
  void begin(std::span<const BlockRef> blocks);
  /// Makes the block urgent and waits for its end.
  Task<Status> require(BlockRef block);
  /// Makes the blocks urgent without waiting.
  void promote(std::span<const BlockRef> blocks);
  void abandon(std::span<const BlockRef> blocks);

  struct BlockWait;  // until one block ended
  struct AnyWait;    // until some block of the engine ended since `seen`
  struct IdleWait;   // until nothing is in flight
  uint64_t finished_count();
  bool finished(const BlockRef& block);
  /// The memory that getting the block takes; 0 when it is there.
  uint64_t missing_bytes(const BlockRef& block);
  void note_wait(uint64_t began);

 private:
  Task<Status> run_piece(std::shared_ptr<RangeEngine> self, Piece piece);
  void end_piece(Piece piece, Status status, std::vector<std::coroutine_handle<>>& idle);
  Task<Status> read_piece(const Piece& piece);
  Task<Status> pause(const Block& block, uint64_t nanoseconds);
  uint64_t backoff(uint32_t failures);
  Task<ReadReply> send(const Piece& piece, uint64_t done);

  // All below need the lock.
  void pump();
  std::optional<Piece> next_piece();
  std::optional<Piece> take_piece(bool urgent_only);
  bool allocate(const BlockRef& block);
  void queue_pieces(const BlockRef& block);
  bool activate(const BlockRef& block);
  BlockRef take_admitted_ahead();
  bool read_at_once(const BlockRef& block);
  void promote_locked(const BlockRef& block);
  void renew(Block& block);
  void finish(const BlockRef& block, std::optional<Error> error);
  void uncount_ahead(Block& block);
  bool evict_read_ahead();
  void fail_queued();
  Error range_error(ByteRange range) const;

  mutable Mutex mutex_;
  uint32_t limit_;       // requests in flight
  uint32_t active_ = 0;  // pieces in flight
  uint64_t finished_ = 0;
  std::deque<BlockRef> urgent_, ahead_;  // queued blocks
  std::deque<Piece> pieces_;             // of active blocks, not sent yet
  std::vector<BlockRef> unclaimed_;      // read-ahead that is done and that nobody asked for
  std::vector<std::coroutine_handle<>> any_waiters_, idle_waiters_;
  struct Kept {
    ByteRange range;
    BufferSlice bytes;
  };
  std::vector<Kept> kept_;
  uint32_t trace_source_;
  uint64_t jitter_;
};

// The waits hold the engine themselves: once the handle is visible to others, the awaiting frame
// may be gone before the lock is released.
struct RangeEngine::BlockWait {
  RangeEngine& engine;
  const BlockRef& block;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    const auto alive = engine.shared_from_this();
    MutexLock lock(alive->mutex_);
    if (block->finished()) return false;
    block->waiters.push_back(handle);
    return true;
  }
  void await_resume() const noexcept {}
};

struct RangeEngine::AnyWait {
  RangeEngine& engine;
  uint64_t seen;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    const auto alive = engine.shared_from_this();
    MutexLock lock(alive->mutex_);
    if (alive->finished_ != seen) return false;
    alive->any_waiters_.push_back(handle);
    return true;
  }
  void await_resume() const noexcept {}
};

struct RangeEngine::IdleWait {
  RangeEngine& engine;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    const auto alive = engine.shared_from_this();
    MutexLock lock(alive->mutex_);
    if (alive->active_ == 0) return false;
    alive->idle_waiters_.push_back(handle);
    return true;
  }
  void await_resume() const noexcept {}
};

}  // namespace whittle::detail
