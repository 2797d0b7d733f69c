#include "parquet/encodings/bit_unpack.hpp"

#include <array>
#include <utility>

namespace whittle::parquet {

namespace {

// One value of a group of eight; all arguments but the bytes are constants.
template <class T, unsigned Width, unsigned Index>
inline T unpack_constant(const std::byte* group) {
  constexpr unsigned bit = Index * Width;
  constexpr unsigned shift = bit & 7;
  uint64_t value = load_64(group + bit / 8) >> shift;
  if constexpr (shift + Width > 64) {
    value |= static_cast<uint64_t>(group[bit / 8 + 8]) << (64 - shift);
  }
  if constexpr (Width < 64) value &= (uint64_t{1} << Width) - 1;
  return static_cast<T>(value);
}

template <class T, unsigned Width>
void unpack_groups(const std::byte* packed, T* out, size_t groups) {
  if constexpr (Width == 0) {
    std::memset(out, 0, groups * 8 * sizeof(T));
  } else if constexpr (Width == 8 * sizeof(T)) {
    std::memcpy(out, packed, groups * Width);
  } else {
    for (size_t group = 0; group < groups; ++group, packed += Width, out += 8) {
      [&]<size_t... I>(std::index_sequence<I...>) {
        ((out[I] = unpack_constant<T, Width, I>(packed)), ...);
      }(std::make_index_sequence<8>());
    }
  }
}

template <class T>
using GroupKernel = void (*)(const std::byte*, T*, size_t);

template <class T, size_t... Width>
constexpr std::array<GroupKernel<T>, sizeof...(Width)> kernels(std::index_sequence<Width...>) {
  return {&unpack_groups<T, Width>...};
}

template <class T>
constexpr auto group_kernels = kernels<T>(std::make_index_sequence<8 * sizeof(T) + 1>());

}  // namespace

template <class T>
void unpack_bits(const std::byte* packed, unsigned width, uint64_t first, T* out, size_t count) {
  // Up to the next group of eight, which begins at a whole byte.
  while (count > 0 && (first & 7) != 0) {
    *out++ = static_cast<T>(unpack_one(packed, width, first++));
    --count;
  }
  const std::byte* at = packed + first / 8 * width;
  const size_t groups = count / 8;
  group_kernels<T>[width](at, out, groups);
  at += groups * width;
  out += groups * 8;
  for (size_t i = 0; i < (count & 7); ++i) out[i] = static_cast<T>(unpack_one(at, width, i));
}

template void unpack_bits(const std::byte*, unsigned, uint64_t, uint8_t*, size_t);
template void unpack_bits(const std::byte*, unsigned, uint64_t, uint32_t*, size_t);
template void unpack_bits(const std::byte*, unsigned, uint64_t, uint64_t*, size_t);

}  // namespace whittle::parquet
