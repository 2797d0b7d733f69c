// Which bytes of a column chunk a read of certain rows needs: the whole chunk, or its dictionary
// page and runs of data pages found in the offset index.
//
// Pure functions over metadata; a plan is a few ranges, at most one per page.
#pragma once

#include <vector>

#include "parquet/metadata.hpp"
#include "parquet/row_ranges.hpp"

namespace whittle::parquet {

/// A run of neighbouring pages and the rows they hold.
struct PlannedSegment {
  ByteRange range;
  RowRange rows;  // empty: only a dictionary page
};

struct LeafPlan {
  std::vector<PlannedSegment> segments;  // ascending
  uint64_t bytes = 0;                    // sum of the ranges
  bool by_pages = false;
};

/// Old parquet-mr forgot the dictionary page's header in total_compressed_size (PARQUET-816): its
/// chunks may be longer than they say.
bool chunk_sizes_are_short(std::string_view created_by);

/// The footer does not say how large pages are: what writers cut them at, uncompressed.
uint64_t usual_page_size(std::string_view created_by);

/// `index` may be null. `gap`: unneeded bytes that cost no more than a request of their own; where
/// leaving pages out saves less than that, the chunk is read whole. Corrupt when index and chunk
/// contradict each other.
Result<LeafPlan> plan_leaf(const ColumnChunk& chunk, uint64_t row_count, const OffsetIndex* index,
                           const RowRanges& wanted, uint64_t gap, uint64_t file_size,
                           bool sizes_are_short = false);

}  // namespace whittle::parquet
