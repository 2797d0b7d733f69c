// The faces of the range engine: sets of ranges under way, and the reader that plans them.
#include "io/range_cache.hpp"
#include "io/range_engine_state.hpp"

namespace whittle {

RangeSet& RangeSet::operator=(RangeSet&& other) noexcept {
  abandon();
  engine_ = std::move(other.engine_);
  blocks_ = std::move(other.blocks_);
  members_ = std::move(other.members_);
  return *this;
}

RangeSet::~RangeSet() {
  abandon();
}

void RangeSet::abandon() {
  if (engine_) engine_->abandon(blocks_);
  engine_.reset();
}

BufferSlice RangeSet::slice(const Member& member) const {
  const detail::Block& block = *blocks_[member.block];
  return block.bytes.part(member.range.offset - block.range.offset, member.range.length);
}

Task<Result<BufferSlice>> RangeSet::get(size_t index) {
  const Member& member = members_[index];
  CO_TRY(co_await engine_->require(blocks_[member.block]));
  co_return slice(member);
}

uint64_t RangeSet::missing_bytes(size_t index) const {
  return engine_->missing_bytes(blocks_[members_[index].block]);
}

Task<Result<std::vector<BufferSlice>>> RangeSet::all() {
  if (!engine_) co_return std::vector<BufferSlice>{};
  if (!engine_->source->hints().is_local) engine_->promote(blocks_);
  std::vector<BufferSlice> slices;
  slices.reserve(members_.size());
  for (size_t i = 0; i < members_.size(); ++i) slices.push_back(CO_TRY(co_await get(i)));
  co_return slices;
}

Task<Result<std::optional<RangeSet::Arrival>>> RangeSet::next() {
  if (!engine_) co_return std::nullopt;
  const auto engine = engine_;
  if (!engine->source->hints().is_local) engine->promote(blocks_);
  for (;;) {
    const uint64_t seen = engine->finished_count();
    std::optional<size_t> first_open;
    for (size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[i];
      if (member.taken) continue;
      if (!first_open) first_open = i;
      if (!engine->finished(blocks_[member.block])) continue;
      member.taken = true;
      co_return Arrival {
        i, CO_TRY(co_await get(i))
      };
    }
    if (!first_open) co_return std::nullopt;
    if (engine->source->hints().is_local) {
      members_[*first_open].taken = true;
      co_return Arrival {
        *first_open, CO_TRY(co_await get(*first_open))
      };
    }
    const uint64_t began = engine->session->clock.monotonic_nanoseconds();
    co_await detail::RangeEngine::AnyWait{*engine, seen};
    engine->note_wait(began);
  }
}

// ---- RangeReader

RangeReader::RangeReader(SourceRef source, IoSessionRef session, RangeOptions options)
    : engine_(
          std::make_shared<detail::RangeEngine>(std::move(source), std::move(session), options)) {}

RangeReader::RangeReader(OpenedSource opened, IoSessionRef session, RangeOptions options)
    : RangeReader(opened.source, std::move(session), options) {
  const uint64_t size = opened.source->size();
  if (opened.tail.size <= size) {
    keep({size - opened.tail.size, opened.tail.size}, std::move(opened.tail));
  }
}

Source& RangeReader::source() const {
  return *engine_->source;
}
IoSession& RangeReader::session() const {
  return *engine_->session;
}
uint64_t RangeReader::gap() const {
  return engine_->gap();
}
void RangeReader::keep(ByteRange range, BufferSlice bytes) {
  RangeCache* cache = session().cache;
  if (cache && !source().hints().is_local) cache->add(source(), range, bytes);
  engine_->keep(range, std::move(bytes));
}

RangeSet RangeReader::prefetch(std::span<const ByteRange> ranges) {
  RangeSet set;
  set.engine_ = engine_;
  set.members_.resize(ranges.size());
  std::vector<ByteRange> open;
  std::vector<uint32_t> open_index;
  for (uint32_t i = 0; i < ranges.size(); ++i) {
    set.members_[i].range = ranges[i];
    if (detail::BlockRef block = engine_->ready_block(ranges[i])) {
      if (block->state == detail::BlockState::Done) {
        engine_->session->statistics.bytes_needed.fetch_add(ranges[i].length,
                                                            std::memory_order_relaxed);
      }
      set.members_[i].block = static_cast<uint32_t>(set.blocks_.size());
      set.blocks_.push_back(std::move(block));
    } else {
      engine_->session->statistics.bytes_needed.fetch_add(ranges[i].length,
                                                          std::memory_order_relaxed);
      open.push_back(ranges[i]);
      open_index.push_back(i);
    }
  }
  for (const PlannedBlock& planned : engine_->plan(open)) {
    auto block = std::make_shared<detail::Block>();
    block->range = planned.range;
    for (uint32_t member : planned.members) {
      set.members_[open_index[member]].block = static_cast<uint32_t>(set.blocks_.size());
    }
    set.blocks_.push_back(std::move(block));
  }
  engine_->begin(set.blocks_);
  return set;
}

Task<Result<std::vector<BufferSlice>>> RangeReader::fetch(std::vector<ByteRange> ranges) {
  RangeSet set = prefetch(ranges);
  co_return co_await set.all();
}

Task<Result<BufferSlice>> RangeReader::fetch(ByteRange range) {
  RangeSet set = prefetch({&range, 1});
  co_return co_await set.get(0);
}

Task<Status> RangeReader::close() {
  const auto engine = engine_;
  co_await detail::RangeEngine::IdleWait{*engine};
  engine->drop_kept();
  co_return Status{};
}

}  // namespace whittle
