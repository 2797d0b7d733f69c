// PLAIN for every physical type, and RLE booleans (Parquet format, Encodings.md).
#include <algorithm>
#include <cstring>

#include "parquet/encodings/rle.hpp"
#include "parquet/encodings/value_decoder.hpp"

namespace whittle::parquet::detail {

namespace {

// Numbers and fixed-length bytes lie side by side: nothing to decode.
class PlainFixed final : public ValueDecoder {
 public:
  PlainFixed(std::span<const std::byte> bytes, uint32_t width)
      : at_(bytes.data()), left_(width == 0 ? UINT64_MAX : bytes.size() / width), width_(width) {}

  Result<const std::byte*> decode(uint32_t count, std::byte*, StringHeap*) override {
    const std::byte* values = at_;
    TRY(skip(count));
    return values;
  }
  bool needs_scratch() const override { return false; }
  Status skip(uint32_t count) override {
    if (count > left_) return values_missing();
    left_ -= count;
    at_ += size_t{count} * width_;
    return {};
  }

 private:
  const std::byte* at_;
  uint64_t left_;
  uint32_t width_;
};

// A stream of one-bit values, plain or in runs.
class Booleans final : public ValueDecoder {
 public:
  explicit Booleans(RleDecoder bits) : bits_(bits) {}
  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap*) override {
    TRY(bits_.decode(reinterpret_cast<uint8_t*>(scratch), count));
    return scratch;
  }
  Status skip(uint32_t count) override { return bits_.skip(count); }

 private:
  RleDecoder bits_;
};

// Each value is a 4-byte length and its bytes.
class PlainStrings final : public ValueDecoder {
 public:
  explicit PlainStrings(std::span<const std::byte> bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap*) override {
    auto* out = reinterpret_cast<StringRef*>(scratch);
    const std::byte* at = at_;
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t length;
      if (!read_length(at, length)) TRY(values_missing());
      new (out + i) StringRef(reinterpret_cast<const char*>(at), length);
      at += length;
    }
    at_ = at;
    return scratch;
  }
  Status skip(uint32_t count) override {
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t length;
      if (!read_length(at_, length)) return values_missing();
      at_ += length;
    }
    return {};
  }

 private:
  bool read_length(const std::byte*& at, uint32_t& length) const {
    if (end_ - at < 4) return false;
    std::memcpy(&length, at, 4);
    at += 4;
    return length <= static_cast<size_t>(end_ - at);
  }
  const std::byte* at_;
  const std::byte* end_;
};

}  // namespace

Result<std::unique_ptr<ValueDecoder>> open_plain(RawLayout layout,
                                                 std::span<const std::byte> bytes) {
  switch (layout.kind) {
    case RawKind::Boolean:
      return std::make_unique<Booleans>(RleDecoder::packed(bytes, 1, bytes.size() * uint64_t{8}));
    case RawKind::Fixed:
      return std::make_unique<PlainFixed>(bytes, layout.width);
    case RawKind::ByteArray:
      break;
  }
  return std::make_unique<PlainStrings>(bytes);
}

Result<std::unique_ptr<ValueDecoder>> open_boolean_rle(std::span<const std::byte> bytes) {
  // As in data pages v1, four bytes of length stand before the runs.
  uint32_t length;
  if (bytes.size() < 4) TRY(values_missing());
  std::memcpy(&length, bytes.data(), 4);
  if (length > bytes.size() - 4) TRY(values_missing());
  return std::make_unique<Booleans>(RleDecoder(bytes.subspan(4, length), 1));
}

}  // namespace whittle::parquet::detail
