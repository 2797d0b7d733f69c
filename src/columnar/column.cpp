#include "columnar/column.hpp"

#include <algorithm>
#include <cstring>

namespace whittle {

Column::Column() = default;
Column::Column(const Column& other) = default;
Column::Column(Column&& other) noexcept = default;
Column& Column::operator=(const Column& other) = default;
Column& Column::operator=(Column&& other) noexcept = default;
Column::~Column() = default;

// ---- StringHeap
// ----------------------------------------------------------------------------------------

Result<char*> StringHeap::allocate(uint32_t size) {
  if (size > free_bytes_) {
    // Chunks double up to 256 KiB, so that a heap of few strings stays small.
    const size_t chunk = std::max<size_t>(size, next_chunk_);
    BufferRef buffer = TRY(Buffer::reserve(budget_, chunk, "strings"));
    next_chunk_ = std::min<size_t>(next_chunk_ * 2, 256 * 1024);
    free_ = reinterpret_cast<char*>(buffer->data());
    free_bytes_ = chunk;
    buffers_.push_back(std::move(buffer));
  }
  char* place = free_;
  free_ += size;
  free_bytes_ -= size;
  return place;
}

Result<StringRef> StringHeap::add(std::string_view text) {
  if (text.size() > UINT32_MAX / 2) return fail(ErrorCode::OutOfRange, "string above 2 GB");
  if (text.size() <= StringRef::inline_capacity) return StringRef(text);
  char* place = TRY(allocate(static_cast<uint32_t>(text.size())));
  std::memcpy(place, text.data(), text.size());
  return StringRef(place, static_cast<uint32_t>(text.size()));
}

void StringHeap::keep(Ref<StringHeap> heap) {
  if (!heap || heap.get() == this) return;
  for (const auto& kept : heaps_) {
    if (kept == heap) return;
  }
  heaps_.push_back(std::move(heap));
}

uint64_t StringHeap::bytes() const {
  uint64_t total = 0;
  for (const auto& buffer : buffers_) total += buffer->size();
  for (const auto& heap : heaps_) total += heap->bytes();
  return total;
}

// ---- Column
// --------------------------------------------------------------------------------------------

Column Column::flat(MemoryBudget& budget, Type type, uint32_t length) {
  Column column;
  const uint32_t size = type.value_size();
  column.type_ = std::move(type);
  column.length_ = length;
  if (size > 0) {
    column.values_owner_ = Buffer::charge(budget, size_t{size} * length);
    column.values_ = column.values_owner_->data();
  }
  return column;
}

Result<Column> Column::reserve_flat(MemoryBudget& budget, Type type, uint32_t length) {
  Column column;
  const uint32_t size = type.value_size();
  column.type_ = std::move(type);
  column.length_ = length;
  if (size > 0) {
    column.values_owner_ = TRY(Buffer::reserve(budget, size_t{size} * length, "column"));
    column.values_ = column.values_owner_->data();
  }
  return column;
}

Column Column::constant(const Column& value, uint32_t length) {
  Column column = value;
  column.encoding_ = Encoding::Constant;
  column.length_ = length;
  return column;
}

Column Column::constant_null(MemoryBudget& budget, Type type, uint32_t length) {
  Column column = flat(budget, std::move(type), 1);
  if (column.values_owner_)
    std::memset(column.values_owner_->data(), 0, column.values_owner_->size());
  for (const auto& field : column.type_.fields()) {
    const uint32_t child_length = column.type_.id() == TypeId::Struct ? 1 : 0;
    column.children_.push_back(constant_null(budget, field.type, child_length));
  }
  static constexpr uint64_t none = 0;
  column.validity_ = &none;
  column.encoding_ = Encoding::Constant;
  column.length_ = length;
  return column;
}

Column Column::dictionary(Ref<Dictionary> dictionary, BufferRef codes, uint32_t length) {
  Column column;
  column.type_ = dictionary->values.type();
  column.encoding_ = Encoding::Dictionary;
  column.length_ = length;
  column.values_ = codes->data();
  column.values_owner_ = std::move(codes);
  column.dictionary_ = std::move(dictionary);
  return column;
}

void Column::set_dictionary(Ref<Dictionary> dictionary) {
  type_ = dictionary->values.type();
  dictionary_ = std::move(dictionary);
}

uint64_t* Column::mutable_validity(MemoryBudget& budget) {
  if (!validity_ || !validity_owner_) {
    const uint64_t* before = validity_;
    const size_t words = bitmap_words(std::max<uint32_t>(length_, 1));
    validity_owner_ = Buffer::charge(budget, words * 8);
    auto* bits = validity_owner_->as<uint64_t>();
    std::memset(bits, before && !(before[0] & 1) ? 0 : 0xff, words * 8);
    validity_ = bits;
  }
  return const_cast<uint64_t*>(validity_);
}

void Column::set_validity(BufferRef owner, const uint64_t* bits) {
  validity_owner_ = std::move(owner);
  validity_ = bits;
}

void Column::set_values(BufferRef owner, const std::byte* values) {
  values_owner_ = std::move(owner);
  values_ = values;
}

bool Column::is_null(uint32_t row) const {
  return !ColumnView(*this).valid(row);
}

ColumnView::ColumnView(const Column& column) {
  const Column* source = &column;
  if (column.encoding() == Encoding::Dictionary) {
    index = column.codes();
    source = &column.dictionary()->values;
  } else if (column.encoding() == Encoding::Constant) {
    mask = 0;
  }
  values = source->values<std::byte>();
  validity = source->validity();
  stored = source;
}

}  // namespace whittle
