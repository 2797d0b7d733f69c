// ColumnBuilder: makes a Flat column row by row. For whatever is not a kernel: literals, VALUES,
// computed lists, aggregates' results, imports.
//
// Owns its buffers until finish(); all of them are charged to the budget and may be refused. Not
// thread-safe. Nested values are built through child builders:
//
//   list:    b.begin_list(); b.child(0).append_value(1); b.end_list();
//   struct:  b.child(0).append_value(1); b.child(1).append_null(); b.end_struct();
//   map:     as a list whose child is the builder of STRUCT(key, value).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "columnar/column.hpp"
#include "columnar/value.hpp"

namespace whittle {

class ColumnBuilder {
 public:
  ColumnBuilder(Type type, MemoryBudget& budget);

  const Type& type() const { return type_; }
  uint32_t length() const { return length_; }
  /// Makes room for `rows` rows in all.
  Status reserve(uint32_t rows);

  Status append_null();
  /// `value` is NULL or of this builder's type.
  Status append(const Value& value);
  /// Row `row` of a column of the same type, any encoding. Copies long strings.
  Status append_from(const Column& column, uint32_t row);
  /// T is the C++ type of the physical type: int32_t, double, IntervalValue, StringRef (whose bytes
  /// something kept with `keep` owns), ...
  template <class T>
  Status append_value(const T& value) {
    if (length_ == capacity_) TRY(grow(length_ + uint64_t{1}));
    values_->as<T>()[length_++] = value;
    return {};
  }
  /// Copies the bytes into the column's own heap.
  Status append_string(std::string_view text);
  /// Keeps `heap` alive with the column, for StringRefs given to append_value.
  void keep(const Ref<StringHeap>& heap) { string_heap().keep(heap); }

  ColumnBuilder& child(size_t i) { return children_[i]; }
  /// The list's elements are those appended to child(0) between begin and end.
  void begin_list() { list_start_ = children_[0].length(); }
  Status end_list();
  /// Every child has had one more row appended.
  Status end_struct();

  /// The column; the builder is empty and reusable afterwards.
  Result<Column> finish();

 private:
  Status grow(uint64_t rows);
  Status append_integer(int128_t value);
  Status append_list_from(const Column& stored, uint32_t position);
  StringHeap& string_heap();

  Type type_;
  MemoryBudget* budget_;
  PhysicalType physical_;
  uint32_t length_ = 0;
  uint32_t capacity_ = 0;
  uint32_t list_start_ = 0;
  BufferRef values_;
  BufferRef validity_;  // absent while there is no NULL
  Ref<StringHeap> heap_;
  std::vector<ColumnBuilder> children_;
};

}  // namespace whittle
