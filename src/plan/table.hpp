// Table: something that can be scanned. The catalog resolves names, file patterns and table
// functions to Tables before binding (that may need the network: it is a Task); binding itself is
// plain code.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "columnar/schema.hpp"
#include "columnar/value.hpp"

namespace whittle {

enum class TableKind : uint8_t {
  Parquet,  // parquet/table.hpp: files, mapped columns, skipping. See ParquetScanTable in plan/
  Columns,  // batches in memory: metadata functions, results of DESCRIBE, later CREATE TABLE
  Range,    // range(), generate_series(): computed
};

class Table {
 public:
  virtual ~Table() = default;
  TableKind kind() const { return kind_; }
  const Schema& schema() const { return schema_; }
  /// Columns behind those of the schema that `*` does not expand to (filename, file_row_number).
  virtual Schema virtual_columns() const { return {}; }
  /// Rows when known without reading data.
  virtual std::optional<uint64_t> row_count() const { return std::nullopt; }
  /// For EXPLAIN: "hits.parquet (3 files)".
  virtual std::string description() const = 0;
  /// The least or greatest value of a column where metadata proves it exact (NULL: no value at
  /// all); nullopt: unknown without reading.
  virtual std::optional<Value> extreme(uint32_t column, bool greatest) const {
    return std::nullopt;
  }
  /// Rows of the column that are not NULL, where metadata proves it.
  virtual std::optional<uint64_t> value_count(uint32_t column) const { return std::nullopt; }

 protected:
  Table(TableKind kind, Schema schema) : kind_(kind), schema_(std::move(schema)) {}

 private:
  TableKind kind_;
  Schema schema_;
};
using TableRef = std::shared_ptr<const Table>;

}  // namespace whittle
