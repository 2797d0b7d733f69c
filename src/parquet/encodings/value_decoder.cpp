#include "parquet/encodings/value_decoder.hpp"

namespace whittle::parquet {

Result<std::unique_ptr<ValueDecoder>> open_values(ValueEncoding encoding, RawLayout layout,
                                                  std::span<const std::byte> bytes) {
  switch (encoding) {
    case ValueEncoding::Plain:
      return detail::open_plain(layout, bytes);
    case ValueEncoding::Rle:
      if (layout.kind != RawKind::Boolean) break;
      return detail::open_boolean_rle(bytes);
    case ValueEncoding::DeltaBinaryPacked:
      if (!layout.is_integer) break;
      return detail::open_delta_integers(layout, bytes);
    case ValueEncoding::DeltaLengthByteArray:
      if (layout.kind != RawKind::ByteArray) break;
      return detail::open_delta_lengths(bytes);
    case ValueEncoding::DeltaByteArray:
      if (layout.kind == RawKind::Boolean || layout.is_integer) break;
      return detail::open_delta_strings(layout, bytes);
    case ValueEncoding::ByteStreamSplit:
      if (layout.kind != RawKind::Fixed) break;
      return detail::open_byte_stream_split(layout, bytes);
  }
  return fail(ErrorCode::Corrupt, "the page's encoding does not fit the column's type");
}

}  // namespace whittle::parquet
