#include "parquet/encodings/delta.hpp"

#include <algorithm>

#include "parquet/encodings/bit_unpack.hpp"
#include "parquet/encodings/rle.hpp"

namespace whittle::parquet {

namespace {
Status malformed(const char* what) {
  return fail(ErrorCode::Corrupt, std::string("delta encoding: ") + what);
}
}  // namespace

Result<DeltaDecoder> DeltaDecoder::open(std::span<const std::byte> bytes) {
  DeltaDecoder decoder;
  decoder.cursor_ = {bytes.data(), bytes.data() + bytes.size()};
  uint64_t miniblocks;
  int64_t first;
  if (!decoder.cursor_.read_varint(decoder.block_size_) ||
      !decoder.cursor_.read_varint(miniblocks) || !decoder.cursor_.read_varint(decoder.total_) ||
      !decoder.cursor_.read_zigzag(first)) {
    TRY(malformed("the header is cut short"));
  }
  // Blocks hold a multiple of 128 values, miniblocks of 32. Readers of other writers' files see
  // smaller miniblocks; whole groups of eight are what the unpacking needs.
  if (decoder.block_size_ == 0 || decoder.block_size_ > (1u << 30) || miniblocks == 0 ||
      miniblocks > decoder.block_size_ || decoder.block_size_ % miniblocks != 0 ||
      decoder.block_size_ / miniblocks % 8 != 0) {
    TRY(malformed("impossible block layout"));
  }
  if (decoder.total_ > uint64_t{1} << 40) TRY(malformed("impossible number of values"));
  decoder.miniblocks_ = static_cast<uint32_t>(miniblocks);
  decoder.miniblock_size_ = decoder.block_size_ / miniblocks;
  decoder.miniblock_ = decoder.miniblocks_;  // so that the first refill begins a block
  decoder.left_ = decoder.total_;
  decoder.last_ = static_cast<uint64_t>(first);
  decoder.first_pending_ = decoder.total_ > 0;
  return decoder;
}

Status DeltaDecoder::begin_block() {
  int64_t smallest;
  if (!cursor_.read_zigzag(smallest) || cursor_.left() < miniblocks_) {
    return malformed("a block header is cut short");
  }
  smallest_ = static_cast<uint64_t>(smallest);
  widths_ = cursor_.at;
  cursor_.at += miniblocks_;
  miniblock_ = 0;
  return {};
}

Status DeltaDecoder::refill() {
  if (miniblock_left_ == 0) {
    if (miniblock_ == miniblocks_) TRY(begin_block());
    width_ = static_cast<unsigned>(widths_[miniblock_++]);
    if (width_ > 64) return malformed("a width above 64 bits");
    const uint64_t bytes = miniblock_size_ / 8 * width_;
    // The last miniblock should be padded, but some writers end at the last value.
    const uint64_t needed = (std::min(miniblock_size_, left_) * width_ + 7) / 8;
    if (cursor_.left() < needed) return malformed("a miniblock is cut short");
    packed_ = cursor_.at;
    cursor_.at += std::min<uint64_t>(bytes, cursor_.left());
    index_ = 0;
    miniblock_left_ = miniblock_size_;
  }
  const uint64_t count = std::min<uint64_t>({miniblock_left_, left_, buffered});
  unpack_bits(packed_, width_, index_, deltas_, count);
  index_ += count;
  miniblock_left_ -= count;
  next_ = 0;
  ready_ = static_cast<uint32_t>(count);
  return {};
}

template <class T>
Status DeltaDecoder::decode(T* out, uint64_t count) {
  if (count > left_) return values_missing();
  if (count > 0 && first_pending_) {
    *out++ = static_cast<T>(last_);
    first_pending_ = false;
    --count;
    --left_;
  }
  uint64_t last = last_;
  while (count > 0) {
    if (next_ == ready_) TRY(refill());
    const auto part = static_cast<uint32_t>(std::min<uint64_t>(count, ready_ - next_));
    const uint64_t* deltas = deltas_ + next_;
    for (uint32_t i = 0; i < part; ++i) {
      last += deltas[i] + smallest_;
      out[i] = static_cast<T>(last);
    }
    next_ += part;
    out += part;
    count -= part;
    left_ -= part;
  }
  last_ = last;
  return {};
}
template Status DeltaDecoder::decode(int32_t*, uint64_t);
template Status DeltaDecoder::decode(uint32_t*, uint64_t);
template Status DeltaDecoder::decode(int64_t*, uint64_t);

Status DeltaDecoder::skip(uint64_t count) {
  int64_t ignored[buffered];
  if (count > left_) return values_missing();
  while (count > 0) {
    const uint64_t part = std::min<uint64_t>(count, buffered);
    TRY(decode(ignored, part));
    count -= part;
  }
  return {};
}

Result<const std::byte*> DeltaDecoder::find_end() const {
  DeltaDecoder walk = *this;
  uint64_t deltas = total_ > 0 ? total_ - 1 : 0;
  while (deltas > 0) {
    TRY(walk.begin_block());
    for (uint32_t i = 0; i < miniblocks_ && deltas > 0; ++i) {
      const auto width = static_cast<unsigned>(walk.widths_[i]);
      const uint64_t bytes = miniblock_size_ / 8 * width;
      if (width > 64 || walk.cursor_.left() < bytes) TRY(malformed("a miniblock is cut short"));
      walk.cursor_.at += bytes;
      deltas -= std::min(deltas, miniblock_size_);
    }
  }
  return walk.cursor_.at;
}

}  // namespace whittle::parquet
