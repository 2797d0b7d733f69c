// ValueDecoder: the values of one data or dictionary page, whatever their encoding, as *raw*
// values: the physical type's own layout, NULLs left out. Turning raw values into a SQL type is
// convert.hpp.
//
//   raw kind     layout
//   Boolean      one byte, 0 or 1
//   Fixed        `width` bytes each: INT32, INT64, FLOAT, DOUBLE, INT96, FIXED_LEN_BYTE_ARRAY
//   ByteArray    StringRef into the page, or into the caller's heap where bytes are made anew
//
// One virtual call per batch. Decoders own nothing of size; the page (a padded Buffer) outlives
// them. One thread.
#pragma once

#include <memory>
#include <span>

#include "base/result.hpp"
#include "columnar/column.hpp"

namespace whittle::parquet {

enum class RawKind : uint8_t { Boolean, Fixed, ByteArray };

struct RawLayout {
  RawKind kind = RawKind::Fixed;
  uint32_t width = 4;       // bytes of one raw value; 16 for ByteArray, 1 for Boolean
  bool is_integer = false;  // INT32 or INT64: DELTA_BINARY_PACKED is allowed
};

class ValueDecoder {
 public:
  virtual ~ValueDecoder() = default;
  /// The next `count` raw values: a pointer into the page, or `scratch` (room for count × width
  /// bytes) after they were written there. Fixed values may be unaligned. `heap` takes strings that
  /// do not exist in the page as such; only ByteArray uses it.
  virtual Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap* heap) = 0;
  virtual Status skip(uint32_t count) = 0;
  /// False: `decode` answers with a pointer into the page and needs no scratch.
  virtual bool needs_scratch() const { return true; }
};

enum class ValueEncoding : uint8_t {
  Plain,
  Rle,
  DeltaBinaryPacked,
  DeltaLengthByteArray,
  DeltaByteArray,
  ByteStreamSplit,
};

/// Corrupt when encoding and layout do not fit each other.
Result<std::unique_ptr<ValueDecoder>> open_values(ValueEncoding encoding, RawLayout layout,
                                                  std::span<const std::byte> bytes);

namespace detail {
Result<std::unique_ptr<ValueDecoder>> open_plain(RawLayout layout,
                                                 std::span<const std::byte> bytes);
Result<std::unique_ptr<ValueDecoder>> open_boolean_rle(std::span<const std::byte> bytes);
Result<std::unique_ptr<ValueDecoder>> open_delta_integers(RawLayout layout,
                                                          std::span<const std::byte> bytes);
Result<std::unique_ptr<ValueDecoder>> open_delta_lengths(std::span<const std::byte> bytes);
Result<std::unique_ptr<ValueDecoder>> open_delta_strings(RawLayout layout,
                                                         std::span<const std::byte> bytes);
Result<std::unique_ptr<ValueDecoder>> open_byte_stream_split(RawLayout layout,
                                                             std::span<const std::byte> bytes);
}  // namespace detail

}  // namespace whittle::parquet
