// concatenate and compact (gather.hpp): both write rows of several columns one after the other into
// one flat column.
#include <algorithm>
#include <cstring>

#include "columnar/gather.hpp"

namespace whittle {

namespace {

Result<uint32_t> total_length(std::span<const Column> columns) {
  uint64_t total = 0;
  for (const auto& column : columns) total += column.length();
  if (total > UINT32_MAX) return fail(ErrorCode::OutOfRange, "a column above 4 billion rows");
  return static_cast<uint32_t>(total);
}

bool share_one_dictionary(std::span<const Column> columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const Column& column) {
    return column.encoding() == Encoding::Dictionary &&
           column.dictionary() == columns[0].dictionary();
  });
}

Result<Column> concatenate_codes(std::span<const Column> columns, uint32_t length,
                                 MemoryBudget& budget) {
  BufferRef codes = TRY(Buffer::reserve(budget, size_t{length} * 4, "column"));
  auto* next = codes->as<uint32_t>();
  for (const auto& column : columns) {
    if (column.length() > 0) std::memcpy(next, column.codes(), size_t{column.length()} * 4);
    next += column.length();
  }
  Column result = Column::dictionary(columns[0].dictionary(), std::move(codes), length);
  result.set_type(columns[0].type());
  return result;
}

Result<Ref<StringHeap>> common_heap(std::span<const Column> columns, MemoryBudget& budget) {
  Ref<StringHeap> heap;
  bool several = false;
  for (const auto& column : columns) {
    if (!column.heap() || column.heap() == heap) continue;
    if (!heap) {
      heap = column.heap();
      continue;
    }
    if (!several) {
      auto joint = make_ref<StringHeap>(budget);
      joint->keep(heap);
      heap = std::move(joint);
      several = true;
    }
    heap->keep(column.heap());
  }
  return heap;
}

}  // namespace

Result<Column> list_elements(const Column& lists, uint64_t first, ListEntry* entries,
                             MemoryBudget& budget) {
  const auto* source = lists.values<ListEntry>();
  const auto is_used = [&](uint32_t i) {
    return source[i].length > 0 && (!lists.validity() || bit_is_set(lists.validity(), i));
  };
  uint64_t total = 0;
  bool gapless = true;
  uint32_t start = 0;
  for (uint32_t i = 0; i < lists.length(); ++i) {
    const bool used = is_used(i);
    if (used && total == 0) start = source[i].offset;
    if (used && source[i].offset != start + total) gapless = false;
    entries[i] = {static_cast<uint32_t>(first + total), used ? source[i].length : 0};
    if (used) total += source[i].length;
  }
  if (first + total > UINT32_MAX) {
    return fail(ErrorCode::OutOfRange, "lists with more than 4 billion elements in one column");
  }
  const Column& child = lists.children()[0];
  const auto count = static_cast<uint32_t>(total);
  if (gapless) return slice(child, start, count, budget);
  BufferRef rows = TRY(Buffer::reserve(budget, size_t{count} * 4, "lists"));
  auto* next = rows->as<uint32_t>();
  for (uint32_t i = 0; i < lists.length(); ++i) {
    if (!is_used(i)) continue;
    for (uint32_t k = 0; k < source[i].length; ++k) *next++ = source[i].offset + k;
  }
  return gather(child, rows->as<uint32_t>(), count, budget);
}

namespace {

// `parts` are Flat.
Status append_children(std::span<const Column> parts, Column& result, MemoryBudget& budget) {
  const Type& type = result.type();
  std::vector<Column> pieces(parts.size());
  if (type.physical() == PhysicalType::List) {
    uint64_t first = 0;
    ListEntry* entries = result.mutable_values<ListEntry>();
    for (size_t i = 0; i < parts.size(); ++i) {
      pieces[i] = TRY(list_elements(parts[i], first, entries, budget));
      entries += parts[i].length();
      first += pieces[i].length();
    }
    result.mutable_children().push_back(TRY(concatenate(pieces, budget)));
  } else if (type.physical() == PhysicalType::Struct) {
    for (size_t field = 0; field < type.fields().size(); ++field) {
      for (size_t i = 0; i < parts.size(); ++i) {
        pieces[i] = TRY(slice(parts[i].children()[field], 0, parts[i].length(), budget));
      }
      result.mutable_children().push_back(TRY(concatenate(pieces, budget)));
    }
  }
  return {};
}

Status append_validity(std::span<const Column> parts, Column& result, MemoryBudget& budget) {
  const bool nulls = std::any_of(parts.begin(), parts.end(),
                                 [](const Column& part) { return part.validity() != nullptr; });
  if (!nulls) return {};
  const size_t bytes = bitmap_words(std::max<uint32_t>(result.length(), 1)) * 8;
  BufferRef bits = TRY(Buffer::reserve(budget, bytes, "column"));
  std::memset(bits->data(), 0xff, bytes);
  auto* words = bits->as<uint64_t>();
  size_t first = 0;
  for (const auto& part : parts) {
    for (uint32_t i = 0; part.validity() && i < part.length(); ++i) {
      if (!bit_is_set(part.validity(), i)) clear_bit(words, first + i);
    }
    first += part.length();
  }
  result.set_validity(std::move(bits), words);
  return {};
}

}  // namespace

Result<Column> concatenate(std::span<const Column> columns, MemoryBudget& budget) {
  if (columns.empty()) return fail(ErrorCode::Internal, "nothing to concatenate");
  if (columns.size() == 1) return columns[0];
  const uint32_t length = TRY(total_length(columns));
  if (share_one_dictionary(columns)) return concatenate_codes(columns, length, budget);

  std::vector<Column> parts(columns.begin(), columns.end());
  for (auto& part : parts) part = TRY(flatten(part, budget));
  Column result = TRY(Column::reserve_flat(budget, columns[0].type(), length));
  const size_t size = result.type().value_size();
  if (size > 0) {
    std::byte* next = result.mutable_values<std::byte>();
    for (const auto& part : parts) {
      if (part.length() > 0) std::memcpy(next, part.values<std::byte>(), size * part.length());
      next += size * part.length();
    }
  }
  TRY(append_validity(parts, result, budget));
  result.set_heap(TRY(common_heap(parts, budget)));
  TRY(append_children(parts, result, budget));
  return result;
}

Result<Column> compact(const Column& column, MemoryBudget& budget) {
  const Column source = TRY(flatten(column, budget));
  Column result = TRY(Column::reserve_flat(budget, source.type(), source.length()));
  const size_t size = source.type().value_size();
  if (size > 0 && source.length() > 0) {
    std::memcpy(result.mutable_values<std::byte>(), source.values<std::byte>(),
                size * source.length());
  }
  TRY(append_validity({&source, 1}, result, budget));
  if (source.type().physical() == PhysicalType::String) {
    auto heap = make_ref<StringHeap>(budget);
    auto* strings = result.mutable_values<StringRef>();
    for (uint32_t i = 0; i < source.length(); ++i) {
      const bool valid = !source.validity() || bit_is_set(source.validity(), i);
      strings[i] = valid ? TRY(heap->add(strings[i].view())) : StringRef();
    }
    result.set_heap(std::move(heap));
  }
  TRY(append_children({&source, 1}, result, budget));
  for (auto& child : result.mutable_children()) child = TRY(compact(child, budget));
  return result;
}

}  // namespace whittle
