#include "exec/operators/group_keys.hpp"

#include <algorithm>
#include <cstring>

#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle {

namespace {

uint64_t load_word(const std::byte* data) {
  uint64_t word;
  std::memcpy(&word, data, 8);
  return word;
}

// The fixed part hashed word by word; one and two words are the common cases.
uint64_t hash_fixed(const std::byte* row, uint32_t bytes) {
  uint64_t hash = hash_word(load_word(row));
  for (uint32_t i = 8; i < bytes; i += 8)
    hash = hash_word(hash + 0x9e3779b97f4a7c15ull ^ load_word(row + i));
  return hash;
}

// Values that compare equal get equal bits.
template <class T>
T canonical(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (value == 0) return 0;
    if (value != value) return std::numeric_limits<T>::quiet_NaN();
  }
  return value;
}

IntervalValue canonical(const IntervalValue& value) {
  const NormalizedInterval parts = normalize(value);
  return {static_cast<int32_t>(parts.months), static_cast<int32_t>(parts.days), parts.microseconds};
}

template <class T>
void pack(const Column& column, const Selection& rows, std::byte* to, size_t stride) {
  if (column.encoding() == Encoding::Flat && rows.is_dense()) {
    const T* values = column.values<T>();
    for (uint32_t i = 0; i < rows.count; ++i, to += stride) {
      const T value = canonical(values[i]);
      std::memcpy(to, &value, sizeof(T));
    }
    return;
  }
  const ColumnView view(column);
  for (uint32_t i = 0; i < rows.count; ++i, to += stride) {
    const T value = canonical(view.get<T>(rows[i]));
    std::memcpy(to, &value, sizeof(T));
  }
}

}  // namespace

KeyLayout::KeyLayout(std::span<const Type> types) {
  for (const auto& type : types) {
    const PhysicalType physical = type.physical();
    const bool nested = physical == PhysicalType::List || physical == PhysicalType::Struct;
    const bool string = physical == PhysicalType::String || nested;
    keys.push_back({type, physical, string ? 0 : type.value_size(), 0, nested});
    string_count += string;
  }
  // Widest first keeps values aligned; order within the row does not matter to anyone.
  for (uint32_t width : {16u, 8u, 4u, 2u, 1u}) {
    for (auto& key : keys) {
      if (key.width != width) continue;
      key.offset = fixed_bytes;
      fixed_bytes += width;
    }
  }
  if (keys.size() > 1) {
    null_offset = fixed_bytes;
    fixed_bytes += static_cast<uint32_t>((keys.size() + 7) / 8);
  }
  fixed_bytes = (fixed_bytes + 7) & ~7u;
  key_bytes = fixed_bytes;
  for (auto& key : keys) {
    if (key.physical != PhysicalType::String && !key.encoded) continue;
    key.offset = key_bytes;
    key_bytes += sizeof(StringRef);
  }
  if (key_bytes == 0) key_bytes = fixed_bytes = 8;  // only a key of type NULL
  stores_hash = string_count > 0 || fixed_bytes > 16;
}

uint64_t KeyLayout::hash(const std::byte* row) const {
  return stores_hash ? load_word(row + key_bytes) : hash_fixed(row, fixed_bytes);
}

bool KeyLayout::equal(const std::byte* a, const std::byte* b) const {
  for (uint32_t i = 0; i < fixed_bytes; i += 8) {
    if (load_word(a + i) != load_word(b + i)) return false;
  }
  for (uint32_t i = fixed_bytes; i < key_bytes; i += sizeof(StringRef)) {
    if (!(*reinterpret_cast<const StringRef*>(a + i) ==
          *reinterpret_cast<const StringRef*>(b + i))) {
      return false;
    }
  }
  return true;
}

