// ParquetScanTable: Parquet files as a Table of the catalog. Shares the immutable ParquetTable and
// the opener (footer cache) that later files are opened through; any thread.
#pragma once

#include <memory>

#include "parquet/table.hpp"
#include "plan/table.hpp"

namespace whittle {

struct ParquetScanTable : Table {
  ParquetScanTable(parquet::ParquetTableRef files, std::shared_ptr<parquet::FileOpener> opener)
      : Table(TableKind::Parquet, files->schema()),
        files(std::move(files)),
        opener(std::move(opener)) {}

  Schema virtual_columns() const override;
  std::optional<uint64_t> row_count() const override { return files->row_count(); }
  std::string description() const override { return files->description(); }
  std::optional<Value> extreme(uint32_t column, bool greatest) const override;
  std::optional<uint64_t> value_count(uint32_t column) const override;

  parquet::ParquetTableRef files;
  /// Opens the files that the table left closed; the scan calls it.
  std::shared_ptr<parquet::FileOpener> opener;
};

}  // namespace whittle
