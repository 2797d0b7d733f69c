// The RLE / bit-packed hybrid (Parquet format, Encodings.md "Run Length Encoding / Bit-Packing
// Hybrid"): levels, dictionary codes, booleans. Also the bits of one-bit levels as a bitmap.
//
// The decoder is a cursor over runs: constant runs cost one fill however long they are. It owns
// nothing; the bytes lie in a padded Buffer that outlives it. One thread.
#pragma once

#include <span>

#include "base/result.hpp"
#include "parquet/encodings/bit_unpack.hpp"
#include "parquet/encodings/varint.hpp"

namespace whittle::parquet {

class RleDecoder {
 public:
  RleDecoder() = default;
  /// `width` is at most 32.
  RleDecoder(std::span<const std::byte> bytes, unsigned width)
      : cursor_{bytes.data(), bytes.data() + bytes.size()}, width_(width) {}

  /// A legacy BIT_PACKED level stream (deprecated encoding 4) is *not* this format; see
  /// bit_packed_levels in levels.hpp. This makes a decoder of one bit-packed run without header.
  static RleDecoder packed(std::span<const std::byte> bytes, unsigned width, uint64_t count);

  /// Makes the rest of the current run visible, reading the next run's header when it is used up.
  /// False: the bytes are at their end or malformed.
  [[nodiscard]] bool load_run() { return left_ > 0 || next_run(); }
  bool run_is_constant() const { return constant_; }
  uint32_t run_value() const { return value_; }
  uint64_t run_left() const { return left_; }
  /// Only for packed runs: where they begin, and the index of the next value in them.
  const std::byte* run_bytes() const { return packed_; }
  uint64_t run_index() const { return index_; }
  void consume(uint64_t count) {
    left_ -= count;
    index_ += count;
  }
  unsigned width() const { return width_; }

  /// Corrupt when fewer than `count` values are left. T is uint8_t (widths up to 8) or uint32_t.
  template <class T>
  Status decode(T* out, uint64_t count);
  Status skip(uint64_t count);

 private:
  bool next_run();

  ByteCursor cursor_;
  unsigned width_ = 0;
  bool constant_ = true;
  uint32_t value_ = 0;
  uint64_t left_ = 0;
  const std::byte* packed_ = nullptr;
  uint64_t index_ = 0;
};

/// Appends `count` one-bit values to a bitmap at bit `at` (bits from there on must be zero or
/// unused; whole words behind the last bit are not touched). Returns how many are set.
Result<uint64_t> decode_bits(RleDecoder& decoder, uint64_t* bits, uint64_t at, uint64_t count);
/// How many of the next `count` values are 1, without keeping them.
Result<uint64_t> count_ones(RleDecoder& decoder, uint64_t count);

/// Sets `count` bits from `at` on to `value`.
void fill_bits(uint64_t* bits, uint64_t at, uint64_t count, bool value);
uint64_t count_bits(const uint64_t* bits, uint64_t at, uint64_t count);

Status values_missing();

}  // namespace whittle::parquet
