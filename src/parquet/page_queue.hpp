// PageQueue: the data pages of one column chunk, in order, with the rows each holds, found but not
// yet inflated. The dictionary page is put aside on the way.
//
// `prepare` waits until the pages of the next rows are there; everything else is synchronous. Pages
// that are skipped are never inflated, except v1 pages of repeated columns, whose headers do not
// say how many rows they hold. One coroutine at a time; memory is that of the pages in the queue.
#pragma once

#include <deque>
#include <optional>

#include "parquet/chunk_bytes.hpp"
#include "parquet/codec.hpp"
#include "parquet/column_plan.hpp"

namespace whittle::parquet {

struct QueuedPage {
  PageHeader header;
  BufferSlice body;        // as stored
  BufferSlice inflated;    // v1: levels and values; v2: values. Set by `inflate`
  uint64_t first_row = 0;  // of the first row that begins in the page, within the row group
  uint64_t row_count = 0;  // rows that begin in the page
  uint64_t offset = 0;     // in the file, for messages
  uint64_t end_row() const { return first_row + row_count; }
  /// The part of a v2 page that is never compressed.
  std::span<const std::byte> v2_levels() const {
    return body.bytes().first(size_t{header.repetition_length} + header.definition_length);
  }
};

struct PageQueueOptions {
  Codec codec = Codec::Uncompressed;
  uint32_t max_repetition = 0, max_definition = 0;
  uint64_t row_count = 0;    // of the row group
  uint64_t value_count = 0;  // of the chunk
  uint64_t window = 0;       // see ChunkBytes; 0 when the chunk may be in memory as a whole
  bool verify_crc = false;
};

class PageQueue {
 public:
  PageQueue(RangeReader& reader, LeafPlan plan, PageQueueOptions options,
            Decompressor& decompressor);

  ChunkBytes& bytes() { return bytes_; }
  const LeafPlan& plan() const { return plan_; }
  /// Until all pages that hold planned rows before `end_row` are in the queue, and for repeated
  /// columns as much as shows where the last of these rows ends.
  Task<Status> prepare(uint64_t end_row);
  /// True when prepare(end_row) has nothing to wait for.
  bool is_prepared(uint64_t end_row) const;

  /// After prepare() failed with BudgetExceeded: the memory it lacked. Zero: it cannot be repeated.
  uint64_t refused_bytes() const { return bytes_.refused_bytes(); }
  /// What the pages of rows before `end_row` that are in the queue will take when inflated.
  uint64_t bytes_to_inflate(uint64_t end_row) const;

  /// Where the page of `row` ends, if it is inflated and takes at least `size`; else UINT64_MAX.
  uint64_t end_of_large_page(uint64_t row, uint64_t size) const;

  /// Drops pages that end at or before `row`.
  void drop_before(uint64_t row);
  bool empty() const { return pages_.empty(); }
  QueuedPage& front() { return pages_.front(); }
  void pop() { pages_.pop_front(); }
  /// All of the chunk's (or segment's) pages before the end of the queue were seen: a record that
  /// is open at the end of the last page ends there.
  bool complete() const { return bytes_.at_end(); }

  /// Inflates a page into a buffer of the budget (once); checks its CRC if asked to.
  Status inflate(QueuedPage& page);
  uint64_t pages_seen() const { return seen_; }  // data pages
  uint64_t pages_inflated() const { return inflated_; }
  /// The dictionary page, if one was seen.
  std::optional<QueuedPage>& dictionary() { return dictionary_; }

 private:
  enum class Step : uint8_t { Page, NeedBytes, End };
  Result<Step> step();
  Status add_data_page(PageHeader header, BufferSlice body, uint64_t offset);
  Result<uint64_t> count_rows(QueuedPage& page);
  void finish_segment();

  LeafPlan plan_;
  PageQueueOptions options_;
  MemoryBudget& budget_;
  Decompressor& decompressor_;
  ChunkBytes bytes_;
  std::deque<QueuedPage> pages_;
  std::optional<QueuedPage> dictionary_;
  uint64_t next_row_ = 0;     // the first row that begins in the next page
  uint64_t values_seen_ = 0;  // in the chunk
  uint64_t needed_ = 0;       // bytes the last step lacked
  uint64_t seen_ = 0, inflated_ = 0;
};

/// CRC, inflation and the sizes of v1 and v2 pages in one place; `page` needs header and body.
Result<BufferSlice> inflate_page(const QueuedPage& page, Codec codec, bool verify_crc,
                                 Decompressor& decompressor, MemoryBudget& budget);

}  // namespace whittle::parquet
