// RowRanges: which rows of a row group are wanted, as sorted disjoint non-empty intervals [begin,
// end).
//
// Pruning intersects them, readers turn them into pages. Plain value; a handful of intervals in
// practice, at most one per page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace whittle::parquet {

struct RowRange {
  uint64_t begin = 0, end = 0;
  uint64_t count() const { return end - begin; }
  bool operator==(const RowRange&) const = default;
};

class RowRanges {
 public:
  RowRanges() = default;  // no rows
  static RowRanges all(uint64_t row_count);

  /// Adds rows at or after the end of those already there; neighbours merge, empty ranges vanish.
  void append(RowRange range);

  bool empty() const { return ranges_.empty(); }
  uint64_t count() const;
  bool contains(uint64_t row) const;
  /// True when any row of `range` is wanted.
  bool overlaps(RowRange range) const;
  bool is_all(uint64_t row_count) const { return *this == all(row_count); }
  std::span<const RowRange> ranges() const { return ranges_; }
  auto begin() const { return ranges_.begin(); }
  auto end() const { return ranges_.end(); }

  friend RowRanges intersect(const RowRanges& a, const RowRanges& b);
  friend RowRanges unite(const RowRanges& a, const RowRanges& b);
  /// The rows of [0, row_count) that are not in `a`.
  friend RowRanges complement(const RowRanges& a, uint64_t row_count);
  bool operator==(const RowRanges&) const = default;

 private:
  std::vector<RowRange> ranges_;
};

RowRanges intersect(const RowRanges& a, const RowRanges& b);
RowRanges unite(const RowRanges& a, const RowRanges& b);
RowRanges complement(const RowRanges& a, uint64_t row_count);

}  // namespace whittle::parquet
