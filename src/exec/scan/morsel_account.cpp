// What a morsel read and what it did not, for EXPLAIN ANALYZE.
//
// Pages and bytes that rows [of the morsel | after the page index | after the threshold] need are
// compared with what the readers planned and inflated. Without an offset index a chunk counts with
// the row group's first part, and its pages are those that were seen.
#include "exec/scan/morsel_reader.hpp"

namespace whittle {

namespace {
uint64_t less(uint64_t a, uint64_t b) {
  return a > b ? a - b : 0;
}
}  // namespace

MorselReader::Tally MorselReader::tally(const parquet::RowRanges& rows) const {
  const parquet::RowGroup& group = file().group(morsel_.row_group);
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < shared_.plan.node().columns.size(); ++i) file().append_leaves(i, leaves);
  Tally sum;
  for (uint32_t leaf : leaves) {
    const parquet::ColumnChunk& chunk = group.columns[leaf];
    const parquet::ChunkPageIndex* index = morsel_.probe->indexes.find(leaf);
    if (!index) {
      if (morsel_.rows.begin > 0 || rows.empty()) continue;
      sum.pages += chunk.data_page_count;
      sum.bytes += chunk.total_compressed_size;
      continue;
    }
    const auto& pages = index->offsets.pages;
    if (morsel_.rows.begin == 0 && !rows.empty())
      sum.bytes += parquet::dictionary_range(chunk).length;
    for (size_t page = 0; page < pages.size(); ++page) {
      const parquet::RowRange of_page = index->rows_of(page, group.row_count);
      const bool inside = of_page.begin >= morsel_.rows.begin && of_page.begin < morsel_.rows.end;
      if (!inside || !rows.overlaps(of_page)) continue;
      ++sum.pages;
      sum.bytes += pages[page].range().length;
    }
  }
  return sum;
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
  parquet::RowRanges part;
  part.append(morsel_.rows);
  const Tally all = tally(part), indexed = tally(indexed_), planned = tally(planned_);
  const Tally left = tally(ranges_);
  add(statistics->pages, std::max(all.pages, pages_seen_));
  add(statistics->bytes_needed, planned_bytes_);
  ScanStatistics::Skipped& by_index = statistics->by(shared_.plan.narrowed_by());
  add(by_index.pages, all.pages - indexed.pages);
  add(by_index.bytes, all.bytes - indexed.bytes);
  ScanStatistics::Skipped& by_top_n = statistics->by(SkippedBy::TopN);
  add(by_top_n.pages, indexed.pages - left.pages);
  add(by_top_n.bytes, indexed.bytes - planned.bytes);
  ScanStatistics::Skipped& late = statistics->by(SkippedBy::Late);
  add(late.pages, less(std::max(left.pages, pages_seen_), pages_inflated_));
  add(late.bytes, less(planned.bytes, planned_bytes_));
}

}  // namespace whittle
