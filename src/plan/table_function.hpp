// Tables that need no file: range() and generate_series(), and the lists of settings and functions.
#pragma once

#include <memory>

#include "plan/settings.hpp"
#include "plan/table.hpp"

namespace whittle {

class FunctionRegistry;
struct TableRequest;

/// range(start, stop, step) over BIGINT or, with an INTERVAL step, TIMESTAMP. `inclusive` for
/// generate_series. exec/ computes the rows.
struct RangeTable : Table {
  RangeTable(std::string column, TypeId type)
      : Table(TableKind::Range, {{std::move(column), type}}) {}
  std::optional<uint64_t> row_count() const override;
  std::string description() const override;

  int64_t start = 0, stop = 0, step = 1;  // BIGINT, or microseconds
  IntervalValue interval;                 // TIMESTAMP: instead of `step`
  bool inclusive = false;
};

/// A few rows in memory, column-wise as Values (settings, functions, metadata functions).
struct ValuesTable : Table {
  ValuesTable(std::string name, Schema schema)
      : Table(TableKind::Columns, std::move(schema)), name(std::move(name)) {}
  std::optional<uint64_t> row_count() const override { return rows.size(); }
  std::string description() const override { return name; }

  std::string name;
  std::vector<std::vector<Value>> rows;
};

/// range, generate_series, repeat_row, unnest of a constant list, duckdb_settings(),
/// duckdb_functions(): a table; null for functions that need files; an error for names unknown.
Result<TableRef> make_table_function(const TableRequest& request, const Settings& settings,
                                     const FunctionRegistry& functions);
/// read_parquet and its kin, which the engine resolves: "parquet_scan", "parquet_metadata", …
bool is_file_function(std::string_view name);

}  // namespace whittle
