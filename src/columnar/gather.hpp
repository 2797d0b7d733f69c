// Moves rows between columns: gather by row number, flatten, slice, concatenate, compact.
//
// The results are new columns charged to the budget. Long strings are not copied: the result keeps
// its sources' heaps alive (`compact` is the exception). Lists likewise share their child column;
// only `concatenate` and `compact` rebuild it. Any thread.
#pragma once

#include <span>

#include "columnar/column.hpp"

namespace whittle {

/// Rows `rows[0 … count-1]` of `column` (below its length), in that order, repeats allowed.
/// A Dictionary column gives its codes against the same dictionary, a Constant stays Constant.
Result<Column> gather(const Column& column, const uint32_t* rows, uint32_t count,
                      MemoryBudget& budget);
/// As above for the rows of a selection.
Result<Column> gather(const Column& column, const Selection& selection, MemoryBudget& budget);

/// The same rows as a Flat column, children of nested types included. Free when it is flat already.
Result<Column> flatten(const Column& column, MemoryBudget& budget);

/// Rows offset … offset+length-1. Shares the values; the bitmap as well when `offset` is a multiple
/// of 64, else it is copied.
Result<Column> slice(const Column& column, uint32_t offset, uint32_t length, MemoryBudget& budget);

/// All rows of all columns, which have the same type; at least one column. Dictionary columns of
/// one dictionary stay Dictionary, anything else becomes Flat.
Result<Column> concatenate(std::span<const Column> columns, MemoryBudget& budget);

/// A flat copy that holds nothing of its source: fresh heap, children without unused elements.
/// For few rows that pin big pages.
Result<Column> compact(const Column& column, MemoryBudget& budget);

/// The elements that the lists (LIST, ARRAY, MAP) of a Flat column use, in order and without gaps,
/// and in `entries` the lists' spans in them, counted from `first`. Shares the child when it has no
/// gaps.
Result<Column> list_elements(const Column& lists, uint64_t first, ListEntry* entries,
                             MemoryBudget& budget);

/// Makes every column of the batch exactly its selected rows (gather), so that the selection is
/// dense.
Status compact_selection(Batch& batch, MemoryBudget& budget);

/// Bytes that the column's own buffers hold for its rows (values, bitmap, long strings, children),
/// each long string counted once per row: an estimate for spill and compaction decisions. Linear.
uint64_t byte_size(const Column& column);

}  // namespace whittle
