// ScanPlan: which row groups of which files a scan reads, decided from names, partitions and
// footers before anything else is fetched.
//
// Files that were not open yet are opened here, several at a time, unless their partition excludes
// them. Row groups that cannot match by their statistics never become morsels. When there are fewer
// of them than workers, they are cut into runs of rows, so that a file with one row group still
// uses every core.
#pragma once

#include <algorithm>
#include <map>
#include <memory>

#include "exec/pipeline.hpp"
#include "exec/scan/group_probe.hpp"
#include "exec/statistics.hpp"
#include "exec/top_n_threshold.hpp"
#include "parquet/page_index.hpp"
#include "parquet/skip.hpp"
#include "plan/logical_plan.hpp"
#include "plan/parquet_scan_table.hpp"

namespace whittle {

/// One row of a table of files.
struct FileRow {
  uint64_t file = 0, row = 0;
  auto operator<=>(const FileRow&) const = default;
};

struct ScanFile {
  size_t index = 0;     // in the table
  uint32_t source = 0;  // in the statement's IoStatistics
  parquet::OpenedParquet opened;
  std::unique_ptr<RangeReader> reader;
  std::vector<parquet::ColumnMapping> mappings;  // one per output column
  /// What mappings point to where only some fields of a STRUCT are read; by output column.
  std::map<uint32_t, parquet::SchemaNode> pruned;
  std::vector<parquet::Predicate> conjuncts;  // bound to the file's leaves, one per filter
  parquet::Predicate predicate;               // all of them
  bool is_local = false;

  const parquet::ParquetFile& file() const { return *opened.file; }
  const parquet::RowGroup& group(uint32_t row_group) const {
    return file().metadata.row_groups[row_group];
  }
  /// Leaves of the row group's columns that output column i needs.
  void append_leaves(size_t i, std::vector<uint32_t>& leaves) const;
  /// Counts a row group, or the first rows of it, of which nothing is read.
  void count_skipped(ScanStatistics* statistics, SkippedBy reason, uint32_t row_group,
                     uint64_t rows = UINT64_MAX) const;
  /// Tells where skipped bytes lie.
  void mark_skipped(SkippedBy reason, ByteRange range) const;
  /// Those of all its columns; how many they are.
  uint64_t mark_skipped(SkippedBy reason, uint32_t row_group) const;
  /// Bytes of the row group's chunks that all output columns need.
  uint64_t scanned_bytes(uint32_t row_group) const;
  /// The leaf that is the key of the top-N above; nothing where its bounds would say nothing.
  std::optional<uint32_t> top_n_leaf(const PlanNode& node) const;
};

struct ScanMorsel {
  ScanFile* file = nullptr;
  uint32_t row_group = 0;
  parquet::RowRange rows;             // of the row group
  bool part = false;                  // not all rows of the row group
  std::vector<bool> dropped;          // filters that are true on every row of it
  std::shared_ptr<GroupProbe> probe;  // of the row group
  uint64_t id = 0;                    // position in the order of the rows

  /// No filter drops any of its rows.
  bool all_rows_match() const {
    return std::find(dropped.begin(), dropped.end(), false) == dropped.end();
  }
};

/// What bounds alone say about the N-th best row: where runs of rows with at least N rows in all
/// are better than some value, only rows that beat it matter.
class TopNSeed {
 public:
  explicit TopNSeed(const TopNThreshold& threshold) : threshold_(threshold) {}
  /// A run of rows of which all count.
  void add(const parquet::ColumnBounds& bounds);
  void offer_to(TopNThreshold& threshold);

 private:
  struct Run {
    Value worst;
    uint64_t rows;
  };
  const TopNThreshold& threshold_;
  std::vector<Run> runs_;
};

class ScanPlan {
 public:
  ScanPlan(QueryContext& context, const PlanNode& node, ScanStatistics* statistics);
  /// Opens and prunes.
  Task<Status> make(TopNThreshold* threshold);

  /// Opens the files of these rows (sorted) and plans to read them alone.
  Task<Status> make_rows(const std::vector<FileRow>& rows);

  std::vector<ScanMorsel>& morsels() { return morsels_; }
  const PlanNode& node() const { return node_; }
  /// Why rows that a probe left out were left out.
  SkippedBy narrowed_by() const { return by_rows_ ? SkippedBy::Late : SkippedBy::PageIndex; }
  const ParquetScanTable& table() const { return table_; }
  /// Waits until no read of any file is under way.
  Task<Status> close();
  /// Whether the row group (or page) with these bounds can hold a row that beats the threshold.
  static bool can_beat(const TopNThreshold& threshold, const parquet::ColumnBounds& bounds);
  /// Counts a morsel that the top-N's threshold or a limit excluded.
  void count_unread(SkippedBy reason, const ScanMorsel& morsel);
  /// Bounds of the top-N's column in a row group; nothing when there are none.
  std::optional<parquet::ColumnBounds> top_n_bounds(const ScanMorsel& morsel) const;

 private:
  Task<Status> open_file(size_t index);
  Status add_row_groups(ScanFile& file);
  Result<ScanMorsel> morsel_of(std::span<const FileRow>& rows) const;
  bool may_have_huge_pages(const ScanMorsel& morsel) const;
  void cut();
  void order_by_bounds();

  QueryContext& context_;
  const PlanNode& node_;
  const ParquetScanTable& table_;
  ScanStatistics* statistics_;
  parquet::Predicate predicate_;  // on the table's columns
  std::vector<parquet::Predicate> conjuncts_;
  std::vector<std::unique_ptr<ScanFile>> files_;  // null: excluded, or not reached
  std::vector<ScanMorsel> morsels_;
  bool by_rows_ = false;
};

}  // namespace whittle
