// InSet: the constants of `x IN (…)`, ready to be asked once per row. Integers up to 16 values are
// compared one by one (no branch); more, and strings, go through a hash table.
#pragma once

#include <memory>
#include <vector>

#include "exec/evaluator.hpp"

namespace whittle {

class InSet {
 public:
  /// From an In node: children[1…] are Constants of children[0]'s type.
  static Result<std::unique_ptr<InSet>> create(const Expression& in, MemoryBudget& budget);
  /// BOOLEAN column: SQL's three values (a NULL in the list makes "not found" NULL).
  Result<Column> contains(const Column& value, uint32_t length, const Selection& rows,
                          MemoryBudget& budget);

 private:
  bool negated_ = false, has_null_ = false;
  Column values_;                // flat, the distinct non-NULL constants
  std::vector<uint32_t> table_;  // open addressing over hashes: value index + 1, or 0
  uint64_t mask_ = 0;
  std::vector<uint64_t> hashes_;  // of the rows of the batch at hand
};

}  // namespace whittle
