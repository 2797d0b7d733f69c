#include "io/range_engine.hpp"

#include <algorithm>

#include "io/range_cache.hpp"
#include "io/range_engine_state.hpp"

namespace whittle::detail {

namespace {
constexpr size_t max_kept = 64;
constexpr uint64_t smallest_gap = 4 << 10;

template <class Container>
void remove_block(Container& blocks, const BlockRef& block) {
  const auto found = std::find(blocks.begin(), blocks.end(), block);
  if (found != blocks.end()) blocks.erase(found);
}
}  // namespace

RangeEngine::RangeEngine(SourceRef source_, IoSessionRef session_, RangeOptions options_)
    : source(std::move(source_)), session(std::move(session_)), options(options_) {
  limit_ = options.max_concurrency ? options.max_concurrency : source->hints().max_concurrency;
  limit_ = std::max(limit_, 1u);
  trace_source_ = session->statistics.add_source(source->name(), source->size());
  jitter_ = session->clock.monotonic_nanoseconds() | 1;
}

void RangeEngine::keep(ByteRange range, BufferSlice bytes) {
  if (range.length != bytes.size || range.empty()) return;
  MutexLock lock(mutex_);
  if (kept_.size() < max_kept) kept_.push_back({range, std::move(bytes)});
}

void RangeEngine::drop_kept() {
  MutexLock lock(mutex_);
  kept_.clear();
}

uint64_t RangeEngine::gap() const {
  if (options.coalescing_gap != UINT64_MAX) return options.coalescing_gap;
  const SourceHints& hints = source->hints();
  return hints.measure_link ? source->link().gap(hints.coalescing_gap) : hints.coalescing_gap;
}

// A further request costs a round trip only if it must wait for a slot; while there are slots to
// spare, bridging a gap costs its bytes and gains nothing. So the measured gap is used in full only
// when smaller ones leave too many blocks.
std::vector<PlannedBlock> RangeEngine::plan(std::span<const ByteRange> ranges) const {
  const SourceHints& hints = source->hints();
  const uint64_t full = gap();
  if (options.coalescing_gap == UINT64_MAX && hints.measure_link) {
    for (uint64_t divisor : {16u, 4u}) {
      auto blocks = plan_blocks(ranges, std::max(full / divisor, smallest_gap), hints.max_block);
      if (blocks.size() <= limit_ / 2) return blocks;
    }
  }
  return plan_blocks(ranges, full, hints.max_block);
}

Error RangeEngine::range_error(ByteRange range) const {
  return Error(ErrorCode::Corrupt,
               std::to_string(range.length) + " bytes at offset " + std::to_string(range.offset) +
                   " lie beyond the end of the file (" + std::to_string(source->size()) + " bytes)")
      .with_source(source->name());
}

BlockRef RangeEngine::ready_block(ByteRange range) {
  BufferSlice bytes;
  std::optional<Error> error;
  if (!range.fits(source->size())) {
    error = range_error(range);
  } else if (!range.empty()) {
    MutexLock lock(mutex_);
    for (const Kept& kept : kept_) {
      if (!kept.range.contains(range)) continue;
      bytes = kept.bytes.part(range.offset - kept.range.offset, range.length);
      break;
    }
    if (!bytes.buffer) bytes = source->view(range);
    if (!bytes.buffer && session->cache) bytes = session->cache->find(*source, range);
    if (!bytes.buffer) return nullptr;
  }
  auto block = std::make_shared<Block>();
  block->range = range;
  block->state = error ? BlockState::Failed : BlockState::Done;
  block->error = std::move(error);
  block->bytes = std::move(bytes);
  return block;
}

void RangeEngine::begin(std::span<const BlockRef> blocks) {
  if (source->hints().is_local) {
    for (const BlockRef& block : blocks) {
      if (block->state == BlockState::Idle) source->advise(block->range);
    }
    return;
  }
  MutexLock lock(mutex_);
  for (const BlockRef& block : blocks) {
    if (block->state != BlockState::Idle) continue;
    block->state = BlockState::Queued;
    ahead_.push_back(block);
  }
  pump();
}

// Local sources: whoever needs the block reads it where it stands, when the page cache has it.
bool RangeEngine::read_at_once(const BlockRef& block) {
  {
    MutexLock lock(mutex_);
    if (block->state != BlockState::Idle || session->cancellation.cancelled()) return false;
    block->urgent = true;
    if (!allocate(block)) return true;
  }
  auto* bytes = const_cast<std::byte*>(block->bytes.data);
  IoStatistics& statistics = session->statistics;
  const uint64_t began = session->clock.monotonic_nanoseconds();
  const bool read = source->read_now(block->range, {bytes, block->bytes.size});
  MutexLock lock(mutex_);
  if (!read) {
    queue_pieces(block);  // not in the page cache: the backend's own threads wait for the disk
    return false;
  }
  statistics.requests.fetch_add(1, std::memory_order_relaxed);
  statistics.bytes_fetched.fetch_add(block->range.length, std::memory_order_relaxed);
  statistics.trace({trace_source_, block->range, began, session->clock.monotonic_nanoseconds()});
  finish(block, std::nullopt);
  return true;
}

Task<Status> RangeEngine::require(BlockRef block) {
  const auto self = shared_from_this();
  {
    MutexLock lock(mutex_);
    if (block->refused) renew(*block);
  }
  if (!source->hints().is_local || !read_at_once(block)) {
    // More than once only when somebody else renewed the block between its end and our turn.
    while (!finished(block)) {
      {
        MutexLock lock(mutex_);
        promote_locked(block);
        pump();
      }
      const uint64_t began = session->clock.monotonic_nanoseconds();
      co_await BlockWait{*self, block};
      note_wait(began);
    }
  }
  MutexLock lock(mutex_);
  if (block->counted_ahead) {
    uncount_ahead(*block);
    remove_block(unclaimed_, block);
    pump();
  }
  if (block->error) co_return fail(block->error->clone());
  co_return Status{};
}

void RangeEngine::promote(std::span<const BlockRef> blocks) {
  MutexLock lock(mutex_);
  for (const BlockRef& block : blocks) promote_locked(block);
  pump();
}

void RangeEngine::promote_locked(const BlockRef& block) {
  const bool was_urgent = std::exchange(block->urgent, true);
  if (block->state == BlockState::Queued && !was_urgent) {
    remove_block(ahead_, block);
    urgent_.push_back(block);
  } else if (block->state == BlockState::Idle) {
    block->state = BlockState::Queued;
    urgent_.push_back(block);
  }
}

void RangeEngine::renew(Block& block) {
  block.refused = false;
  block.error.reset();
  block.state = BlockState::Idle;
}

void RangeEngine::abandon(std::span<const BlockRef> blocks) {
  MutexLock lock(mutex_);
  for (const BlockRef& block : blocks) {
    block->abandoned = true;
    if (block->state == BlockState::Queued) {
      remove_block(block->urgent ? urgent_ : ahead_, block);
      block->state = BlockState::Idle;
    } else if (block->state == BlockState::Active) {
      block->cancellation.cancel();
    } else if (block->counted_ahead) {
      uncount_ahead(*block);
      remove_block(unclaimed_, block);
    }
  }
  pump();
}

uint64_t RangeEngine::finished_count() {
  MutexLock lock(mutex_);
  return finished_;
}

bool RangeEngine::finished(const BlockRef& block) {
  MutexLock lock(mutex_);
  return block->finished();
}

uint64_t RangeEngine::missing_bytes(const BlockRef& block) {
  MutexLock lock(mutex_);
  return block->state == BlockState::Done ? 0 : block->range.length;
}

void RangeEngine::note_wait(uint64_t began) {
  session->statistics.wait_nanoseconds.fetch_add(session->clock.monotonic_nanoseconds() - began,
                                                 std::memory_order_relaxed);
}

// ---- scheduling, under the lock

// Sends as many pieces as there are slots: urgent ones first, then those of blocks that already
// hold memory, then admitted read-ahead.
void RangeEngine::pump() {
  if (session->cancellation.cancelled()) fail_queued();
  while (active_ < limit_) {
    std::optional<Piece> piece = next_piece();
    if (!piece) return;
    ++active_;
    spawn_detached(session->executor, run_piece(shared_from_this(), std::move(*piece)),
                   [](Status) {});
  }
}

std::optional<Piece> RangeEngine::take_piece(bool urgent_only) {
  for (auto piece = pieces_.begin(); piece != pieces_.end(); ++piece) {
    if (urgent_only && !piece->block->urgent) continue;
    Piece taken = std::move(*piece);
    pieces_.erase(piece);
    return taken;
  }
  return std::nullopt;
}

std::optional<Piece> RangeEngine::next_piece() {
  if (auto piece = take_piece(true)) return piece;
  while (!urgent_.empty()) {
    const BlockRef block = std::move(urgent_.front());
    urgent_.pop_front();
    if (activate(block)) return take_piece(true);
  }
  if (auto piece = take_piece(false)) return piece;
  if (const BlockRef block = take_admitted_ahead()) return take_piece(false);
  return std::nullopt;
}

// Gives the block its memory; on refusal the block has failed.
bool RangeEngine::allocate(const BlockRef& block) {
  auto buffer = Buffer::reserve(session->budget, block->range.length, "fetching file ranges");
  while (!buffer && block->urgent && evict_read_ahead()) {
    buffer = Buffer::reserve(session->budget, block->range.length, "fetching file ranges");
  }
  if (!buffer) {
    block->refused = true;
    finish(block, std::move(buffer).error().with_source(source->name()));
    return false;
  }
  const std::byte* data = (*buffer)->data();
  block->bytes = {std::move(*buffer), data, static_cast<size_t>(block->range.length)};
  block->state = BlockState::Active;
  return true;
}

void RangeEngine::queue_pieces(const BlockRef& block) {
  const auto ranges = split_block(block->range, source->hints().max_request);
  block->pieces_left = static_cast<uint32_t>(ranges.size());
  for (ByteRange range : ranges) pieces_.push_back({block, range});
}

bool RangeEngine::activate(const BlockRef& block) {
  if (!allocate(block)) return false;
  queue_pieces(block);
  return true;
}

// In order, except that a block too large for read-ahead ever waits for its consumer.
BlockRef RangeEngine::take_admitted_ahead() {
  const uint64_t third = session->budget.limit() / 3;
  auto& held = session->statistics.read_ahead_bytes;
  for (auto position = ahead_.begin(); position != ahead_.end(); ++position) {
    const uint64_t length = (*position)->range.length;
    if (length > third) continue;
    // What is read ahead must leave room to inflate what was read.
    if (session->budget.available() < length + session->budget.limit() / 8) return nullptr;
    if (held.fetch_add(length, std::memory_order_relaxed) > third - length) {
      held.fetch_sub(length, std::memory_order_relaxed);
      return nullptr;
    }
    BlockRef block = std::move(*position);
    ahead_.erase(position);
    block->counted_ahead = true;
    if (activate(block)) return block;
    return nullptr;
  }
  return nullptr;
}

void RangeEngine::uncount_ahead(Block& block) {
  if (!std::exchange(block.counted_ahead, false)) return;
  session->statistics.read_ahead_bytes.fetch_sub(block.range.length, std::memory_order_relaxed);
}

// Drops the most recent read-ahead that nobody asked for; it is fetched again when somebody does.
bool RangeEngine::evict_read_ahead() {
  if (unclaimed_.empty()) return false;
  const BlockRef block = std::move(unclaimed_.back());
  unclaimed_.pop_back();
  uncount_ahead(*block);
  block->bytes = {};
  block->state = BlockState::Idle;
  return true;
}

void RangeEngine::finish(const BlockRef& block, std::optional<Error> error) {
  block->state = error ? BlockState::Failed : BlockState::Done;
  block->error = std::move(error);
  if (block->error || block->abandoned) {
    block->bytes = {};
    uncount_ahead(*block);
  } else if (block->counted_ahead && !block->urgent) {
    unclaimed_.push_back(block);
  }
  if (!block->error && session->cache && !source->hints().is_local) {
    session->cache->add(*source, block->range, block->bytes);
  }
  ++finished_;
  for (auto handle : std::exchange(block->waiters, {})) session->executor.post(handle);
  for (auto handle : std::exchange(any_waiters_, {})) session->executor.post(handle);
}

void RangeEngine::fail_queued() {
  const auto cancelled = [] { return Error(ErrorCode::Cancelled, "the query was cancelled"); };
  for (const BlockRef& block : std::exchange(urgent_, {})) finish(block, cancelled());
  for (const BlockRef& block : std::exchange(ahead_, {})) finish(block, cancelled());
  // The pieces that were never sent count as ended; the last of a block ends the block.
  for (const Piece& piece : std::exchange(pieces_, {})) {
    if (--piece.block->pieces_left == 0) {
      finish(piece.block, cancelled());
    } else if (!piece.block->error) {
      piece.block->error = cancelled();
    }
  }
}

// A task per request; it owns the engine while it runs. Whoever waits in close() may take the
// budget apart next, so this task lets go of its block under the lock and of the engine before it
// wakes them.
Task<Status> RangeEngine::run_piece(std::shared_ptr<RangeEngine> self, Piece piece) {
  Executor& executor = self->session->executor;
  Status status = co_await self->read_piece(piece);
  std::vector<std::coroutine_handle<>> idle;
  self->end_piece(std::move(piece), std::move(status), idle);
  self.reset();
  for (auto handle : idle) executor.post(handle);
  co_return Status{};
}

void RangeEngine::end_piece(Piece piece, Status status,
                            std::vector<std::coroutine_handle<>>& idle) {
  MutexLock lock(mutex_);
  --active_;
  Block& block = *piece.block;
  if (!status && !block.error) {
    block.error = std::move(status).error().with_source(source->name());
    block.cancellation.cancel();  // its other pieces are in vain
  }
  if (--block.pieces_left == 0) finish(piece.block, std::exchange(block.error, std::nullopt));
  pump();
  piece = {};  // still under the lock: who sees active_ == 0 also sees the memory given back
  if (active_ == 0) idle.swap(idle_waiters_);
}

}  // namespace whittle::detail
