// BYTE_STREAM_SPLIT (Parquet format, Encodings.md): byte k of every value lies in stream k.
#include <cstring>

#include "parquet/encodings/rle.hpp"
#include "parquet/encodings/value_decoder.hpp"

namespace whittle::parquet::detail {

namespace {

class ByteStreamSplit final : public ValueDecoder {
 public:
  ByteStreamSplit(std::span<const std::byte> bytes, uint32_t width)
      : bytes_(bytes.data()), stride_(bytes.size() / width), width_(width) {}

  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap*) override {
    if (count > stride_ - next_) TRY(values_missing());
    const std::byte* streams = bytes_ + next_;
    if (width_ == 4) {
      gather<4>(streams, count, scratch);
    } else if (width_ == 8) {
      gather<8>(streams, count, scratch);
    } else {
      for (uint32_t k = 0; k < width_; ++k) {
        for (uint32_t i = 0; i < count; ++i) {
          scratch[size_t{i} * width_ + k] = streams[k * stride_ + i];
        }
      }
    }
    next_ += count;
    return scratch;
  }
  Status skip(uint32_t count) override {
    if (count > stride_ - next_) return values_missing();
    next_ += count;
    return {};
  }

 private:
  template <uint32_t Width>
  void gather(const std::byte* streams, uint32_t count, std::byte* out) const {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t k = 0; k < Width; ++k) out[i * Width + k] = streams[k * stride_ + i];
    }
  }

  const std::byte* bytes_;
  size_t stride_;  // values in the page
  size_t next_ = 0;
  uint32_t width_;
};

}  // namespace

Result<std::unique_ptr<ValueDecoder>> open_byte_stream_split(RawLayout layout,
                                                             std::span<const std::byte> bytes) {
  if (layout.width == 0 || bytes.size() % layout.width != 0) TRY(values_missing());
  return std::make_unique<ByteStreamSplit>(bytes, layout.width);
}

}  // namespace whittle::parquet::detail