namespace {

template <class T>
void unpack(std::byte* const* rows, uint32_t count, uint32_t offset, std::byte* to) {
  for (uint32_t i = 0; i < count; ++i) std::memcpy(to + i * sizeof(T), rows[i] + offset, sizeof(T));
}

Result<Column> decode_nested(const Type& type, std::byte* const* rows, uint32_t count,
                             const KeyLayout& layout, size_t key, MemoryBudget& budget) {
  ColumnBuilder builder(type, budget);
  for (uint32_t i = 0; i < count; ++i) {
    if (layout.is_null(rows[i], key)) {
      TRY(builder.append_null());
      continue;
    }
    const auto& text = *reinterpret_cast<const StringRef*>(rows[i] + layout.keys[key].offset);
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    TRY(decode_value(bytes, builder));
  }
  return builder.finish();
}

}  // namespace

Result<Column> KeyLayout::gather(size_t key, std::byte* const* rows, uint32_t count,
                                 const Ref<StringHeap>& heap, bool all_null,
                                 MemoryBudget& budget) const {
  const Key& part = keys[key];
  if (all_null || part.physical == PhysicalType::Null) {
    return Column::constant_null(budget, part.type, count);
  }
  if (part.encoded) return decode_nested(part.type, rows, count, *this, key, budget);
  Column column = TRY(Column::reserve_flat(budget, part.type, count));
  auto* to = column.mutable_values<std::byte>();
  switch (part.type.value_size()) {
    case 1:
      unpack<uint8_t>(rows, count, part.offset, to);
      break;
    case 2:
      unpack<uint16_t>(rows, count, part.offset, to);
      break;
    case 4:
      unpack<uint32_t>(rows, count, part.offset, to);
      break;
    case 8:
      unpack<uint64_t>(rows, count, part.offset, to);
      break;
    default:
      unpack<uint128_t>(rows, count, part.offset, to);
      break;
  }
  if (part.physical == PhysicalType::String) column.set_heap(heap);
  for (uint32_t i = 0; !single() && i < count; ++i) {
    if (is_null(rows[i], key)) column.set_null(budget, i);
  }
  return column;
}

KeyBatch::KeyBatch(const KeyLayout& layout, MemoryBudget& budget)
    : layout_(layout),
      budget_(budget),
      keys_(Buffer::charge(budget, size_t{layout.key_bytes} * batch_rows)),
      hashes_(Buffer::charge(budget, size_t{8} * batch_rows)),
      row_hashes_(Buffer::charge(budget, size_t{8} * batch_rows)),
      caches_(layout.keys.size(), DictionaryHashCache(budget)),
      encoded_(layout.keys.size()) {}

Status KeyBatch::load(std::span<const Column* const> columns, const Selection& rows) {
  if (rows.count > batch_rows) return fail(ErrorCode::Internal, "a batch above 2,048 rows");
  count_ = rows.count;
  null_positions_.clear();
  if (layout_.fixed_bytes > 0) {
    std::byte* to = keys_->data();
    const size_t stride = layout_.key_bytes;
    if (stride == layout_.fixed_bytes) {
      std::memset(to, 0, stride * count_);
    } else {
      for (uint32_t i = 0; i < count_; ++i) std::memset(to + i * stride, 0, layout_.fixed_bytes);
    }
  }
  for (size_t k = 0; k < columns.size(); ++k) {
    const KeyLayout::Key& key = layout_.keys[k];
    std::byte* to = keys_->data() + key.offset;
    if (key.encoded) {
      TRY(load_encoded(k, *columns[k], rows));
    } else if (key.physical == PhysicalType::String) {
      TRY(load_string(k, *columns[k], rows));
    } else if (key.physical == PhysicalType::Interval) {
      pack<IntervalValue>(*columns[k], rows, to, layout_.key_bytes);
    } else {
      dispatch_numeric<bool>(key.physical, false, [&](auto tag) {
        pack<typename decltype(tag)::type>(*columns[k], rows, to, layout_.key_bytes);
        return true;
      });
    }
    load_nulls(k, *columns[k], rows);
  }
  make_hashes(columns, rows);
  return {};
}

