// What a morsel read and what it did not, for EXPLAIN ANALYZE and for maps of the file.
//
// Pages and bytes that rows [of the morsel | after the page index | after the threshold] need are
// compared with what the readers planned and inflated. Without an offset index a chunk counts with
// the row group's first part, and its pages are those that were seen.
#include <algorithm>

#include "exec/scan/morsel_reader.hpp"

namespace whittle {

namespace {
uint64_t less(uint64_t a, uint64_t b) {
  return a > b ? a - b : 0;
}
}  // namespace

MorselReader::Fate MorselReader::fate_of(parquet::RowRange rows) const {
  const parquet::RowRanges* left[] = {&indexed_, &planned_, &ranges_};
  size_t fate = 0;
  while (fate < Wanted && left[fate]->overlaps(rows)) ++fate;
  return static_cast<Fate>(fate);
}

// Adds up a column chunk's pages. `unread`: why wanted ones may have stayed unread.
void MorselReader::tally(uint32_t leaf, SkippedBy unread, Tally (&by_fate)[fates]) const {
  const SkippedBy reasons[fates] = {shared_.plan.narrowed_by(), SkippedBy::TopN, SkippedBy::TopN,
                                    unread};
  const parquet::RowGroup& group = file().group(morsel_.row_group);
  const parquet::ColumnChunk& chunk = group.columns[leaf];
  const parquet::ChunkPageIndex* index = morsel_.probe->indexes.find(leaf);
  const auto count = [&](parquet::RowRange rows, uint64_t pages, ByteRange range) {
    const Fate fate = fate_of(rows);
    by_fate[fate].pages += pages;
    by_fate[fate].bytes += range.length;
    file().mark_skipped(reasons[fate], range);
  };
  if (morsel_.rows.begin == 0) {
    count(morsel_.rows, index ? 0 : chunk.data_page_count,
          index ? parquet::dictionary_range(chunk) : chunk.byte_range());
  }
  for (size_t page = 0; index && page < index->offsets.pages.size(); ++page) {
    const parquet::RowRange rows = index->rows_of(page, group.row_count);
    const ByteRange range = index->offsets.pages[page].range();
    if (rows.begin >= morsel_.rows.begin && rows.begin < morsel_.rows.end) {
      count(rows, 1, range);
    } else if (rows.begin >= morsel_.rows.end && shared_.plan.node().scan_limit) {
      file().mark_skipped(SkippedBy::Limit, range);
    }
  }
}

void MorselReader::close_columns(std::vector<OpenColumn>& columns) {
  for (const OpenColumn& column : columns) {
    if (!column.reader) continue;
    const uint64_t seen = column.reader->pages_seen();
    pages_seen_ += seen;
    pages_inflated_ += column.reader->pages_inflated();
    // Nothing of a local file was read before its first page was asked for.
    if (!file().is_local || seen > 0) planned_bytes_ += column.reader->planned_bytes();
  }
  columns.clear();
}

void MorselReader::account() {
  close_columns(filters_);
  close_columns(payload_);
  add(shared_.morsels_seen, 1);
  add(shared_.morsels_left, rows_out_ > 0 ? 1 : 0);
  ScanStatistics* statistics = shared_.statistics;
  if (!statistics) return;
  const uint64_t last = file().group(morsel_.row_group).row_count;
  if (morsel_.rows.end == last || shared_.plan.node().scan_limit) {
    add(statistics->row_groups_done, 1);
  }
  Tally by_fate[fates];
  const std::vector<uint32_t> needed = filter_outputs();
  const std::vector<uint32_t>& payload = shared_.payload_columns;
  for (uint32_t i = 0; i < shared_.plan.node().columns.size(); ++i) {
    const bool read = std::find(needed.begin(), needed.end(), i) != needed.end() ||
                      std::find(payload.begin(), payload.end(), i) != payload.end();
    const SkippedBy unread = !read ? SkippedBy::Statistics  // its filters are true on all rows
                             : shared_.plan.node().scan_limit ? SkippedBy::Limit
                                                              : SkippedBy::Late;
    std::vector<uint32_t> leaves;
    file().append_leaves(i, leaves);
    for (uint32_t leaf : leaves) tally(leaf, unread, by_fate);
  }
  const auto& [indexed, planned, left, wanted] = by_fate;
  add(statistics->pages,
      std::max(indexed.pages + planned.pages + left.pages + wanted.pages, pages_seen_));
  add(statistics->bytes_needed, planned_bytes_);
  ScanStatistics::Skipped& by_index = statistics->by(shared_.plan.narrowed_by());
  add(by_index.pages, indexed.pages);
  add(by_index.bytes, indexed.bytes);
  ScanStatistics::Skipped& by_top_n = statistics->by(SkippedBy::TopN);
  add(by_top_n.pages, planned.pages + left.pages);
  add(by_top_n.bytes, planned.bytes);
  ScanStatistics::Skipped& late = statistics->by(SkippedBy::Late);
  add(late.pages, less(std::max(wanted.pages, pages_seen_), pages_inflated_));
  add(late.bytes, less(left.bytes + wanted.bytes, planned_bytes_));
}

}  // namespace whittle
