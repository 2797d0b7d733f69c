// ScanPlan: which row groups of which files a scan reads, decided from names, partitions and
// footers before anything else is fetched.
//
// Files that were not open yet are opened here, several at a time, unless their partition excludes
// them. Row groups that cannot match by their statistics never become morsels. When there are fewer
// of them than workers, they are cut into runs of rows, so that a file with one row group still
// uses every core.
#pragma once

#include <memory>

#include "exec/pipeline.hpp"
#include "exec/statistics.hpp"
#include "exec/top_n_threshold.hpp"
#include "parquet/page_index.hpp"
#include "parquet/skip.hpp"
#include "plan/logical_plan.hpp"
#include "plan/parquet_scan_table.hpp"

namespace whittle {

struct ScanFile {
  size_t index = 0;  // in the table
  parquet::OpenedParquet opened;
  std::unique_ptr<RangeReader> reader;
  std::vector<parquet::ColumnMapping> mappings;  // one per output column
  std::vector<parquet::Predicate> conjuncts;     // bound to the file's leaves, one per filter
  parquet::Predicate predicate;                  // all of them
  bool is_local = false;

  const parquet::ParquetFile& file() const { return *opened.file; }
  const parquet::RowGroup& group(uint32_t row_group) const {
    return file().metadata.row_groups[row_group];
  }
  /// Leaves of the row group's columns that output column i needs.
  void append_leaves(size_t i, std::vector<uint32_t>& leaves) const;
};

struct ScanMorsel {
  ScanFile* file = nullptr;
  uint32_t row_group = 0;
  parquet::RowRange rows;     // of the row group
  bool part = false;          // not all rows of the row group
  std::vector<bool> dropped;  // filters that are true on every row of it
  uint64_t id = 0;            // position in the order of the rows
};

class ScanPlan {
 public:
  ScanPlan(QueryContext& context, const PlanNode& node, ScanStatistics* statistics);
  /// Opens and prunes.
  Task<Status> make(const TopNThreshold* threshold);

  std::vector<ScanMorsel>& morsels() { return morsels_; }
  const PlanNode& node() const { return node_; }
  const ParquetScanTable& table() const { return table_; }
  /// Waits until no read of any file is under way.
  Task<Status> close();
  /// Whether the row group (or page) with these bounds can hold a row that beats the threshold.
  static bool can_beat(const TopNThreshold& threshold, const parquet::ColumnBounds& bounds);
  /// Bounds of the top-N's column in a row group; nothing when there are none.
  std::optional<parquet::ColumnBounds> top_n_bounds(const ScanMorsel& morsel) const;

 private:
  Task<Status> open_file(size_t index);
  Status add_row_groups(ScanFile& file);
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
};

}  // namespace whittle
