#include "exec/sort_rows.hpp"

#include <algorithm>

namespace whittle {

void sort_rows(std::span<uint32_t> rows, const RowOrder& before) {
  std::stable_sort(rows.begin(), rows.end(), before);
}

}  // namespace whittle
