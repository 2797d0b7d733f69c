// Nested assembly: from levels and leaf values to LIST, MAP and STRUCT columns (Melnik et al.,
// "Dremel", VLDB 2010, read column-wise instead of record-wise).
//
// A *slot* of a node is a place where it has a value or a NULL of its own: at the top level each
// row, below a list each element. In the levels of any leaf below the node, the slots are the
// positions with a repetition level of at most the node's and a definition level of at least the
// element level of the list it is in. So each node is built with one pass over the levels of its
// first leaf, without recursion over values. Leaves of one list that disagree are Corrupt.
#pragma once

#include "parquet/leaf_reader.hpp"
#include "parquet/schema.hpp"

namespace whittle::parquet {

/// The values and levels of the leaves of a column for the same rows, in order.
struct NestedLeaf {
  Column values;
  const LevelList* levels;
};

/// Consumes the leaves' columns. `slot_level`: element level of the enclosing list, 0 at the top.
class NestedAssembler {
 public:
  NestedAssembler(MemoryBudget& budget, std::span<NestedLeaf> leaves)
      : budget_(budget), leaves_(leaves) {}
  Result<Column> build(const SchemaNode& node, uint32_t rows);

 private:
  Result<Column> node(const SchemaNode& node, uint16_t slot_level);
  Result<Column> structure(const SchemaNode& node, uint16_t slot_level);
  Result<Column> list(const SchemaNode& node, uint16_t slot_level);

  MemoryBudget& budget_;
  std::span<NestedLeaf> leaves_;
  size_t next_leaf_ = 0;
};

}  // namespace whittle::parquet
