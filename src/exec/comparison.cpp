#include "exec/comparison.hpp"

#include <bit>
#include <cmath>

#include "columnar/compare.hpp"
#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

// One strict weak order per physical type; the six operators come from `less` and `equal`.
template <class T>
inline bool equal(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a == b || (a != a && b != b);
  } else {
    return a == b;
  }
}
template <class T>
inline bool less(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return b != b ? a == a : a < b;
  } else {
    return a < b;
  }
}

template <ComparisonOperator op, class T>
inline bool holds(const T& a, const T& b) {
  using enum ComparisonOperator;
  if constexpr (op == Equal) return equal(a, b);
  if constexpr (op == NotEqual) return !equal(a, b);
  if constexpr (op == Less) return less(a, b);
  if constexpr (op == LessEqual) return !less(b, a);
  if constexpr (op == Greater) return less(b, a);
  if constexpr (op == GreaterEqual) return !less(a, b);
  return false;
}

// Calls `f` with a compile-time operator.
template <class R, class F>
R dispatch_operator(ComparisonOperator op, F&& f) {
  using enum ComparisonOperator;
  switch (op) {
    case Equal:
      return f.template operator()<Equal>();
    case NotEqual:
      return f.template operator()<NotEqual>();
    case Less:
      return f.template operator()<Less>();
    case LessEqual:
      return f.template operator()<LessEqual>();
    case Greater:
      return f.template operator()<Greater>();
    default:
      return f.template operator()<GreaterEqual>();
  }
}

bool holds_order(ComparisonOperator op, int order) {
  using enum ComparisonOperator;
  switch (op) {
    case Equal:
    case NotDistinctFrom:
      return order == 0;
    case NotEqual:
    case DistinctFrom:
      return order != 0;
    case Less:
      return order < 0;
    case LessEqual:
      return order <= 0;
    case Greater:
      return order > 0;
    case GreaterEqual:
      return order >= 0;
  }
  return false;
}

// Runs `emit(row, holds)` for every selected row where both sides are valid, `emit_null(row)` for
// others.
template <class Emit, class EmitNull>
void for_each_comparison(ComparisonOperator op, const Column& left, const Column& right,
                         const Selection& rows, Emit&& emit, EmitNull&& emit_null) {
  const ColumnView a(left), b(right);
  const bool nulls = a.has_nulls() || b.has_nulls();
  const bool distinct =
      op == ComparisonOperator::DistinctFrom || op == ComparisonOperator::NotDistinctFrom;
  if (distinct) {
    for (uint32_t i = 0; i < rows.count; ++i) {
      const uint32_t row = rows[i];
      const bool valid_a = a.valid(row), valid_b = b.valid(row);
      const bool same =
          valid_a && valid_b ? compare_rows(left, row, right, row) == 0 : valid_a == valid_b;
      emit(row, same == (op == ComparisonOperator::NotDistinctFrom));
    }
    return;
  }
  const auto loop = [&]<class T, ComparisonOperator o>(const auto& get_a, const auto& get_b) {
    for (uint32_t i = 0; i < rows.count; ++i) {
      const uint32_t row = rows[i];
      if (nulls && !(a.valid(row) && b.valid(row))) {
        emit_null(row);
      } else {
        emit(row, holds<o, T>(get_a(row), get_b(row)));
      }
    }
  };
  const PhysicalType physical = left.type().physical();
  if (physical == PhysicalType::Interval) {
    for (uint32_t i = 0; i < rows.count; ++i) {
      const uint32_t row = rows[i];
      if (!(a.valid(row) && b.valid(row))) {
        emit_null(row);
        continue;
      }
      emit(row, holds_order(op, compare(a.get<IntervalValue>(row), b.get<IntervalValue>(row))));
    }
    return;
  }
  const auto typed = [&]<class T>() {
    dispatch_operator<void>(op, [&]<ComparisonOperator o>() {
      if constexpr (kernels::kHot<T>) {
        if (!nulls && left.encoding() == Encoding::Flat && right.encoding() == Encoding::Constant) {
          const T* x = left.values<T>();
          const T y = right.values<T>()[0];
          if (rows.is_dense()) {
            for (uint32_t row = 0; row < rows.count; ++row) emit(row, holds<o, T>(x[row], y));
          } else {
            for (uint32_t i = 0; i < rows.count; ++i)
              emit(rows.rows[i], holds<o, T>(x[rows.rows[i]], y));
          }
          return;
        }
      }
      loop.template operator()<T, o>([&](uint32_t row) -> const T& { return a.get<T>(row); },
                                     [&](uint32_t row) -> const T& { return b.get<T>(row); });
    });
  };
  if (physical == PhysicalType::String) {
    typed.template operator()<StringRef>();
    return;
  }
  if (dispatch_numeric<bool>(physical, false, [&]<class T>(TypeTag<T>) {
        typed.template operator()<T>();
        return true;
      })) {
    return;
  }
  for (uint32_t i = 0; i < rows.count; ++i) {  // nested
    const uint32_t row = rows[i];
    if (!(a.valid(row) && b.valid(row))) {
      emit_null(row);
    } else {
      emit(row, holds_order(op, compare_rows(left, row, right, row)));
    }
  }
}

}  // namespace

Result<Column> compare_columns(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget) {
  Column result = length <= batch_rows ? Column::flat(budget, TypeId::Boolean, length)
                                       : TRY(Column::reserve_flat(budget, TypeId::Boolean, length));
  uint8_t* out = result.mutable_values<uint8_t>();
  for_each_comparison(
      op, left, right, rows, [&](uint32_t row, bool holds) { out[row] = holds; },
      [&](uint32_t row) {
        out[row] = 0;
        result.set_null(budget, row);
      });
  return result;
}

Result<Selection> select_where(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget) {
  BufferRef buffer = length <= batch_rows
                         ? Buffer::charge(budget, size_t{rows.count} * sizeof(uint32_t))
                         : TRY(Buffer::reserve(budget, size_t{rows.count} * 4, "selection"));
  uint32_t* selected = buffer->as<uint32_t>();
  uint32_t count = 0;
  // Branch-free: always write the row, advance only when it passes.
  for_each_comparison(
      op, left, right, rows,
      [&](uint32_t row, bool holds) {
        selected[count] = row;
        count += holds;
      },
      [](uint32_t) {});
  if (count == rows.count) return rows;
  return Selection{selected, count, std::move(buffer)};
}

}  // namespace whittle
