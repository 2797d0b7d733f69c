// ParquetScanTable: Parquet files as a Table of the plan. The binder sees its schema, the optimizer
// turns filters into parquet::Predicate over its columns, exec/scan reads it.
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

  std::optional<uint64_t> row_count() const override { return files->row_count(); }
  std::string description() const override { return files->description(); }

  parquet::ParquetTableRef files;
  /// Opens the files that the table left closed; the scan calls it.
  std::shared_ptr<parquet::FileOpener> opener;
};

}  // namespace whittle
