#include "parquet/column_plan.hpp"

#include <algorithm>

namespace whittle::parquet {

namespace {

// A dictionary page's header is not longer. Reading a little on never hurts: the pages say where
// the chunk ends.
constexpr uint64_t size_slack = 100;

LeafPlan whole_chunk(const ColumnChunk& chunk, uint64_t row_count, uint64_t file_size,
                     bool sizes_are_short) {
  ByteRange range = chunk.byte_range();
  if (sizes_are_short) range.length += std::min(size_slack, file_size - range.end());
  return {{{range, {0, row_count}}}, range.length, false};
}

}  // namespace

bool chunk_sizes_are_short(std::string_view created_by) {
  constexpr std::string_view writer = "parquet-mr version 1.";
  if (!created_by.starts_with(writer)) return false;
  created_by.remove_prefix(writer.size());
  // Mended in 1.2.9.
  if (created_by.starts_with("0.") || created_by.starts_with("1.")) return true;
  return created_by.size() >= 3 && created_by.starts_with("2.") && created_by[2] < '9' &&
         (created_by.size() == 3 || created_by[3] < '0' || created_by[3] > '9');
}

// DuckDB's pages end with their row group, or at 100 MB.
uint64_t usual_page_size(std::string_view created_by) {
  return created_by.starts_with("DuckDB") ? uint64_t{100} << 20 : uint64_t{1} << 20;
}

Result<LeafPlan> plan_leaf(const ColumnChunk& chunk, uint64_t row_count, const OffsetIndex* index,
                           const RowRanges& wanted, uint64_t gap, uint64_t file_size,
                           bool sizes_are_short) {
  const ByteRange whole = chunk.byte_range();
  if (!whole.fits(file_size)) {
    return fail(ErrorCode::Corrupt, "a column chunk ends beyond the file");
  }
  if (wanted.empty()) return LeafPlan{};
  if (!index || index->pages.empty() || wanted.is_all(row_count)) {
    return whole_chunk(chunk, row_count, file_size, sizes_are_short);
  }

  LeafPlan plan;
  plan.by_pages = true;
  const auto& pages = index->pages;
  // A dictionary page, if any, fills the space before the first data page. Some writers leave
  // dictionary_page_offset out, so the space itself is what is believed.
  const uint64_t first_page = pages.front().offset;
  if (first_page < whole.offset) {
    return fail(ErrorCode::Corrupt, "the offset index points before its column chunk");
  }
  if (first_page > whole.offset) {
    plan.segments.push_back({{whole.offset, first_page - whole.offset}, {}});
  }
  for (size_t i = 0; i < pages.size(); ++i) {
    const RowRange rows{pages[i].first_row,
                        i + 1 < pages.size() ? pages[i + 1].first_row : row_count};
    if (!wanted.overlaps(rows)) continue;
    const ByteRange range = pages[i].range();
    if (!plan.segments.empty() && plan.segments.back().range.end() == range.offset &&
        (plan.segments.back().rows.end == rows.begin || plan.segments.back().rows.count() == 0)) {
      PlannedSegment& last = plan.segments.back();
      if (last.rows.count() == 0) last.rows.begin = rows.begin;
      last.range.length += range.length;
      last.rows.end = rows.end;
    } else {
      plan.segments.push_back({range, rows});
    }
  }
  for (const PlannedSegment& segment : plan.segments) plan.bytes += segment.range.length;
  // Each hole costs a request; the engine reads over small ones anyway.
  const uint64_t saved = whole.length > plan.bytes ? whole.length - plan.bytes : 0;
  if (saved <= gap || saved < whole.length / 16)
    return whole_chunk(chunk, row_count, file_size, sizes_are_short);
  return plan;
}

}  // namespace whittle::parquet
