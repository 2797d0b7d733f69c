// RowCodec: rows of any types as self-contained bytes, and back into columns. Sort payloads,
// spilled rows, ordered aggregates and nested grouping keys all travel this way.
//
// One value is a byte (0: NULL, 1: valid) and, when valid: fixed-width values as they lie in
// memory; strings, lists and maps a uint32 length and their bytes or elements; structs their
// fields. Equal values of one type have equal bytes, except that -0.0 and 0.0, and NaNs, keep their
// bits. The bytes never leave the process, so that they are not validated when read back.
#pragma once

#include <cstring>
#include <vector>

#include "columnar/builder.hpp"

namespace whittle {

using RowBytes = std::vector<std::byte>;

/// Appends the value of row `row` behind `view` to `bytes`.
void encode_value(const ColumnView& view, uint32_t row, RowBytes& bytes);

/// Reads one value from `bytes` into `builder` and moves `bytes` behind it.
Status decode_value(const std::byte*& bytes, ColumnBuilder& builder);

/// Appends one row of several columns.
inline void encode_row(std::span<const ColumnView> views, uint32_t row, RowBytes& bytes) {
  for (const auto& view : views) encode_value(view, row, bytes);
}

std::vector<ColumnView> make_views(std::span<const Column> columns);

/// Builders for all columns of a row, to decode into.
class RowDecoder {
 public:
  RowDecoder(std::span<const Type> types, MemoryBudget& budget);
  /// Appends the row at `bytes`; returns where it ends.
  Result<const std::byte*> append(const std::byte* bytes);
  uint32_t rows() const { return rows_; }
  /// The rows so far as columns; starts anew.
  Result<std::vector<Column>> finish();

 private:
  std::vector<ColumnBuilder> builders_;
  uint32_t rows_ = 0;
};

}  // namespace whittle
