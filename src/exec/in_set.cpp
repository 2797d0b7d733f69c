#include "exec/in_set.hpp"

#include <algorithm>
#include <bit>

#include "columnar/builder.hpp"
#include "columnar/compare.hpp"
#include "columnar/hash.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/kernels.hpp"

namespace whittle {

Result<std::unique_ptr<InSet>> InSet::create(const Expression& in, MemoryBudget& budget) {
  auto set = std::make_unique<InSet>();
  set->negated_ = in.negated;
  ColumnBuilder builder(in.children[0]->type, budget);
  uint32_t count = 0;
  for (size_t i = 1; i < in.children.size(); ++i) {
    const Value& value = in.children[i]->constant;
    if (value.is_null()) {
      set->has_null_ = true;
    } else {
      TRY(builder.append(value));
      ++count;
    }
  }
  set->values_ = TRY(builder.finish());
  const uint64_t slots = std::bit_ceil(uint64_t{count} * 2 + 2);
  set->mask_ = slots - 1;
  set->table_.assign(slots, 0);
  std::vector<uint64_t> hashes(count);
  if (count > 0) hash_column(set->values_, Selection::all(count), hashes.data(), false);
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t slot = hashes[i] & set->mask_;
    while (set->table_[slot]) slot = (slot + 1) & set->mask_;
    set->table_[slot] = i + 1;
  }
  return set;
}

Result<Column> InSet::contains(const Column& value, uint32_t length, const Selection& rows,
                               MemoryBudget& budget) {
  if (value.encoding() == Encoding::Constant && length != 1) {
    Column one = TRY(contains(value, 1, Selection::all(1), budget));
    return Column::constant(one, length);
  }
  const ColumnView view(value);
  Column result = length <= batch_rows ? Column::flat(budget, TypeId::Boolean, length)
                                       : TRY(Column::reserve_flat(budget, TypeId::Boolean, length));
  uint8_t* out = result.mutable_values<uint8_t>();
  const auto answer = [&](uint32_t row, bool valid, bool found) {
    out[row] = found != negated_;
    if (!valid || (!found && has_null_)) {
      out[row] = 0;
      result.set_null(budget, row);
    }
  };
  const uint32_t count = values_.length();
  if (count <= 16 && view.stored->type().physical() != PhysicalType::String) {
    const bool done =
        dispatch_numeric<bool>(value.type().physical(), false, [&]<class T>(TypeTag<T>) {
          if constexpr (std::is_floating_point_v<T>) return false;
          const T* values = values_.values<T>();
          kernels::for_each_row(rows, [&](uint32_t row) {
            const T x = view.get<T>(row);
            bool found = false;
            for (uint32_t i = 0; i < count; ++i) found |= values[i] == x;
            answer(row, view.valid(row), found);
          });
          return true;
        });
    if (done) return result;
  }
  hashes_.resize(std::max<size_t>(hashes_.size(), length));
  hash_column(value, rows, hashes_.data(), false);
  kernels::for_each_row(rows, [&](uint32_t row) {
    const bool valid = view.valid(row);
    bool found = false;
    if (valid) {
      for (uint64_t slot = hashes_[row] & mask_; table_[slot]; slot = (slot + 1) & mask_) {
        if (rows_equal(values_, table_[slot] - 1, value, row)) {
          found = true;
          break;
        }
      }
    }
    answer(row, valid, found);
  });
  return result;
}

}  // namespace whittle
