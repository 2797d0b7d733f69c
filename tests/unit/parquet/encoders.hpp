// Encoders for the decoders' tests, written plainly from Encodings.md.
#pragma once

#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/buffer.hpp"

namespace whittle::parquet::testing {

struct ByteWriter {
  std::vector<uint8_t> bytes;
  ByteWriter& u8(uint8_t v) {
    bytes.push_back(v);
    return *this;
  }
  ByteWriter& u32(uint32_t v) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(v >> (8 * i)));
    return *this;
  }
  ByteWriter& varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes.push_back(static_cast<uint8_t>(v | 0x80));
    return u8(static_cast<uint8_t>(v));
  }
  ByteWriter& zigzag(int64_t v) {
    return varint(static_cast<uint64_t>(v) << 1 ^ static_cast<uint64_t>(v >> 63));
  }
  ByteWriter& raw(std::span<const uint8_t> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
  }
  ByteWriter& text(std::string_view more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
  }
};

/// Bytes with the padding that Buffer has, exactly that much: sanitizers see what lies beyond.
class Padded {
 public:
  explicit Padded(std::vector<uint8_t> bytes) : size_(bytes.size()), bytes_(std::move(bytes)) {
    bytes_.resize(size_ + buffer_padding);
  }
  const std::byte* data() const { return reinterpret_cast<const std::byte*>(bytes_.data()); }
  size_t size() const { return size_; }
  std::span<const std::byte> span() const { return {data(), size_}; }

 private:
  size_t size_;
  std::vector<uint8_t> bytes_;
};

inline std::vector<uint8_t> join(std::vector<uint8_t> a, const std::vector<uint8_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Least significant bit first, padded to a whole byte.
inline std::vector<uint8_t> pack(const std::vector<uint64_t>& values, unsigned width) {
  std::vector<uint8_t> bytes((values.size() * width + 7) / 8);
  for (size_t i = 0; i < values.size(); ++i) {
    for (unsigned b = 0; b < width; ++b) {
      const size_t bit = i * width + b;
      bytes[bit / 8] |= static_cast<uint8_t>((values[i] >> b & 1) << (bit % 8));
    }
  }
  return bytes;
}

/// Random values with runs among them.
inline std::vector<uint32_t> runs(std::mt19937_64& random, unsigned width, size_t count) {
  std::vector<uint32_t> values;
  const uint64_t mask = width >= 32 ? UINT32_MAX : (uint64_t{1} << width) - 1;
  while (values.size() < count) {
    const auto value = static_cast<uint32_t>(random() & mask);
    const size_t repeat = random() % 3 == 0 ? random() % 100 : 1;
    for (size_t i = 0; i < repeat && values.size() < count; ++i) values.push_back(value);
  }
  return values;
}

/// The hybrid, choosing kinds of runs at random where both can hold the values.
inline std::vector<uint8_t> rle(std::mt19937_64& random, const std::vector<uint32_t>& values,
                                unsigned width) {
  ByteWriter out;
  for (size_t at = 0; at < values.size();) {
    size_t same = 1;
    while (at + same < values.size() && values[at + same] == values[at]) ++same;
    if (same >= 8 || random() % 4 == 0) {
      out.varint(same << 1);
      for (unsigned b = 0; b < (width + 7) / 8; ++b) {
        out.u8(static_cast<uint8_t>(values[at] >> (8 * b)));
      }
      at += same;
      continue;
    }
    const size_t groups = 1 + random() % 5;
    const size_t left = values.size() - at;
    std::vector<uint64_t> group(
        values.begin() + static_cast<ptrdiff_t>(at),
        values.begin() + static_cast<ptrdiff_t>(at + std::min(left, groups * 8)));
    const size_t used = (group.size() + 7) / 8;
    at += group.size();
    group.resize(used * 8);
    out.varint(used << 1 | 1).raw(pack(group, width));
  }
  return out.bytes;
}

template <class T>
std::vector<uint8_t> delta(const std::vector<T>& values, uint32_t block, uint32_t miniblocks) {
  using U = std::make_unsigned_t<T>;
  using S = std::make_signed_t<T>;
  ByteWriter out;
  out.varint(block).varint(miniblocks).varint(values.size());
  out.zigzag(values.empty() ? 0 : static_cast<int64_t>(values[0]));
  const size_t per = block / miniblocks;
  for (size_t at = 1; at < values.size(); at += block) {
    std::vector<S> deltas;
    for (size_t i = at; i < std::min(values.size(), at + block); ++i) {
      deltas.push_back(static_cast<S>(static_cast<U>(values[i]) - static_cast<U>(values[i - 1])));
    }
    S smallest = deltas[0];
    for (const S d : deltas) smallest = std::min(smallest, d);
    out.zigzag(smallest);
    std::vector<uint8_t> widths(miniblocks), packed;
    for (size_t m = 0; m * per < deltas.size(); ++m) {
      std::vector<uint64_t> part;
      uint64_t all = 0;
      for (size_t i = m * per; i < std::min(deltas.size(), (m + 1) * per); ++i) {
        part.push_back(static_cast<U>(static_cast<U>(deltas[i]) - static_cast<U>(smallest)));
        all |= part.back();
      }
      part.resize(per);
      while (all >> widths[m] != 0 && ++widths[m] < 64) {
      }
      packed = join(packed, pack(part, widths[m]));
    }
    out.raw(widths).raw(packed);
  }
  return out.bytes;
}

inline std::vector<std::string> strings(std::mt19937_64& random, size_t count) {
  std::vector<std::string> values;
  std::string last;
  for (size_t i = 0; i < count; ++i) {
    last.resize(std::min<size_t>(last.size(), random() % 20));
    for (size_t n = random() % 15; n > 0; --n) last += static_cast<char>('a' + random() % 26);
    values.push_back(last);
  }
  return values;
}

inline std::vector<uint8_t> plain_strings(const std::vector<std::string>& values) {
  ByteWriter out;
  for (const auto& v : values) out.u32(static_cast<uint32_t>(v.size())).text(v);
  return out.bytes;
}

inline std::vector<uint8_t> delta_lengths(const std::vector<std::string>& values) {
  std::vector<int32_t> lengths;
  ByteWriter text;
  for (const auto& v : values) {
    lengths.push_back(static_cast<int32_t>(v.size()));
    text.text(v);
  }
  return join(delta(lengths, 128, 4), text.bytes);
}

inline std::vector<uint8_t> delta_prefixes(const std::vector<std::string>& values) {
  std::vector<int32_t> prefixes;
  std::vector<std::string> suffixes;
  std::string last;
  for (const auto& v : values) {
    size_t common = 0;
    while (common < last.size() && common < v.size() && last[common] == v[common]) ++common;
    prefixes.push_back(static_cast<int32_t>(common));
    suffixes.push_back(v.substr(common));
    last = v;
  }
  return join(delta(prefixes, 128, 4), delta_lengths(suffixes));
}

}  // namespace whittle::parquet::testing
