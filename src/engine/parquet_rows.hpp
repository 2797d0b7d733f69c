// ParquetRows: rows of one file picked by position, without SQL: whole row groups, single columns,
// or a list of row numbers. Only the pages that hold the rows are fetched where the file has an
// offset index.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/query_run.hpp"
#include "parquet/column_reader.hpp"
#include "parquet/page_index.hpp"
#include "parquet/table.hpp"

namespace whittle {

class ParquetRows {
 public:
  /// `io` is for these rows alone. `columns`: top-level columns by position. `rows[g]`: the rows of
  /// row group g that are wanted.
  ParquetRows(Engine& engine, std::shared_ptr<StatementIo> io, parquet::OpenedParquet opened,
              std::vector<uint32_t> columns, std::vector<parquet::RowRanges> rows);

  const Schema& schema() const { return schema_; }
  /// The next wanted rows of one row group, at most 2,048; nothing at the end.
  Task<Result<std::optional<Batch>>> next();
  Task<Status> close();
  /// Makes what is under way fail with Cancelled.
  void cancel() { io_->token.cancel(); }
  IoStatistics& io() { return io_->session.statistics; }

 private:
  Task<Status> open_row_group();
  Task<Result<Batch>> read_range(uint32_t count);

  Engine& engine_;
  std::shared_ptr<StatementIo> io_;
  parquet::ParquetFileRef file_;
  RangeReader reader_;
  std::vector<uint32_t> columns_;
  std::vector<parquet::RowRanges> rows_;
  Schema schema_;
  size_t row_group_ = 0;
  bool open_ = false;
  parquet::PageIndexes indexes_;
  std::vector<parquet::ColumnReader> readers_;
  size_t range_ = 0;       // of the row group's wanted ranges
  uint64_t position_ = 0;  // in the row group: where the readers stand
};

/// Row numbers of a file, ascending, as ranges per row group. OutOfRange when one is not in the
/// file or the list does not ascend.
Result<std::vector<parquet::RowRanges>> row_group_ranges(const parquet::ParquetFile& file,
                                                         std::span<const uint64_t> rows);

}  // namespace whittle
