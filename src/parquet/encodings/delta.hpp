// DELTA_BINARY_PACKED (Parquet format, Encodings.md): blocks of deltas, bit-packed per miniblock
// with a width of its own, relative to the block's smallest delta. Sums wrap around, as the format
// says, so 32- and 64-bit columns share one decoder.
//
// Holds 128 decoded deltas; owns nothing else. The bytes lie in a padded Buffer.
#pragma once

#include <span>

#include "base/result.hpp"
#include "parquet/encodings/varint.hpp"

namespace whittle::parquet {

class DeltaDecoder {
 public:
  /// Reads and checks the header.
  static Result<DeltaDecoder> open(std::span<const std::byte> bytes);

  uint64_t total() const { return total_; }
  uint64_t left() const { return left_; }
  /// Corrupt when fewer are left. T is int32_t, uint32_t or int64_t.
  template <class T>
  Status decode(T* out, uint64_t count);
  Status skip(uint64_t count);
  /// The bytes behind the last miniblock, found without unpacking. Call before decoding.
  Result<const std::byte*> find_end() const;

 private:
  static constexpr unsigned buffered = 128;
  Status begin_block();
  Status refill();

  ByteCursor cursor_;
  uint64_t block_size_ = 0, miniblock_size_ = 0;
  uint32_t miniblocks_ = 0;
  uint64_t total_ = 0, left_ = 0;
  uint64_t last_ = 0;
  bool first_pending_ = false;

  const std::byte* widths_ = nullptr;  // of the current block
  uint64_t smallest_ = 0;
  uint32_t miniblock_ = 0;             // the next one to begin
  const std::byte* packed_ = nullptr;  // the current miniblock
  unsigned width_ = 0;
  uint64_t index_ = 0, miniblock_left_ = 0;

  uint64_t deltas_[buffered];
  uint32_t next_ = 0, ready_ = 0;
};

}  // namespace whittle::parquet
