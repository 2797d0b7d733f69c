// ParquetScanTable: Parquet files as a Table of the catalog. Shares the immutable ParquetTable and
// the opener (footer cache) that later files are opened through; any thread.
#pragma once

#include <memory>

#include "parquet/table.hpp"
#include "plan/table.hpp"

namespace whittle {

class ParquetScanTable : public Table {
 public:
  ParquetScanTable(parquet::ParquetTableRef files, std::shared_ptr<parquet::FileOpener> opener)
      : Table(TableKind::Parquet, files->schema()),
        files_(std::move(files)),
        opener_(std::move(opener)) {}

  const parquet::ParquetTable& files() const { return *files_; }
  const parquet::ParquetTableRef& files_ref() const { return files_; }
  parquet::FileOpener& opener() const { return *opener_; }

  Schema virtual_columns() const override;
  std::optional<uint64_t> row_count() const override { return files_->row_count(); }
  std::string description() const override { return files_->description(); }
  std::optional<Value> extreme(uint32_t column, bool greatest) const override;
  std::optional<uint64_t> value_count(uint32_t column) const override;

 private:
  parquet::ParquetTableRef files_;
  std::shared_ptr<parquet::FileOpener> opener_;
};

}  // namespace whittle
