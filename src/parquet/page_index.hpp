// The page index of a row group: which pages a column has, and what values lie in them
// (parquet-format's PageIndex.md). It turns a predicate into the rows that are worth reading.
//
// Both halves only ever save work: an index that is absent, broken or too large for the budget is
// as good as none. Memory is charged to the session's budget while a PageIndexes lives. Immutable;
// any thread.
#pragma once

#include <optional>
#include <vector>

#include "io/range_engine.hpp"
#include "parquet/footer.hpp"
#include "parquet/predicate.hpp"
#include "parquet/row_ranges.hpp"

namespace whittle::parquet {

/// Of one column chunk. `offsets` was checked against the chunk: pages ascend and lie within it.
struct ChunkPageIndex {
  uint32_t leaf = 0;
  OffsetIndex offsets;
  std::optional<ColumnIndex> bounds;  // as many pages as offsets

  /// Rows [begin, end) of page `page`.
  RowRange rows_of(size_t page, uint64_t row_count) const {
    const auto& pages = offsets.pages;
    return {pages[page].first_row, page + 1 < pages.size() ? pages[page + 1].first_row : row_count};
  }
};

struct PageIndexes {
  std::vector<ChunkPageIndex> chunks;
  Reservation memory;
  /// Null when the leaf has none.
  const ChunkPageIndex* find(uint32_t leaf) const;
};

/// Reads, in one go, the offset index of all `leaves` and the column index of those that are also
/// in `bounded` (the predicate's). Fails only where reading fails.
Task<Result<PageIndexes>> read_page_indexes(const ParquetFile& file, RangeReader& reader,
                                            size_t row_group, std::vector<uint32_t> leaves,
                                            std::vector<uint32_t> bounded);

/// Whether the leaves that `predicate` compares have page indexes in this row group, so that
/// reading them can help at all.
bool has_useful_page_index(const ParquetFile& file, size_t row_group, const Predicate& predicate);

/// What the numbers of some rows of a row group are, as the bounds of a column.
ColumnBounds row_number_bounds(const RowGroup& group, RowRange rows);

/// The rows of the row group for which `predicate` may be TRUE.
RowRanges prune_pages(const ParquetFile& file, size_t row_group, const Predicate& predicate,
                      const PageIndexes& indexes);

}  // namespace whittle::parquet
