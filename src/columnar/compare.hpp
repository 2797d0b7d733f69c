// Equality and order of single rows of columns: the slow, obviously right way that kernels for
// flat columns are held against, and the only way for nested values. Any encoding; any thread.
#pragma once

#include "columnar/column.hpp"

namespace whittle {

/// NULL equals NULL, NaN equals NaN, -0.0 equals 0.0. Both columns have the same type.
bool rows_equal(const Column& a, uint32_t i, const Column& b, uint32_t j);

/// DuckDB's order: -1, 0 or 1. NULL above everything, also inside nested values; NaN above all
/// numbers; strings bytewise; lists and structs element by element, the shorter list first.
int compare_rows(const Column& a, uint32_t i, const Column& b, uint32_t j);

/// As above for callers that read many rows: views made once.
bool rows_equal(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j);
int compare_rows(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j);

/// The order of two values of one C++ type (the physical types' value types, StringRef included).
template <class T>
int compare_values(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    const bool a_nan = a != a, b_nan = b != b;
    if (a_nan || b_nan) return static_cast<int>(a_nan) - static_cast<int>(b_nan);
  }
  return a < b ? -1 : b < a;
}

}  // namespace whittle
