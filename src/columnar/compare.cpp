#include "columnar/compare.hpp"

#include <algorithm>

#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle {

namespace {

int compare_lists(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j) {
  const ListEntry left = a.get<ListEntry>(i), right = b.get<ListEntry>(j);
  const ColumnView left_child(a.stored->children()[0]), right_child(b.stored->children()[0]);
  for (uint32_t k = 0; k < std::min(left.length, right.length); ++k) {
    const int order = compare_rows(left_child, left.offset + k, right_child, right.offset + k);
    if (order != 0) return order;
  }
  return compare_values(left.length, right.length);
}

int compare_structs(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j) {
  const auto &left = a.stored->children(), &right = b.stored->children();
  for (size_t field = 0; field < std::min(left.size(), right.size()); ++field) {
    const int order =
        compare_rows(ColumnView(left[field]), a.at(i), ColumnView(right[field]), b.at(j));
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

int compare_rows(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j) {
  const bool a_valid = a.valid(i), b_valid = b.valid(j);
  if (!a_valid || !b_valid) return static_cast<int>(b_valid) - static_cast<int>(a_valid);
  const PhysicalType physical = a.stored->type().physical();
  switch (physical) {
    case PhysicalType::String:
      return compare_values(compare(a.get<StringRef>(i), b.get<StringRef>(j)), 0);
    case PhysicalType::Interval:
      return compare(a.get<IntervalValue>(i), b.get<IntervalValue>(j));
    case PhysicalType::List:
      return compare_lists(a, i, b, j);
    case PhysicalType::Struct:
      return compare_structs(a, i, b, j);
    default:
      return dispatch_numeric<int>(physical, 0, [&](auto tag) {
        using T = typename decltype(tag)::type;
        return compare_values(a.get<T>(i), b.get<T>(j));
      });
  }
}

bool rows_equal(const ColumnView& a, uint32_t i, const ColumnView& b, uint32_t j) {
  if (a.stored->type().physical() == PhysicalType::String && a.valid(i) && b.valid(j)) {
    return a.get<StringRef>(i) == b.get<StringRef>(j);
  }
  return compare_rows(a, i, b, j) == 0;
}

int compare_rows(const Column& a, uint32_t i, const Column& b, uint32_t j) {
  return compare_rows(ColumnView(a), i, ColumnView(b), j);
}

bool rows_equal(const Column& a, uint32_t i, const Column& b, uint32_t j) {
  return rows_equal(ColumnView(a), i, ColumnView(b), j);
}

}  // namespace whittle
