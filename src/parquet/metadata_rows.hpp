// Rows of the table functions about files: parquet_metadata(), parquet_schema(),
// parquet_file_metadata(), parquet_kv_metadata(). Columns and spelling are DuckDB's; `inspect`
// shows the same data.
//
// Rows are handed over one by one, because a wide file has a million column chunks and a Value is
// large.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "columnar/schema.hpp"
#include "columnar/value.hpp"
#include "parquet/footer.hpp"

namespace whittle::parquet {

enum class MetadataTable : uint8_t { Chunks, Schema, File, KeyValues };

/// By the function's name ("parquet_metadata"); nothing when it is none of these.
std::optional<MetadataTable> metadata_table(std::string_view function);
Schema metadata_table_schema(MetadataTable table);

using RowConsumer = std::function<Status(std::vector<Value> row)>;
/// `file_name`: as the user knows the file. Stops at the consumer's first error.
Status metadata_rows(MetadataTable table, const ParquetFile& file, std::string_view file_name,
                     const RowConsumer& consume);

/// "TimestampType(isAdjustedToUTC=1, unit=…)"; empty for none.
std::string logical_type_text(const LogicalType& logical);

}  // namespace whittle::parquet
