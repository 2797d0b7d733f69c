#include "columnar/builder.hpp"

#include <algorithm>
#include <cstring>

#include "columnar/physical_dispatch.hpp"

namespace whittle {

ColumnBuilder::ColumnBuilder(Type type, MemoryBudget& budget)
    : type_(std::move(type)), budget_(&budget), physical_(type_.physical()) {
  children_.reserve(type_.fields().size());
  for (const auto& field : type_.fields()) children_.emplace_back(field.type, budget);
}

StringHeap& ColumnBuilder::string_heap() {
  if (!heap_) heap_ = make_ref<StringHeap>(*budget_);
  return *heap_;
}

Status ColumnBuilder::reserve(uint32_t rows) {
  if (rows > capacity_) TRY(grow(rows));
  return {};
}

Status ColumnBuilder::grow(uint64_t rows) {
  if (rows > UINT32_MAX) return fail(ErrorCode::OutOfRange, "a column above 4 billion rows");
  const uint64_t doubled = std::min<uint64_t>(uint64_t{capacity_} * 2, UINT32_MAX);
  const auto capacity = static_cast<uint32_t>(std::max({rows, doubled, uint64_t{8}}));
  const size_t size = type_.value_size();
  BufferRef values, validity;
  if (size > 0) {
    values = TRY(Buffer::reserve(*budget_, size * capacity, "column"));
    if (length_ > 0) std::memcpy(values->data(), values_->data(), size * length_);
  }
  if (validity_) {
    const size_t words = bitmap_words(capacity), before = bitmap_words(capacity_);
    validity = TRY(Buffer::reserve(*budget_, words * 8, "column"));
    std::memcpy(validity->data(), validity_->data(), before * 8);
    std::memset(validity->data() + before * 8, 0xff, (words - before) * 8);
    validity_ = std::move(validity);
  }
  values_ = std::move(values);
  capacity_ = capacity;
  return {};
}

Status ColumnBuilder::append_null() {
  if (length_ == capacity_) TRY(grow(length_ + uint64_t{1}));
  if (!validity_) {
    const size_t bytes = bitmap_words(capacity_) * 8;
    validity_ = TRY(Buffer::reserve(*budget_, bytes, "column"));
    std::memset(validity_->data(), 0xff, bytes);
  }
  // A NULL struct has NULL fields: children are as long as the struct.
  if (physical_ == PhysicalType::Struct) {
    for (auto& child : children_) TRY(child.append_null());
  }
  const size_t size = type_.value_size();
  if (size > 0) std::memset(values_->data() + size * length_, 0, size);
  clear_bit(validity_->as<uint64_t>(), length_++);
  return {};
}

Status ColumnBuilder::append_integer(int128_t value) {
  return dispatch_numeric<Status>(
      physical_, fail(ErrorCode::Internal, "an integer value for a column of another type"),
      [&](auto tag) {
        using T = typename decltype(tag)::type;
        return append_value(static_cast<T>(value));
      });
}

Status ColumnBuilder::append(const Value& value) {
  if (value.is_null()) return append_null();
  switch (physical_) {
    case PhysicalType::Null:
      return append_null();
    case PhysicalType::Float:
      return append_value(static_cast<float>(value.as_real()));
    case PhysicalType::Double:
      return append_value(value.as_real());
    case PhysicalType::Interval:
      return append_value(value.as_interval());
    case PhysicalType::String:
      return append_string(value.as_string());
    case PhysicalType::List:
      begin_list();
      for (const auto& element : value.children()) TRY(children_[0].append(element));
      return end_list();
    case PhysicalType::Struct:
      for (size_t i = 0; i < children_.size(); ++i) TRY(children_[i].append(value.children()[i]));
      return end_struct();
    default:
      return append_integer(value.as_integer());
  }
}

Status ColumnBuilder::append_string(std::string_view text) {
  return append_value(TRY(string_heap().add(text)));
}

Status ColumnBuilder::append_from(const Column& column, uint32_t row) {
  const ColumnView view(column);
  if (!view.valid(row) || physical_ == PhysicalType::Null) return append_null();
  switch (physical_) {
    case PhysicalType::String:
      return append_string(view.get<StringRef>(row).view());
    case PhysicalType::List:
      return append_list_from(*view.stored, view.at(row));
    case PhysicalType::Struct:
      for (size_t i = 0; i < children_.size(); ++i) {
        TRY(children_[i].append_from(view.stored->children()[i], view.at(row)));
      }
      return end_struct();
    default: {
      if (length_ == capacity_) TRY(grow(length_ + uint64_t{1}));
      const size_t size = type_.value_size();
      std::memcpy(values_->data() + size * length_, view.values + size * view.at(row), size);
      ++length_;
      return {};
    }
  }
}

Status ColumnBuilder::append_list_from(const Column& stored, uint32_t position) {
  const ListEntry entry = stored.values<ListEntry>()[position];
  begin_list();
  for (uint32_t i = 0; i < entry.length; ++i) {
    TRY(children_[0].append_from(stored.children()[0], entry.offset + i));
  }
  return end_list();
}

Status ColumnBuilder::end_list() {
  return append_value(ListEntry{list_start_, children_[0].length() - list_start_});
}

Status ColumnBuilder::end_struct() {
  if (length_ == capacity_) TRY(grow(length_ + uint64_t{1}));
  ++length_;
  return {};
}

Result<Column> ColumnBuilder::finish() {
  if (!values_ && type_.value_size() > 0) TRY(grow(1));
  Column column;
  column.set_type(type_);
  column.set_length(length_);
  if (values_) {
    const std::byte* bytes = values_->data();
    column.set_values(std::move(values_), bytes);
  }
  if (validity_) {
    const auto* bits = validity_->as<uint64_t>();
    column.set_validity(std::move(validity_), bits);
  }
  column.set_heap(std::move(heap_));
  for (auto& child : children_) column.mutable_children().push_back(TRY(child.finish()));
  values_ = {};
  validity_ = {};
  heap_ = {};
  length_ = capacity_ = list_start_ = 0;
  return column;
}

}  // namespace whittle
