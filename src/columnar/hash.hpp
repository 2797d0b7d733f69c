// Hashes of rows, for joins, grouping and DISTINCT. Rows that compare equal (compare.hpp) hash
// alike; the hash depends on the values only, not on encoding, process or instruction set, so that
// partial results of several workers can be merged.
//
// 64-bit multiply and xor-shift only: the 64x64->128 multiply of wyhash and its kin is seven times
// slower in wasm32.
#pragma once

#include <bit>
#include <vector>

#include "columnar/column.hpp"

namespace whittle {

inline constexpr uint64_t null_hash = 0x9ae16a3b2f90404full;

/// Mixes all bits of `word`. Constants of David Stafford's "Mix13".
inline uint64_t hash_word(uint64_t word) {
  word ^= word >> 30;
  word *= 0xbf58476d1ce4e5b9ull;
  word ^= word >> 27;
  word *= 0x94d049bb133111ebull;
  return word ^ (word >> 31);
}

/// The hash of a row of several columns: not commutative.
inline uint64_t combine_hashes(uint64_t first, uint64_t second) {
  return (std::rotl(first, 23) * 0x9e3779b97f4a7c15ull) ^ second;
}

uint64_t hash_bytes(const char* data, size_t size);

inline uint64_t hash_value(const StringRef& text) {
  if (!text.is_inlined()) return hash_bytes(text.data(), text.size());
  uint64_t words[2];
  std::memcpy(words, &text, 16);
  return hash_word(words[0] ^ hash_word(words[1] + 0x9e3779b97f4a7c15ull));
}
inline uint64_t hash_value(double value) {
  if (value == 0) value = 0;                                 // -0.0
  if (value != value) return hash_word(0x7ff8000000000000);  // any NaN
  return hash_word(std::bit_cast<uint64_t>(value));
}
inline uint64_t hash_value(float value) {
  return hash_value(static_cast<double>(value));
}
uint64_t hash_value(const IntervalValue& value);
template <class T>
  requires std::is_integral_v<T> || (sizeof(T) == 16 && std::is_convertible_v<T, bool>)
uint64_t hash_value(T value) {
  if constexpr (sizeof(T) == 16) {
    const auto bits = static_cast<uint128_t>(value);
    const uint64_t high = hash_word(static_cast<uint64_t>(bits >> 64) + 1);
    return hash_word(static_cast<uint64_t>(bits) ^ high);
  } else {
    return hash_word(static_cast<uint64_t>(value));
  }
}

/// The hashes of a dictionary's entries, kept by an operator from batch to batch. Not thread-safe:
/// one per worker and column. Charged to the budget.
class DictionaryHashCache {
 public:
  explicit DictionaryHashCache(MemoryBudget& budget) : budget_(&budget) {}
  /// One hash per entry, or null when the budget refuses: then rows are hashed one by one.
  const uint64_t* hashes(const Ref<Dictionary>& dictionary);

 private:
  MemoryBudget* budget_;
  Ref<Dictionary> dictionary_;
  BufferRef hashes_;
};

/// hashes[row] for each selected row; when `combine`, mixed into what stands there.
void hash_column(const Column& column, const Selection& selection, uint64_t* hashes, bool combine,
                 DictionaryHashCache* cache = nullptr);

/// One row, any type; what hash_column computes.
uint64_t hash_row(const Column& column, uint32_t row);

}  // namespace whittle
