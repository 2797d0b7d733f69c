// ULEB128 and zigzag integers inside pages. Bounds-checked; a failed read leaves the cursor alone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whittle::parquet {

/// Bytes of a page that are still to be read.
struct ByteCursor {
  const std::byte* at = nullptr;
  const std::byte* end = nullptr;

  size_t left() const { return static_cast<size_t>(end - at); }

  [[nodiscard]] bool read_varint(uint64_t& value) {
    uint64_t result = 0;
    const std::byte* position = at;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (position == end) return false;
      const auto byte = static_cast<uint64_t>(*position++);
      // The tenth byte has room for one bit.
      if (shift == 63 && byte > 1) return false;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        value = result;
        at = position;
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool read_zigzag(int64_t& value) {
    uint64_t raw;
    if (!read_varint(raw)) return false;
    value = static_cast<int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
    return true;
  }
};

}  // namespace whittle::parquet