Status KeyBatch::load_string(size_t key, const Column& column, const Selection& rows) {
  const ColumnView view(column);
  std::byte* to = keys_->data() + layout_.keys[key].offset;
  for (uint32_t i = 0; i < rows.count; ++i, to += layout_.key_bytes) {
    *reinterpret_cast<StringRef*>(to) = view.get<StringRef>(rows[i]);
  }
  return {};
}

Status KeyBatch::load_encoded(size_t key, const Column& column, const Selection& rows) {
  const ColumnView view(column);
  RowBytes& bytes = encoded_[key];
  bytes.clear();
  std::vector<size_t> ends(rows.count);
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (view.valid(rows[i])) encode_value(view, rows[i], bytes);
    ends[i] = bytes.size();
  }
  std::byte* to = keys_->data() + layout_.keys[key].offset;
  size_t begin = 0;
  for (uint32_t i = 0; i < rows.count; ++i, to += layout_.key_bytes) {
    const char* text = reinterpret_cast<const char*>(bytes.data()) + begin;
    *reinterpret_cast<StringRef*>(to) = StringRef(text, static_cast<uint32_t>(ends[i] - begin));
    begin = ends[i];
  }
  return {};
}

// Zeroes the values of NULL rows and notes that they are NULL.
void KeyBatch::load_nulls(size_t k, const Column& column, const Selection& rows) {
  const ColumnView view(column);
  const KeyLayout::Key& key = layout_.keys[k];
  if (!view.has_nulls() && key.physical != PhysicalType::Null) return;
  const uint32_t width = key.width ? key.width : key.physical == PhysicalType::Null ? 0 : 16;
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (key.physical != PhysicalType::Null && view.valid(rows[i])) continue;
    std::byte* row = keys_->data() + size_t{layout_.key_bytes} * i;
    std::memset(row + key.offset, 0, width);
    if (layout_.single()) {
      null_positions_.push_back(i);
    } else {
      row[layout_.null_offset + k / 8] |= std::byte(1 << (k % 8));
    }
  }
}

void KeyBatch::make_hashes(std::span<const Column* const> columns, const Selection& rows) {
  auto* hashes = hashes_->as<uint64_t>();
  const std::byte* row = keys_->data();
  if (layout_.fixed_bytes == 8 && layout_.key_bytes == 8) {
    const auto* words = keys_->as<uint64_t>();
    for (uint32_t i = 0; i < count_; ++i) hashes[i] = hash_word(words[i]);
  } else if (layout_.fixed_bytes > 0) {
    for (uint32_t i = 0; i < count_; ++i, row += layout_.key_bytes) {
      hashes[i] = hash_fixed(row, layout_.fixed_bytes);
    }
  } else {
    std::memset(hashes, 0, size_t{8} * count_);
  }
  for (size_t k = 0; k < columns.size(); ++k) {
    const KeyLayout::Key& key = layout_.keys[k];
    if (key.width > 0 || (key.physical != PhysicalType::String && !key.encoded)) continue;
    const uint64_t* entries = nullptr;
    if (!key.encoded && columns[k]->encoding() == Encoding::Dictionary &&
        columns[k]->dictionary()->values.length() / 32 <= rows.count) {
      entries = caches_[k].hashes(columns[k]->dictionary());
    }
    const uint32_t* codes = entries ? columns[k]->codes() : nullptr;
    row = keys_->data() + key.offset;
    const bool nulls = ColumnView(*columns[k]).has_nulls();
    for (uint32_t i = 0; i < count_; ++i, row += layout_.key_bytes) {
      const auto& text = *reinterpret_cast<const StringRef*>(row);
      const bool cached = codes && !(nulls && text.size() == 0);
      const uint64_t hash = cached ? entries[codes[rows[i]]] : hash_value(text);
      hashes[i] = combine_hashes(hashes[i], hash);
    }
  }
}

}  // namespace whittle
