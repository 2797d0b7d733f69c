#include "exec/operators/sort_keys.hpp"

#include <bit>

#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle {

namespace {

// An unsigned number of the same width with the same order.
template <class T>
auto ordered_bits(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    constexpr U sign = U{1} << (sizeof(T) * 8 - 1);
    if (value != value) return static_cast<U>(~U{0});
    if (value == 0) value = 0;
    const U bits = std::bit_cast<U>(value);
    return static_cast<U>(bits & sign ? ~bits : bits | sign);
  } else if constexpr (sizeof(T) == 16) {
    const auto bits = static_cast<uint128_t>(value);
    return static_cast<T>(-1) < 0 ? bits ^ (uint128_t{1} << 127) : bits;
  } else {
    using U = std::make_unsigned_t<T>;
    const U bits = static_cast<U>(value);
    return static_cast<U>(std::is_signed_v<T> ? bits ^ (U{1} << (sizeof(T) * 8 - 1)) : bits);
  }
}

template <class U>
void append_big_endian(U bits, RowBytes& key) {
  std::byte bytes[sizeof(U)];
  for (size_t i = 0; i < sizeof(U); ++i) {
    bytes[i] = static_cast<std::byte>(bits >> ((sizeof(U) - 1 - i) * 8));
  }
  key.insert(key.end(), bytes, bytes + sizeof(U));
}

void append_text(const StringRef& text, RowBytes& key) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  const uint32_t size = text.size();
  uint32_t begin = 0;
  while (begin < size) {
    const void* zero = std::memchr(bytes + begin, 0, size - begin);
    const auto end =
        zero ? static_cast<uint32_t>(static_cast<const std::byte*>(zero) - bytes) : size;
    key.insert(key.end(), bytes + begin, bytes + end);
    if (zero) {
      key.push_back(std::byte{0});
      key.push_back(std::byte{0xff});
    }
    begin = end + (zero ? 1 : 0);
  }
  key.push_back(std::byte{0});
  key.push_back(std::byte{0});
}

void append_value(const ColumnView& view, uint32_t row, RowBytes& key);

void append_nested(const ColumnView& view, uint32_t row, RowBytes& key) {
  const bool valid = view.valid(row);
  key.push_back(std::byte{!valid});
  if (valid) append_value(view, row, key);
}

void append_value(const ColumnView& view, uint32_t row, RowBytes& key) {
  const PhysicalType physical = view.stored->type().physical();
  switch (physical) {
    case PhysicalType::String:
      return append_text(view.get<StringRef>(row), key);
    case PhysicalType::Interval: {
      const NormalizedInterval parts = normalize(view.get<IntervalValue>(row));
      append_big_endian(ordered_bits(parts.months), key);
      append_big_endian(ordered_bits(parts.days), key);
      return append_big_endian(ordered_bits(parts.microseconds), key);
    }
    case PhysicalType::List: {
      const ListEntry entry = view.get<ListEntry>(row);
      const ColumnView elements(view.stored->children()[0]);
      for (uint32_t i = 0; i < entry.length; ++i) {
        key.push_back(std::byte{1});
        append_nested(elements, entry.offset + i, key);
      }
      key.push_back(std::byte{0});
      return;
    }
    case PhysicalType::Struct:
      for (const auto& child : view.stored->children()) {
        append_nested(ColumnView(child), view.at(row), key);
      }
      return;
    default:
      dispatch_numeric<bool>(physical, false, [&](auto tag) {
        append_big_endian(ordered_bits(view.get<typename decltype(tag)::type>(row)), key);
        return true;
      });
  }
}

}  // namespace

void encode_sort_key(const ColumnView& view, uint32_t row, SortDirection direction, RowBytes& key) {
  const bool valid = view.valid(row) && view.stored->type().physical() != PhysicalType::Null;
  key.push_back(std::byte{valid == direction.nulls_first});
  if (!valid) return;
  const size_t begin = key.size();
  append_value(view, row, key);
  if (!direction.descending) return;
  for (size_t i = begin; i < key.size(); ++i) key[i] = ~key[i];
}

namespace {

// The leading bytes of a value; `mask` marks those that exist. Bytes behind a short value belong to
// the next key, which is not known here: they stay zero in either direction, so that a prefix is
// never above the whole key it begins.
struct HighBits {
  uint64_t bits, mask;
};

// The key's first byte, then seven bytes of the value.
template <class F>
void make_prefixes(const ColumnView& view, const Selection& rows, SortDirection direction,
                   KeyPrefixes& prefixes, F&& high_bits) {
  const uint64_t flip = direction.descending ? ~uint64_t{0} : 0;
  const uint64_t valid_bits = uint64_t{direction.nulls_first} << 56;
  const uint64_t null_bits = uint64_t{!direction.nulls_first} << 56;
  for (uint32_t i = 0; i < rows.count; ++i) {
    if (view.has_nulls() && !view.valid(rows[i])) {
      prefixes.values[i] = null_bits;
      continue;
    }
    const HighBits high = high_bits(rows[i]);
    prefixes.values[i] = valid_bits | ((high.bits ^ (flip & high.mask)) >> 8);
  }
}

HighBits text_bits(const StringRef& text) {
  unsigned char bytes[8] = {};
  const uint32_t size = text.size() < 8 ? text.size() : 8;
  std::memcpy(bytes, text.data(), size);
  HighBits high{0, 0};
  // A zero byte would be escaped: from there on nothing can be compared here.
  for (uint32_t i = 0; i < size && bytes[i] != 0; ++i) {
    high.bits |= uint64_t{bytes[i]} << (56 - 8 * i);
    high.mask |= uint64_t{0xff} << (56 - 8 * i);
  }
  return high;
}

}  // namespace

void encode_prefixes(const Column& column, const Selection& rows, SortDirection direction,
                     KeyPrefixes& prefixes) {
  const ColumnView view(column);
  const PhysicalType physical = column.type().physical();
  if (physical == PhysicalType::String) {
    return make_prefixes(view, rows, direction, prefixes,
                         [&](uint32_t row) { return text_bits(view.get<StringRef>(row)); });
  }
  const bool done = dispatch_numeric<bool>(physical, false, [&](auto tag) {
    using T = typename decltype(tag)::type;
    make_prefixes(view, rows, direction, prefixes, [&](uint32_t row) -> HighBits {
      const auto bits = ordered_bits(view.get<T>(row));
      if constexpr (sizeof(bits) == 16) {
        return {static_cast<uint64_t>(bits >> 64), ~uint64_t{0}};
      } else {
        constexpr uint32_t unused = 64 - sizeof(bits) * 8;
        return {static_cast<uint64_t>(bits) << unused, ~uint64_t{0} << unused};
      }
    });
    return true;
  });
  if (done) return;
  RowBytes key;
  for (uint32_t i = 0; i < rows.count; ++i) {
    key.clear();
    encode_sort_key(view, rows[i], direction, key);
    key.resize(8);
    uint64_t bits = 0;
    for (int b = 0; b < 8; ++b) bits = bits << 8 | static_cast<uint8_t>(key[b]);
    prefixes.values[i] = bits;
  }
}

}  // namespace whittle
