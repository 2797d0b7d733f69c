#include "exec/comparison.hpp"

#include <cstring>

#include "columnar/compare.hpp"
#include "exec/kernels.hpp"
#include "exec/wide_values.hpp"

namespace whittle {

namespace {

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

// The six operators are three relations and their opposites: a > b is tested as b < a.
enum class Relation : uint8_t { Equal, Less, Greater };
struct Test {
  Relation relation;
  bool negated;
};
Test test_of(ComparisonOperator op) {
  using enum ComparisonOperator;
  switch (op) {
    case Equal:
      return {Relation::Equal, false};
    case NotEqual:
      return {Relation::Equal, true};
    case Less:
      return {Relation::Less, false};
    case GreaterEqual:
      return {Relation::Less, true};
    case Greater:
      return {Relation::Greater, false};
    default:
      return {Relation::Greater, true};
  }
}

// One strict weak order per physical type: NaN equals NaN and is above all numbers.
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
template <Relation relation, class T>
inline bool related(const T& a, const T& b) {
  if constexpr (relation == Relation::Equal) return equal(a, b);
  if constexpr (relation == Relation::Less) return less(a, b);
  return less(b, a);
}

// What all loops work on. They write the rows that pass: branch-free, every row is written and only
// those that pass stay.
struct Work {
  const Column& left;
  const Column& right;
  const Selection& rows;
  const ComparisonOperator op;
  uint32_t* selected;
  const ColumnView a{left}, b{right};
  const bool nulls = a.has_nulls() || b.has_nulls();
  uint32_t count = 0;

  bool valid(uint32_t row) const { return a.valid(row) && b.valid(row); }
};

// Most filters: a column against a constant. Every row is written, those that pass are counted.
template <Relation relation, bool negated, class T>
void select_constant(Work& work) {
  const T* const x = work.left.values<T>();
  const T y = work.right.values<T>()[0];
  uint32_t* const selected = work.selected;
  uint32_t count = 0;
  kernels::for_each_row(work.rows, [&](uint32_t row) {
    selected[count] = row;
    count += related<relation, T>(x[row], y) != negated;
  });
  work.count = count;
}

template <Relation relation, class T>
void select_related(Work& work, bool negated) {
  if (!work.nulls && work.left.encoding() == Encoding::Flat &&
      work.right.encoding() == Encoding::Constant) {
    return negated ? select_constant<relation, true, T>(work)
                   : select_constant<relation, false, T>(work);
  }
  const Selection& rows = work.rows;
  uint32_t* const selected = work.selected;
  uint32_t count = 0;
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if (work.nulls && !work.valid(row)) continue;
    selected[count] = row;
    count += related<relation, T>(work.a.get<T>(row), work.b.get<T>(row)) != negated;
  }
  work.count = count;
}

template <class T>
void select_typed(Work& work) {
  const Test test = test_of(work.op);
  switch (test.relation) {
    case Relation::Equal:
      return select_related<Relation::Equal, T>(work, test.negated);
    case Relation::Less:
      return select_related<Relation::Less, T>(work, test.negated);
    case Relation::Greater:
      return select_related<Relation::Greater, T>(work, test.negated);
  }
}

// The numbers that are seldom compared, with what a row needs to be read found once a batch.
void select_wide(Work& work) {
  const PhysicalType physical = work.left.type().physical();
  const WideOrder order(physical);
  WideValue left[wide_rows], right[wide_rows];
  uint32_t rows[wide_rows], at_left[wide_rows], at_right[wide_rows];
  for (uint32_t next = 0; next < work.rows.count;) {
    uint32_t filled = 0;
    while (filled < wide_rows && next < work.rows.count) {
      const uint32_t row = work.rows[next++];
      if (!work.valid(row)) continue;
      rows[filled] = row;
      at_left[filled] = work.a.at(row);
      at_right[filled++] = work.b.at(row);
    }
    read_wide(work.a.values, physical, {at_left, filled}, left);
    read_wide(work.b.values, physical, {at_right, filled}, right);
    for (uint32_t i = 0; i < filled; ++i) {
      work.selected[work.count] = rows[i];
      work.count += holds_order(work.op, order(left[i], right[i]));
    }
  }
}

// IS [NOT] DISTINCT FROM, intervals and nested values.
void select_slowly(Work& work) {
  const bool distinct =
      work.op == ComparisonOperator::DistinctFrom || work.op == ComparisonOperator::NotDistinctFrom;
  for (uint32_t i = 0; i < work.rows.count; ++i) {
    const uint32_t row = work.rows[i];
    int order = 0;
    if (work.valid(row)) {
      order = compare_rows(work.a, row, work.b, row);
    } else if (!distinct) {
      continue;
    } else {
      order = work.a.valid(row) != work.b.valid(row);
    }
    work.selected[work.count] = row;
    work.count += holds_order(work.op, order);
  }
}

void select(Work& work) {
  if (work.op == ComparisonOperator::DistinctFrom ||
      work.op == ComparisonOperator::NotDistinctFrom) {
    return select_slowly(work);
  }
  switch (work.left.type().physical()) {  // loops of their own for what most filters compare
    case PhysicalType::Int16:
      return select_typed<int16_t>(work);
    case PhysicalType::Int32:
      return select_typed<int32_t>(work);
    case PhysicalType::Int64:
      return select_typed<int64_t>(work);
    case PhysicalType::Double:
      return select_typed<double>(work);
    case PhysicalType::String:
      return select_typed<StringRef>(work);
    case PhysicalType::Interval:
    case PhysicalType::List:
    case PhysicalType::Struct:
    case PhysicalType::Null:
      return select_slowly(work);
    default:
      return select_wide(work);
  }
}

}  // namespace

// By way of the selection: a comparison that is shown rather than filtered by is rare.
Result<Column> compare_columns(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget) {
  Column result = length <= batch_rows ? Column::flat(budget, TypeId::Boolean, length)
                                       : TRY(Column::reserve_flat(budget, TypeId::Boolean, length));
  const Selection holds = TRY(select_where(op, left, right, length, rows, budget));
  uint8_t* out = result.mutable_values<uint8_t>();
  std::memset(out, 0, length);
  kernels::for_each_row(holds, [&](uint32_t row) { out[row] = 1; });
  if (op == ComparisonOperator::DistinctFrom || op == ComparisonOperator::NotDistinctFrom) {
    return result;
  }
  const ColumnView a(left), b(right);
  if (!a.has_nulls() && !b.has_nulls()) return result;
  kernels::for_each_row(rows, [&](uint32_t row) {
    if (!a.valid(row) || !b.valid(row)) result.set_null(budget, row);
  });
  return result;
}

Result<Selection> select_where(ComparisonOperator op, const Column& left, const Column& right,
                               uint32_t length, const Selection& rows, MemoryBudget& budget) {
  BufferRef buffer = length <= batch_rows
                         ? Buffer::charge(budget, size_t{rows.count} * sizeof(uint32_t))
                         : TRY(Buffer::reserve(budget, size_t{rows.count} * 4, "selection"));
  Work work{
      .left = left, .right = right, .rows = rows, .op = op, .selected = buffer->as<uint32_t>()};
  select(work);
  if (work.count == rows.count) return rows;
  return Selection{work.selected, work.count, std::move(buffer)};
}

}  // namespace whittle
