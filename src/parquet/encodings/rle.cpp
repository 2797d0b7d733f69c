#include "parquet/encodings/rle.hpp"

#include <algorithm>
#include <bit>

namespace whittle::parquet {

Status values_missing() {
  return fail(ErrorCode::Corrupt, "the page holds fewer values than it announces");
}

RleDecoder RleDecoder::packed(std::span<const std::byte> bytes, unsigned width, uint64_t count) {
  RleDecoder decoder({}, width);
  const uint64_t present = width == 0 ? count : bytes.size() * uint64_t{8} / width;
  decoder.constant_ = width == 0;
  decoder.packed_ = bytes.data();
  decoder.left_ = std::min(count, present);
  return decoder;
}

bool RleDecoder::next_run() {
  uint64_t header;
  do {
    if (!cursor_.read_varint(header)) return false;
    const uint64_t length = header >> 1;
    if (header & 1) {
      // `length` groups of eight. The last run of a stream may be cut short after the bytes that
      // hold its last value, so what counts is what is there.
      if (length > (uint64_t{1} << 40)) return false;
      const uint64_t bytes = std::min<uint64_t>(length * width_, cursor_.left());
      constant_ = width_ == 0;
      value_ = 0;
      packed_ = cursor_.at;
      index_ = 0;
      left_ = width_ == 0 ? length * 8 : bytes * 8 / width_;
      cursor_.at += bytes;
    } else {
      const size_t bytes = (width_ + 7) / 8;
      if (cursor_.left() < bytes) return false;
      value_ =
          static_cast<uint32_t>(load_64(cursor_.at) & low_bits(static_cast<unsigned>(bytes) * 8));
      if (value_ > low_bits(width_)) return false;
      cursor_.at += bytes;
      constant_ = true;
      left_ = length;
    }
    // An empty run is useless but harmless; its header was consumed, so this ends.
  } while (left_ == 0);
  return true;
}

template <class T>
Status RleDecoder::decode(T* out, uint64_t count) {
  while (count > 0) {
    if (!load_run()) return values_missing();
    const uint64_t part = std::min(count, left_);
    if (constant_) {
      std::fill_n(out, part, static_cast<T>(value_));
    } else {
      unpack_bits(packed_, width_, index_, out, part);
    }
    consume(part);
    out += part;
    count -= part;
  }
  return {};
}
template Status RleDecoder::decode(uint8_t*, uint64_t);
template Status RleDecoder::decode(uint32_t*, uint64_t);

Status RleDecoder::skip(uint64_t count) {
  while (count > 0) {
    if (!load_run()) return values_missing();
    const uint64_t part = std::min(count, left_);
    consume(part);
    count -= part;
  }
  return {};
}

void fill_bits(uint64_t* bits, uint64_t at, uint64_t count, bool value) {
  while (count > 0) {
    const unsigned shift = at & 63;
    const uint64_t part = std::min<uint64_t>(count, 64 - shift);
    const uint64_t mask = low_bits(static_cast<unsigned>(part)) << shift;
    uint64_t& word = bits[at >> 6];
    word = value ? word | mask : word & ~mask;
    at += part;
    count -= part;
  }
}

uint64_t count_bits(const uint64_t* bits, uint64_t at, uint64_t count) {
  uint64_t ones = 0;
  while (count > 0) {
    const unsigned shift = at & 63;
    const uint64_t part = std::min<uint64_t>(count, 64 - shift);
    ones += std::popcount((bits[at >> 6] >> shift) & low_bits(static_cast<unsigned>(part)));
    at += part;
    count -= part;
  }
  return ones;
}

namespace {
// Copies bits from a byte stream at any bit offset; returns how many are set.
uint64_t copy_bits(const std::byte* from, uint64_t index, uint64_t* bits, uint64_t at,
                   uint64_t count) {
  uint64_t ones = 0;
  while (count > 0) {
    const unsigned shift = at & 63;
    const uint64_t part = std::min<uint64_t>({count, 64u - shift, 56u});
    const uint64_t chunk =
        (load_64(from + (index >> 3)) >> (index & 7)) & low_bits(static_cast<unsigned>(part));
    uint64_t& word = bits[at >> 6];
    word = (word & ~(low_bits(static_cast<unsigned>(part)) << shift)) | chunk << shift;
    ones += std::popcount(chunk);
    index += part;
    at += part;
    count -= part;
  }
  return ones;
}
}  // namespace

Result<uint64_t> decode_bits(RleDecoder& decoder, uint64_t* bits, uint64_t at, uint64_t count) {
  uint64_t ones = 0;
  while (count > 0) {
    if (!decoder.load_run()) {
      TRY(values_missing());
    }
    const uint64_t part = std::min(count, decoder.run_left());
    if (decoder.run_is_constant()) {
      fill_bits(bits, at, part, decoder.run_value() != 0);
      ones += decoder.run_value() != 0 ? part : 0;
    } else {
      ones += copy_bits(decoder.run_bytes(), decoder.run_index(), bits, at, part);
    }
    decoder.consume(part);
    at += part;
    count -= part;
  }
  return ones;
}

Result<uint64_t> count_ones(RleDecoder& decoder, uint64_t count) {
  uint64_t ones = 0;
  while (count > 0) {
    if (!decoder.load_run()) {
      TRY(values_missing());
    }
    if (decoder.run_is_constant()) {
      const uint64_t part = std::min(count, decoder.run_left());
      ones += decoder.run_value() != 0 ? part : 0;
      decoder.consume(part);
      count -= part;
    } else {
      const uint64_t part = std::min<uint64_t>({count, decoder.run_left(), 64});
      uint64_t words[2] = {};
      ones += copy_bits(decoder.run_bytes(), decoder.run_index(), words, 0, part);
      decoder.consume(part);
      count -= part;
    }
  }
  return ones;
}

}  // namespace whittle::parquet
