// ColumnReader: one top-level column (a leaf, or a tree of them) of one row group as Columns.
//
//   ColumnReader reader = TRY(ColumnReader::make(file, context, row_group, node, options));
//   reader.start();                          // reads ahead
//   CO_TRY(co_await reader.prepare(2048));   // waits for what the next 2,048 rows need
//   Column c = TRY(reader.read(2048));       // decodes them, synchronously
//   TRY(reader.skip(100'000));               // free until the next read; whole pages stay unread
//
// A result is Dictionary-encoded when all its pages are (the chunk's one dictionary, whose last
// entry is NULL), flat otherwise; nested columns are always flat, to the last child. Strings point
// into page buffers that the column keeps alive.
//
// One coroutine at a time. Memory: the fetched bytes (whole chunks, or windows of them above
// `memory_share`), one inflated page and one dictionary per leaf.
#pragma once

#include <memory>

#include "parquet/leaf_reader.hpp"
#include "parquet/schema.hpp"

namespace whittle::parquet {

struct ColumnReadOptions {
  /// Rows that will be read; the others may only be skipped. Null: all.
  const RowRanges* wanted = nullptr;
  /// The offset index of each leaf below the column, in order; empty or null entries: none.
  std::vector<const OffsetIndex*> offset_indexes;
  /// A chunk larger than this is streamed in windows instead of fetched as a whole.
  uint64_t memory_share = UINT64_MAX;
  bool verify_crc = false;
  /// DuckDB's debugging of dictionaries is not ours: flat columns where the consumer wants them.
  bool allow_dictionary = true;
  /// Shared by the columns of one worker; null: the reader makes its own. Outlives the reader.
  Decompressor* decompressor = nullptr;
};

class ColumnReader {
 public:
  /// `metadata` and `reader` outlive the result; `node` and `options` are copied where needed.
  static Result<ColumnReader> make(RangeReader& reader, const FileMetadata& metadata,
                                   uint32_t row_group, const SchemaNode& node,
                                   const ColumnReadOptions& options);
  ColumnReader(ColumnReader&&) noexcept;
  ColumnReader& operator=(ColumnReader&&) noexcept;
  ~ColumnReader();

  const Type& type() const;
  uint64_t row() const;        // the next to be read
  uint64_t row_count() const;  // of the row group
  /// Bytes that the plan needs.
  uint64_t planned_bytes() const;
  /// The memory that reading it is expected to hold at once, as far as the footer tells.
  uint64_t working_bytes() const;
  /// Data pages found so far, and those of them that had to be inflated.
  uint64_t pages_seen() const;
  uint64_t pages_inflated() const;

  /// Ranges that are fetched as a whole, for the scan to fetch together with other columns'; none
  /// when the column is streamed in windows. Give the running reads to `attach` before `start`.
  void append_ranges(std::vector<ByteRange>& ranges) const;
  /// `first`: index of this column's first range in `set`.
  void attach(const std::shared_ptr<RangeSet>& set, size_t first);
  /// Begins reading ahead what was not attached.
  void start();

  /// True when `prepare(rows)` has nothing to wait for.
  bool ready(uint64_t rows) const;
  Task<Status> prepare(uint64_t rows);
  /// After prepare() failed with BudgetExceeded: the memory it lacked; it may be repeated then.
  /// Zero: it may not.
  uint64_t refused_bytes() const;
  /// Memory that reading the next rows, which were prepared, will take for their pages.
  uint64_t bytes_to_inflate(uint64_t rows) const;
  /// Where the first page of `row`'s that takes at least `size` bytes ends. Who reads no further
  /// can let go of it before the next is inflated. UINT64_MAX: all of them are small.
  uint64_t end_of_large_page(uint64_t row, uint64_t size) const;
  /// The next rows. Errors name column, row group and byte offset.
  Result<Column> read(uint32_t rows);
  /// Of the next `span` rows, those at the ascending offsets `rows`; the result has rows.size()
  /// rows. Afterwards the reader stands behind the span.
  Result<Column> read_selected(uint32_t span, std::span<const uint32_t> rows);
  Status skip(uint64_t rows);

 private:
  struct Implementation;
  explicit ColumnReader(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> self_;
};

}  // namespace whittle::parquet
