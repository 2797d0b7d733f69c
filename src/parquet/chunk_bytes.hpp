// ChunkBytes: the bytes of one column chunk in file order, fetched whole or in windows.
//
// The chunk is given as segments, the parts that are wanted: the whole chunk, or the dictionary
// page and runs of data pages. A small chunk is awaited as one set of reads; one that is larger
// than its share of memory comes in windows, of which two are under way at a time and which are let
// go as soon as their pages were taken. The memory is that of the range engine's blocks; a page
// that spans windows is put together as they come, so that it takes its own size and two windows.
// One coroutine at a time.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "io/range_engine.hpp"

namespace whittle::parquet {

/// Ranges that several readers fetch together, so that neighbours in the file share requests.
struct SharedRanges {
  std::shared_ptr<RangeSet> set;
  size_t first = 0;  // this chunk's segments are [first, first + count)
};

class ChunkBytes {
 public:
  /// `window` 0: whole segments.
  ChunkBytes(RangeReader& reader, std::vector<ByteRange> segments, uint64_t window);

  /// Uses reads that were already begun; only without windows.
  void attach(SharedRanges shared) { shared_ = std::move(shared); }
  /// Begins reading ahead.
  void start();

  /// True when no segment is open, because none is left.
  bool at_end() const { return segment_ >= segments_.size(); }
  size_t segment() const { return segment_; }
  /// Bytes of the segment that were not taken, fetched or not.
  uint64_t left() const { return at_end() ? 0 : segments_[segment_].end() - position_; }
  /// Bytes that can be taken without waiting.
  uint64_t available() const { return available_; }
  uint64_t position() const { return position_; }
  /// Waits until min(size, left()) bytes are available. After BudgetExceeded it may be called
  /// again.
  Task<Status> fetch(uint64_t size);
  /// After fetch(), peek() or take() failed with BudgetExceeded, which changes nothing: the memory
  /// that was lacking.
  uint64_t refused_bytes() const { return refused_; }
  /// The next bytes without taking them, at least min(size, available()) in one piece.
  Result<std::span<const std::byte>> peek(uint64_t size);
  /// At most available() bytes, always with buffer_padding readable behind them.
  Result<BufferSlice> take(uint64_t size);
  void drop(uint64_t size);
  void next_segment();

 private:
  struct Window {
    ByteRange range;
    size_t segment;
    RangeSet set;  // when under way by itself
    bool started = false;
  };
  void start_windows();
  bool must_join(uint64_t size) const;
  Status join(uint64_t size);
  Task<Result<BufferSlice>> next_window();
  void append(BufferSlice slice);
  Result<BufferSlice> copy(uint64_t size, uint64_t capacity);

  RangeReader& reader_;
  MemoryBudget& budget_;
  std::vector<ByteRange> segments_;
  bool windowed_ = false;
  std::deque<Window> windows_;  // not yet arrived
  SharedRanges shared_;
  std::deque<BufferSlice> pieces_;  // arrived, of the current segment
  BufferRef joined_;                // the last piece lies at its begin and goes on in it
  uint64_t available_ = 0, position_ = 0;
  uint64_t refused_ = 0;
  size_t segment_ = 0;
};

}  // namespace whittle::parquet
