// Bounds: what the min, max and null count of a chunk or page prove about its values.
//
// Nothing here trusts a writer further than the format lets it. Bounds are dropped (never guessed)
// where the sort order is undefined or another than ours, where a size or value is impossible,
// where min > max, or where known writers were wrong. Plain values; any thread.
#pragma once

#include <optional>

#include "columnar/value.hpp"
#include "parquet/footer.hpp"

namespace whittle::parquet {

struct ColumnBounds {
  Type type;  // of the values, and of min and max
  /// Every value that is neither NULL nor NaN lies in [min, max], in the order of `compare`.
  /// Strings may be truncated: then a bound is no value of the column.
  std::optional<Value> min, max;
  bool min_is_exact = false, max_is_exact = false;  // the bound occurs in the column
  bool may_have_nan = false;  // FLOAT and DOUBLE: the format leaves NaN out of the bounds
  std::optional<uint64_t> null_count;
  uint64_t value_count = 0;  // NULLs included

  bool all_null() const { return null_count && *null_count == value_count; }
  bool may_be_null() const { return !null_count || *null_count > 0; }
};

/// Whether bounds of the leaf are in an order that we share, so that they can be used at all.
enum class BoundsTrust : uint8_t {
  None,
  SignedOnly,  // whatever the writer thought of order, it agrees for this type
  TypeDefined  // the footer says that min_value and max_value are in the type's order
};
BoundsTrust bounds_trust(const ParquetFile& file, uint32_t leaf);

/// One stored bound as a value of the leaf's SQL type; nothing when it cannot be one.
std::optional<Value> decode_bound(const SchemaElement& element, const Type& type,
                                  std::string_view stored);

/// Bounds of a column chunk. The leaf must not be repeated for the NULL count to mean rows.
ColumnBounds chunk_bounds(const ParquetFile& file, size_t row_group, uint32_t leaf);

/// Bounds of page `page` of a column index; `row_count`: rows of that page.
ColumnBounds page_bounds(const ParquetFile& file, uint32_t leaf, const ColumnIndex& index,
                         size_t page, uint64_t row_count);

/// NULLs of a leaf in the whole file; nothing unless every row group says it.
std::optional<uint64_t> file_null_count(const ParquetFile& file, uint32_t leaf);
/// The least or greatest value of a top-level column in the whole file, NULL when all are NULL;
/// nothing unless proven: exact bounds in every row group, and no type that has NaN.
std::optional<Value> file_extreme(const ParquetFile& file, uint32_t leaf, bool maximum);

}  // namespace whittle::parquet
