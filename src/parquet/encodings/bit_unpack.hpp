// Bit unpacking: little-endian runs of `width`-bit values (Parquet's RLE/bit-packed hybrid and the
// miniblocks of DELTA_BINARY_PACKED) into whole integers.
//
// Each value is taken with one unaligned 8-byte load, a shift and a mask; the kernels are generated
// per width, so that all three are constants and a group of eight values is straight-line code.
// They read up to 8 bytes beyond the packed bytes: the input must lie in a padded Buffer. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace whittle::parquet {

inline uint64_t load_64(const std::byte* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, 8);
  return word;
}

inline uint64_t low_bits(unsigned width) {
  return width >= 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}

/// The value at position `index` of a packed run; any width up to 64. The slow, obviously right way
/// that tests hold the kernels against, also used for the odd values at the ends of a run.
inline uint64_t unpack_one(const std::byte* packed, unsigned width, uint64_t index) {
  if (width == 0) return 0;
  const uint64_t bit = index * width;
  const std::byte* at = packed + (bit >> 3);
  const unsigned shift = bit & 7;
  uint64_t value = load_64(at) >> shift;
  if (shift + width > 64) value |= static_cast<uint64_t>(at[8]) << (64 - shift);
  return value & low_bits(width);
}

/// Unpacks `count` values beginning with value `first`. `width` is at most the bits of T.
template <class T>
void unpack_bits(const std::byte* packed, unsigned width, uint64_t first, T* out, size_t count);

extern template void unpack_bits(const std::byte*, unsigned, uint64_t, uint8_t*, size_t);
extern template void unpack_bits(const std::byte*, unsigned, uint64_t, uint32_t*, size_t);
extern template void unpack_bits(const std::byte*, unsigned, uint64_t, uint64_t*, size_t);

}  // namespace whittle::parquet
