// Sort keys as bytes whose memcmp order is the order of the rows: for ORDER BY, top-N and ordered
// aggregates.
//
// Per key: one byte that puts NULL first or last, then the value, inverted for DESC. Integers are
// big-endian with the sign bit flipped; floats likewise with negative numbers inverted, NaN above
// all and -0.0 as 0.0; strings have zero bytes escaped as 00 FF and end with 00 00; lists put 01
// before each element and end with 00. Inside nested values NULL is above everything.
#pragma once

#include "exec/row_codec.hpp"
#include "plan/logical_plan.hpp"

namespace whittle {

struct SortDirection {
  bool descending = false, nulls_first = false;
};

/// Appends the key of row `row`.
void encode_sort_key(const ColumnView& view, uint32_t row, SortDirection direction, RowBytes& key);

/// The first eight bytes of each selected row's key as a number (by position): enough to order most
/// rows, and made column-wise.
struct KeyPrefixes {
  uint64_t values[batch_rows];
};
void encode_prefixes(const Column& column, const Selection& rows, SortDirection direction,
                     KeyPrefixes& prefixes);

}  // namespace whittle
