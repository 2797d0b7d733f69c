#include "engine/parquet_rows.hpp"

#include <algorithm>

#include "columnar/gather.hpp"

namespace whittle {

using parquet::ColumnReader;
using parquet::RowRange;
using parquet::RowRanges;

ParquetRows::ParquetRows(Engine& engine, std::shared_ptr<StatementIo> io,
                         parquet::OpenedParquet opened, std::vector<uint32_t> columns,
                         std::vector<RowRanges> rows)
    : engine_(engine),
      io_(std::move(io)),
      file_(std::move(opened.file)),
      reader_(std::move(opened.opened), StatementIo::session_of(io_)),
      columns_(std::move(columns)),
      rows_(std::move(rows)) {
  for (uint32_t column : columns_) {
    const parquet::SchemaNode& node = file_->schema.columns[column];
    schema_.push_back({node.name, node.type});
  }
}

Task<Result<std::optional<Batch>>> ParquetRows::next() {
  while (row_group_ < rows_.size()) {
    const auto ranges = rows_[row_group_].ranges();
    if (ranges.empty()) {
      ++row_group_;
      continue;
    }
    if (!open_) CO_TRY(co_await open_row_group());
    if (range_ < ranges.size()) {
      const RowRange range = ranges[range_];
      const uint64_t begin = std::max(range.begin, position_);
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(range.end - begin, batch_rows));
      for (ColumnReader& reader : readers_) CO_TRY(reader.skip(begin - position_));
      Batch batch = CO_TRY(co_await read_range(count));
      position_ = begin + count;
      if (position_ == range.end) ++range_;
      co_return batch;
    }
    readers_.clear();
    open_ = false;
    ++row_group_;
  }
  co_return std::nullopt;
}

Task<Status> ParquetRows::open_row_group() {
  open_ = true;
  range_ = 0;
  position_ = 0;
  indexes_ = {};
  const auto row_group = static_cast<uint32_t>(row_group_);
  const RowRanges& wanted = rows_[row_group_];
  const bool all = wanted.is_all(file_->metadata.row_groups[row_group_].row_count);
  std::vector<uint32_t> leaves;
  for (uint32_t column : columns_) {
    parquet::for_each_leaf(
        file_->schema.columns[column],
        [&](uint32_t leaf, const parquet::SchemaNode&) { leaves.push_back(leaf); });
  }
  if (!all) {
    indexes_ = CO_TRY(co_await parquet::read_page_indexes(*file_, reader_, row_group_, leaves, {}));
  }
  for (uint32_t column : columns_) {
    parquet::ColumnReadOptions options;
    options.wanted = &wanted;
    options.memory_share = engine_.budget().limit() / 4 / std::max<size_t>(1, columns_.size());
    options.verify_crc = engine_.options().verify_checksums;
    parquet::for_each_leaf(file_->schema.columns[column],
                           [&](uint32_t leaf, const parquet::SchemaNode&) {
                             const parquet::ChunkPageIndex* pages = indexes_.find(leaf);
                             options.offset_indexes.push_back(pages ? &pages->offsets : nullptr);
                           });
    readers_.push_back(CO_TRY(ColumnReader::make(reader_, file_->metadata, row_group,
                                                 file_->schema.columns[column], options)));
    readers_.back().start();
  }
  co_return Status{};
}

Task<Result<Batch>> ParquetRows::read_range(uint32_t count) {
  Batch batch;
  batch.length = count;
  batch.selection = Selection::all(count);
  for (ColumnReader& reader : readers_) {
    if (!reader.ready(count)) CO_TRY(co_await reader.prepare(count));
    batch.columns.push_back(CO_TRY(reader.read(count)));
  }
  co_return batch;
}

Task<Status> ParquetRows::close() {
  io_->token.cancel();
  readers_.clear();
  co_return co_await reader_.close();
}

Result<std::vector<RowRanges>> row_group_ranges(const parquet::ParquetFile& file,
                                                std::span<const uint64_t> rows) {
  std::vector<RowRanges> out(file.metadata.row_groups.size());
  size_t group = 0;
  uint64_t previous = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint64_t row = rows[i];
    if (row >= file.row_count()) {
      return fail(Error(ErrorCode::OutOfRange, "row " + std::to_string(row) +
                                                   " is beyond the file's " +
                                                   std::to_string(file.row_count()) + " rows")
                      .with_source(file.name()));
    }
    if (i > 0 && row <= previous) {
      return fail(ErrorCode::InvalidArgument, "row numbers must ascend: " + std::to_string(row) +
                                                  " follows " + std::to_string(previous));
    }
    previous = row;
    while (row >=
           file.metadata.row_groups[group].first_row + file.metadata.row_groups[group].row_count)
      ++group;
    const uint64_t in_group = row - file.metadata.row_groups[group].first_row;
    out[group].append({in_group, in_group + 1});
  }
  return out;
}

}  // namespace whittle
