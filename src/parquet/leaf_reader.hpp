// LeafReader: one leaf column of one row group, from pages to levels and values.
//
// Rows are counted within the row group. Reading goes forward only; a gap before the row that is
// asked for is skipped: whole pages without inflating them, the rest of a page by its levels. All
// bytes must have been waited for (`prepare`). One coroutine at a time.
#pragma once

#include "parquet/levels.hpp"
#include "parquet/page_queue.hpp"
#include "parquet/value_builder.hpp"

namespace whittle::parquet {

/// Levels of a run of values, one byte each, charged to the budget.
class LevelList {
 public:
  explicit LevelList(MemoryBudget& budget) : budget_(budget) {}
  void clear() { size_ = 0; }
  Status append(const uint8_t* repetition, const uint8_t* definition, uint32_t count);
  uint32_t size() const { return size_; }
  const uint8_t* repetition() const { return buffer_ ? buffer_->as<uint8_t>() : nullptr; }
  const uint8_t* definition() const { return repetition() + capacity_; }

 private:
  MemoryBudget& budget_;
  mutable BufferRef buffer_;  // repetition levels, then definition levels
  uint32_t size_ = 0, capacity_ = 0;
};

struct LeafSetup {
  uint32_t leaf = 0;  // index into RowGroup::columns
  Conversion conversion;
  uint16_t max_repetition = 0, max_definition = 0;
  uint16_t slot_level = 0;  // element_level of the nearest repeated ancestor, else 0
  bool allow_dictionary = false;
};

class LeafReader {
 public:
  LeafReader(RangeReader& reader, LeafSetup setup, LeafPlan plan, PageQueueOptions options,
             Decompressor& decompressor);

  PageQueue& pages() { return queue_; }
  const LeafSetup& setup() const { return setup_; }

  /// Lets go of pages that end before `row`, the next to be read.
  void release_before(uint64_t row);

  /// Rows [row, row + rows) of a column that is neither repeated nor nested.
  Result<Column> read_flat(uint64_t row, uint32_t rows);
  /// As read_flat for the given ascending rows (offsets from `row`) alone.
  Result<Column> read_flat_rows(uint64_t row, std::span<const uint32_t> rows);
  /// Any column: levels into `levels`, and the values as a flat column with one row per slot, a
  /// place where there is a value or a NULL of the leaf itself.
  Result<Column> read_nested(uint64_t row, uint32_t rows, LevelList& levels);

 private:
  Status open_page();
  void close_page();
  Status load_dictionary();
  Status seek_flat(uint64_t row);
  Result<uint32_t> read_validity(uint32_t rows, uint64_t at, BufferRef& bits, uint32_t capacity);
  Status fill_window();
  template <class F>
  Status walk_records(uint64_t rows, F&& take);
  Status seek_record(uint64_t row);
  Status append_slots(uint32_t begin, uint32_t end, BufferRef& validity, uint32_t& capacity,
                      bool& has_nulls);

  static constexpr uint32_t window_size = 1024;

  LeafSetup setup_;
  MemoryBudget& budget_;
  PageQueue queue_;
  ValueBuilder builder_;
  Ref<Dictionary> dictionary_;

  // The open page is the queue's first.
  bool open_ = false;
  PageLevels levels_;
  PageValues values_;
  uint64_t next_row_ = 0, end_row_ = 0;  // flat: rows of the page that were not read

  // Nested: levels decoded but not taken, and the row whose record is being read.
  uint64_t levels_left_ = 0;  // in the page, behind the window
  uint8_t repetition_[window_size], definition_[window_size];
  uint32_t window_at_ = 0, window_end_ = 0;
  uint64_t record_row_ = 0;  // the next record to begin
};

}  // namespace whittle::parquet
