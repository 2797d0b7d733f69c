// Hive partitioning: columns that stand in directory names, `…/year=2024/month=01/part.parquet`.
//
// Follows DuckDB: keys and values are percent-decoded, `__HIVE_DEFAULT_PARTITION__` and `NULL` are
// NULL, a key repeated in a path counts once, and a column's type is the first of DATE, TIMESTAMP,
// BIGINT that all values of all files read as, else VARCHAR. Pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columnar/value.hpp"

namespace whittle::parquet {

/// Keys and raw values (still percent-encoded) of a path or URL, by key.
using HivePartitions = std::map<std::string, std::string>;
HivePartitions hive_partitions(std::string_view path);

bool is_hive_null(std::string_view raw);
std::string percent_decoded(std::string_view text);

/// The type that all of `raw` values have; VARCHAR when `autocast` is off.
Type hive_type(const std::vector<std::string_view>& raw, bool autocast);
/// Conversion when the text is no value of the type.
Result<Value> hive_value(std::string_view raw, const Type& type);

}  // namespace whittle::parquet
