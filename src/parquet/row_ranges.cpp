#include "parquet/row_ranges.hpp"

#include <algorithm>

namespace whittle::parquet {

RowRanges RowRanges::all(uint64_t row_count) {
  RowRanges rows;
  rows.append({0, row_count});
  return rows;
}

void RowRanges::append(RowRange range) {
  if (range.begin >= range.end) return;
  if (!ranges_.empty() && range.begin <= ranges_.back().end) {
    ranges_.back().end = std::max(ranges_.back().end, range.end);
  } else {
    ranges_.push_back(range);
  }
}

uint64_t RowRanges::count() const {
  uint64_t total = 0;
  for (const RowRange& range : ranges_) total += range.count();
  return total;
}

bool RowRanges::contains(uint64_t row) const {
  return overlaps({row, row + 1});
}

bool RowRanges::overlaps(RowRange range) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), range.begin,
                                      [](uint64_t row, const RowRange& r) { return row < r.end; });
  return range.begin < range.end && after != ranges_.end() && after->begin < range.end;
}

RowRanges intersect(const RowRanges& a, const RowRanges& b) {
  RowRanges out;
  for (size_t i = 0, j = 0; i < a.ranges_.size() && j < b.ranges_.size();) {
    const RowRange &x = a.ranges_[i], &y = b.ranges_[j];
    out.append({std::max(x.begin, y.begin), std::min(x.end, y.end)});
    (x.end < y.end ? i : j)++;
  }
  return out;
}

RowRanges unite(const RowRanges& a, const RowRanges& b) {
  RowRanges out;
  size_t i = 0, j = 0;
  while (i < a.ranges_.size() || j < b.ranges_.size()) {
    const bool from_a =
        j == b.ranges_.size() || (i < a.ranges_.size() && a.ranges_[i].begin <= b.ranges_[j].begin);
    out.append(from_a ? a.ranges_[i++] : b.ranges_[j++]);
  }
  return out;
}

RowRanges complement(const RowRanges& a, uint64_t row_count) {
  RowRanges out;
  uint64_t row = 0;
  for (const RowRange& range : a.ranges_) {
    out.append({row, std::min(range.begin, row_count)});
    row = range.end;
  }
  out.append({row, row_count});
  return out;
}

}  // namespace whittle::parquet
