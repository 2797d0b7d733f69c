// Columns in Arrow's memory layout: what the C interface exports and the IPC writer writes.
//
// Fixed-width values and bitmaps are shared with the column where the layouts agree; booleans,
// strings, lists and the types below are rebuilt, charged to the budget.
//
//   SQL type           Arrow type                        why
//   HUGEINT            decimal128(38, 0)                 the same 128 bits
//   UHUGEINT           fixed-size binary(16)             little-endian bytes
//   DECIMAL(w, s)      decimal128(w, s)
//   TIMETZ, BIT, UUID  utf8                              their VARCHAR cast
//   INTERVAL           month-day-nanosecond interval
//   TIMESTAMPTZ        timestamp[us, UTC]
//
// Where the Arrow type does not say the SQL type, the field's metadata does: key "whittle:type".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "columnar/column.hpp"
#include "columnar/schema.hpp"

namespace whittle {

struct ArrowOptions {
  /// Strings and blobs with 64-bit offsets (for more than 2 GB of them in one batch).
  bool large_strings = false;
  /// DECIMAL as its text: for readers whose numbers cannot hold it.
  bool decimals_as_text = false;
};

/// A field as the C interface describes it; `format` is its type string.
struct ArrowField {
  std::string name, format;
  std::vector<std::pair<std::string, std::string>> metadata;
  bool nullable = true;
  std::vector<ArrowField> children;
};

ArrowField arrow_field(const Field& field, const ArrowOptions& options);

struct ArrowBuffer {
  const std::byte* data = nullptr;  // null: absent (a bitmap without NULLs)
  size_t size = 0;
  BufferRef owner;
};

struct ArrowColumn {
  int64_t length = 0;
  int64_t null_count = 0;
  std::vector<ArrowBuffer> buffers;  // validity first; none at all for the null type
  std::vector<ArrowColumn> children;
};

/// All rows of a column in any encoding.
Result<ArrowColumn> arrow_column(const Column& column, const ArrowOptions& options,
                                 MemoryBudget& budget);
/// The selected rows of each column of a batch.
Result<std::vector<ArrowColumn>> arrow_columns(const Batch& batch, const ArrowOptions& options,
                                               MemoryBudget& budget);

}  // namespace whittle
