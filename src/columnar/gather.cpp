#include "columnar/gather.hpp"

#include <algorithm>
#include <cstring>

namespace whittle {

namespace {

struct Bytes16 {
  uint64_t low, high;
};

// Where a result row comes from: rows of a list, all rows in order, or one row for all.
struct RowSource {
  const uint32_t* rows;  // null: i & mask
  uint32_t mask = ~0u;
  uint32_t operator[](uint32_t i) const { return rows ? rows[i] : i & mask; }
};

template <class T>
void copy_values(const std::byte* from, RowSource source, uint32_t count, std::byte* to) {
  const T* values = reinterpret_cast<const T*>(from);
  T* result = reinterpret_cast<T*>(to);
  if (source.rows) {
    for (uint32_t i = 0; i < count; ++i) result[i] = values[source.rows[i]];
  } else if (source.mask == 0) {
    std::fill_n(result, count, values[0]);
  } else {
    std::memcpy(result, values, sizeof(T) * count);
  }
}

void copy_sized(uint32_t size, const std::byte* from, RowSource source, uint32_t count,
                std::byte* to) {
  if (count == 0) return;
  switch (size) {
    case 1:
      return copy_values<uint8_t>(from, source, count, to);
    case 2:
      return copy_values<uint16_t>(from, source, count, to);
    case 4:
      return copy_values<uint32_t>(from, source, count, to);
    case 8:
      return copy_values<uint64_t>(from, source, count, to);
    case 16:
      return copy_values<Bytes16>(from, source, count, to);
    default:
      return;
  }
}

// Clears the bits of NULL rows in `to` (all set before) from bit `first` on.
void copy_nulls(const uint64_t* from, RowSource source, uint32_t count, uint64_t* to,
                size_t first) {
  for (uint32_t i = 0; i < count; ++i) {
    if (!bit_is_set(from, source[i])) clear_bit(to, first + i);
  }
}

Result<BufferRef> all_valid(MemoryBudget& budget, uint32_t length) {
  const size_t bytes = bitmap_words(std::max<uint32_t>(length, 1)) * 8;
  BufferRef bits = TRY(Buffer::reserve(budget, bytes, "column"));
  std::memset(bits->data(), 0xff, bytes);
  return bits;
}

// Rows of a stored (flat or one-value) column, by position.
Result<Column> gather_stored(const Column& stored, RowSource source, uint32_t count,
                             MemoryBudget& budget) {
  Column result = TRY(Column::reserve_flat(budget, stored.type(), count));
  copy_sized(stored.type().value_size(), stored.values<std::byte>(), source, count,
             result.mutable_values<std::byte>());
  if (stored.validity()) {
    BufferRef bits = TRY(all_valid(budget, count));
    copy_nulls(stored.validity(), source, count, bits->as<uint64_t>(), 0);
    const auto* words = bits->as<uint64_t>();
    result.set_validity(std::move(bits), words);
  }
  result.set_heap(stored.heap());
  if (stored.type().physical() == PhysicalType::List) {
    result.mutable_children() = stored.children();
  } else if (!stored.children().empty()) {
    std::vector<uint32_t> expanded;  // a struct's children are gathered by the same rows
    if (!source.rows) {
      expanded.resize(count);
      for (uint32_t i = 0; i < count; ++i) expanded[i] = source[i];
      source.rows = expanded.data();
    }
    for (const auto& child : stored.children()) {
      Column rows = TRY(gather(child, source.rows, count, budget));
      result.mutable_children().push_back(std::move(rows));
    }
  }
  return result;
}

bool is_flat(const Column& column) {
  if (column.encoding() != Encoding::Flat) return false;
  return std::all_of(column.children().begin(), column.children().end(), is_flat);
}

}  // namespace

Result<Column> gather(const Column& column, const uint32_t* rows, uint32_t count,
                      MemoryBudget& budget) {
  switch (column.encoding()) {
    case Encoding::Constant: {
      Column result = column;
      result.set_length(count);
      return result;
    }
    case Encoding::Dictionary: {
      BufferRef codes = TRY(Buffer::reserve(budget, size_t{count} * 4, "column"));
      copy_sized(4, column.values<std::byte>(), {rows}, count, codes->data());
      Column result = Column::dictionary(column.dictionary(), std::move(codes), count);
      result.set_type(column.type());
      return result;
    }
    case Encoding::Flat:
      return gather_stored(column, {rows}, count, budget);
  }
  return fail(ErrorCode::Internal, "unknown encoding");
}

Result<Column> gather(const Column& column, const Selection& selection, MemoryBudget& budget) {
  if (!selection.is_dense()) return gather(column, selection.rows, selection.count, budget);
  return slice(column, 0, selection.count, budget);
}

Result<Column> flatten(const Column& column, MemoryBudget& budget) {
  if (is_flat(column)) return column;
  Column result = column;
  const ColumnView view(column);
  if (column.encoding() != Encoding::Flat) {
    result = TRY(gather_stored(*view.stored, {view.index, view.mask}, column.length(), budget));
    result.set_type(column.type());
  }
  for (auto& child : result.mutable_children()) child = TRY(flatten(child, budget));
  return result;
}

namespace {

Result<BufferRef> shifted_bits(const uint64_t* bits, uint32_t offset, uint32_t length,
                               MemoryBudget& budget) {
  BufferRef result = TRY(all_valid(budget, length));
  auto* words = result->as<uint64_t>();
  const uint32_t shift = offset & 63;
  const size_t last = bitmap_words(uint64_t{offset} + length);
  for (size_t i = 0, from = offset >> 6; from < last && i < bitmap_words(length); ++i, ++from) {
    words[i] = bits[from] >> shift;
    if (shift && from + 1 < last) words[i] |= bits[from + 1] << (64 - shift);
  }
  return result;
}

}  // namespace

Result<Column> slice(const Column& column, uint32_t offset, uint32_t length, MemoryBudget& budget) {
  if (offset > column.length() || length > column.length() - offset) {
    return fail(ErrorCode::Internal, "slice beyond the end of a column");
  }
  Column result = column;
  result.set_length(length);
  if (column.encoding() == Encoding::Constant || offset == 0) {
    if (column.encoding() == Encoding::Flat && column.type().id() == TypeId::Struct) {
      for (auto& child : result.mutable_children()) child = TRY(slice(child, 0, length, budget));
    }
    return result;
  }
  const bool codes = column.encoding() == Encoding::Dictionary;
  const size_t size = codes ? 4 : column.type().value_size();
  if (column.values<std::byte>()) {
    result.set_values(column.values_owner(), column.values<std::byte>() + size * offset);
  }
  if (column.validity() && offset % 64 == 0) {
    result.set_validity(column.validity_owner(), column.validity() + offset / 64);
  } else if (column.validity()) {
    BufferRef bits = TRY(shifted_bits(column.validity(), offset, length, budget));
    const auto* words = bits->as<uint64_t>();
    result.set_validity(std::move(bits), words);
  }
  if (column.type().id() == TypeId::Struct) {
    for (auto& child : result.mutable_children()) {
      child = TRY(slice(child, offset, length, budget));
    }
  }
  return result;
}

Status compact_selection(Batch& batch, MemoryBudget& budget) {
  for (auto& column : batch.columns) column = TRY(gather(column, batch.selection, budget));
  batch.length = batch.selection.count;
  batch.selection = Selection::all(batch.length);
  return {};
}

uint64_t byte_size(const Column& column) {
  const ColumnView view(column);
  const uint32_t rows = column.encoding() == Encoding::Constant
                            ? std::min<uint32_t>(column.length(), 1)
                            : column.length();
  uint64_t bytes = uint64_t{rows} * column.type().value_size() + (view.validity ? rows / 8 : 0);
  if (column.type().physical() == PhysicalType::String) {
    for (uint32_t i = 0; i < rows; ++i) {
      const uint32_t size = view.get<StringRef>(i).size();
      if (size > StringRef::inline_capacity && view.valid(i)) bytes += size;
    }
  }
  for (const auto& child : view.stored->children()) bytes += byte_size(child);
  return bytes;
}

}  // namespace whittle
