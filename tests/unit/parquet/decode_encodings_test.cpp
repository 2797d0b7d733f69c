// Each encoding against an encoder written here from the specification, with random widths, lengths
// and piece sizes; and against bytes that end too soon.
#include <gtest/gtest.h>

#include <random>

#include "parquet/encodings/bit_unpack.hpp"
#include "parquet/encodings/delta.hpp"
#include "parquet/encodings/rle.hpp"
#include "parquet/encodings/value_decoder.hpp"
#include "unit/parquet/encoders.hpp"

namespace whittle::parquet {
namespace {

using testing::ByteWriter;
using testing::Padded;

TEST(BitUnpack, EveryWidthAndOffsetMatchesTheSlowWay) {
  std::mt19937_64 random(1);
  for (unsigned width = 0; width <= 64; ++width) {
    std::vector<uint64_t> values(200);
    for (auto& v : values) v = random() & low_bits(width);
    const Padded bytes(testing::pack(values, width));
    for (const uint64_t first : {0, 1, 7, 8, 13}) {
      std::vector<uint64_t> out(values.size() - first);
      unpack_bits(bytes.data(), width, first, out.data(), out.size());
      for (size_t i = 0; i < out.size(); ++i) {
        ASSERT_EQ(out[i], values[i + first]) << width << " " << first << " " << i;
        ASSERT_EQ(unpack_one(bytes.data(), width, i + first), out[i]);
      }
    }
    if (width > 32) continue;
    std::vector<uint32_t> narrow(values.size());
    unpack_bits(bytes.data(), width, 0, narrow.data(), narrow.size());
    for (size_t i = 0; i < narrow.size(); ++i) ASSERT_EQ(narrow[i], values[i]);
  }
}

TEST(Rle, RandomRunsInRandomPieces) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    const unsigned width = random() % 33;
    const auto values = testing::runs(random, width, 1 + random() % 500);
    const Padded bytes(testing::rle(random, values, width));
    RleDecoder decoder(bytes.span(), width);
    for (size_t at = 0; at < values.size();) {
      const size_t part = std::min<size_t>(values.size() - at, 1 + random() % 70);
      if (random() % 4 == 0) {
        ASSERT_TRUE(decoder.skip(part));
      } else {
        std::vector<uint32_t> out(part);
        ASSERT_TRUE(decoder.decode(out.data(), part));
        for (size_t i = 0; i < part; ++i) ASSERT_EQ(out[i], values[at + i]);
      }
      at += part;
    }
  }
}

TEST(Rle, BitsAndCounts) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    const auto values = testing::runs(random, 1, 1 + random() % 900);
    const Padded bytes(testing::rle(random, values, 1));
    RleDecoder decoder(bytes.span(), 1), counter(bytes.span(), 1);
    std::vector<uint64_t> bits(values.size() / 64 + 4);
    const uint64_t base = random() % 64;
    uint64_t ones = 0;
    for (size_t at = 0; at < values.size();) {
      const size_t part = std::min<size_t>(values.size() - at, 1 + random() % 200);
      const auto decoded = decode_bits(decoder, bits.data(), base + at, part);
      ASSERT_TRUE(decoded);
      ASSERT_EQ(*decoded, count_bits(bits.data(), base + at, part));
      ASSERT_EQ(*decoded, *count_ones(counter, part));
      ones += *decoded;
      at += part;
    }
    uint64_t expected = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(bits[(base + i) / 64] >> ((base + i) % 64) & 1, values[i]);
      expected += values[i];
    }
    ASSERT_EQ(ones, expected);
  }
}

TEST(Rle, EndsWithAnError) {
  const Padded empty(std::vector<uint8_t>{});
  uint32_t out[8];
  EXPECT_FALSE(RleDecoder(empty.span(), 3).decode(out, 1));
  const Padded cut(std::vector<uint8_t>{0x10});  // a run of 8 without its value
  EXPECT_FALSE(RleDecoder(cut.span(), 3).decode(out, 8));
  const Padded wide(std::vector<uint8_t>{0x10, 0xff});  // a value above three bits
  EXPECT_FALSE(RleDecoder(wide.span(), 3).decode(out, 8));
}

template <class T>
void check_delta(std::mt19937_64& random, uint32_t block, uint32_t miniblocks) {
  std::vector<T> values(random() % 1000);
  const unsigned spread = 1 + random() % (8 * sizeof(T));
  T last = static_cast<T>(random());
  for (auto& v : values) {
    using U = std::make_unsigned_t<T>;
    last = static_cast<T>(static_cast<U>(last) + static_cast<U>(random() & low_bits(spread)));
    v = last;
  }
  const Padded bytes(testing::delta(values, block, miniblocks));
  auto decoder = DeltaDecoder::open(bytes.span());
  ASSERT_TRUE(decoder);
  ASSERT_EQ(decoder->total(), values.size());
  ASSERT_EQ(*decoder->find_end() - bytes.data(), static_cast<ptrdiff_t>(bytes.size()));
  for (size_t at = 0; at < values.size();) {
    const size_t part = std::min<size_t>(values.size() - at, 1 + random() % 150);
    if (random() % 4 == 0) {
      ASSERT_TRUE(decoder->skip(part));
    } else {
      std::vector<T> out(part);
      ASSERT_TRUE(decoder->decode(out.data(), part));
      for (size_t i = 0; i < part; ++i) ASSERT_EQ(out[i], values[at + i]) << at + i;
    }
    at += part;
  }
  T more;
  EXPECT_FALSE(decoder->decode(&more, 1));
}

TEST(Delta, RandomIntegers) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    check_delta<int32_t>(random, 128, 4);
    check_delta<int64_t>(random, 128, 4);
    check_delta<int64_t>(random, 256, 8);
    check_delta<int32_t>(random, 1024, 1);
  }
}

TEST(Delta, HostileHeaders) {
  const std::vector<std::vector<uint8_t>> headers = {{},
                                                     {0x80, 0x01},
                                                     {0x00, 0x04, 0x05, 0x00},
                                                     {0x80, 0x01, 0x00, 0x05, 0x00},
                                                     {0x80, 0x01, 0x03, 0x05, 0x00},
                                                     {0x80, 0x01, 0x40, 0x05, 0x00}};
  for (const auto& header : headers) {
    const Padded bytes(header);
    EXPECT_FALSE(DeltaDecoder::open(bytes.span()));
  }
  const Padded wide(std::vector<uint8_t>{0x80, 0x01, 0x04, 0x05, 0x00, 0x00, 65, 0, 0, 0});
  auto decoder = DeltaDecoder::open(wide.span());
  ASSERT_TRUE(decoder);
  int64_t out[5];
  EXPECT_FALSE(decoder->decode(out, 5));
  EXPECT_FALSE(decoder->find_end());
}

// Decodes all strings in random pieces, skipping some.
void check_strings(std::mt19937_64& random, ValueEncoding encoding, const Padded& bytes,
                   const std::vector<std::string>& values) {
  MemoryBudget budget(1 << 30);
  auto heap = make_ref<StringHeap>(budget);
  auto decoder = open_values(encoding, {RawKind::ByteArray, 16, false}, bytes.span());
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  for (size_t at = 0; at < values.size();) {
    const auto part =
        static_cast<uint32_t>(std::min<size_t>(values.size() - at, 1 + random() % 400));
    if (random() % 4 == 0) {
      ASSERT_TRUE((*decoder)->skip(part));
    } else {
      std::vector<StringRef> out(part);
      ASSERT_TRUE((*decoder)->decode(part, reinterpret_cast<std::byte*>(out.data()), heap.get()));
      for (size_t i = 0; i < part; ++i) ASSERT_EQ(out[i].view(), values[at + i]);
    }
    at += part;
  }
  StringRef more;
  EXPECT_FALSE((*decoder)->decode(1, reinterpret_cast<std::byte*>(&more), heap.get()));
}

TEST(Strings, EveryEncoding) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    const auto values = testing::strings(random, random() % 1500);
    check_strings(random, ValueEncoding::Plain, Padded(testing::plain_strings(values)), values);
    check_strings(random, ValueEncoding::DeltaLengthByteArray,
                  Padded(testing::delta_lengths(values)), values);
    check_strings(random, ValueEncoding::DeltaByteArray, Padded(testing::delta_prefixes(values)),
                  values);
  }
}

TEST(Strings, LengthsThatLie) {
  MemoryBudget budget(1 << 20);
  auto heap = make_ref<StringHeap>(budget);
  StringRef out[4];
  ByteWriter plain;
  plain.u32(100).text("abc");
  const Padded bytes(plain.bytes);
  auto decoder = open_values(ValueEncoding::Plain, {RawKind::ByteArray, 16, false}, bytes.span());
  ASSERT_TRUE(decoder);
  EXPECT_FALSE((*decoder)->decode(1, reinterpret_cast<std::byte*>(out), heap.get()));

  // A prefix longer than the value before, negative lengths.
  const Padded prefix(testing::join(testing::delta(std::vector<int32_t>{5}, 128, 4),
                                    testing::delta_lengths({"abc"})));
  auto prefixes =
      open_values(ValueEncoding::DeltaByteArray, {RawKind::ByteArray, 16, false}, prefix.span());
  ASSERT_TRUE(prefixes);
  EXPECT_FALSE((*prefixes)->decode(1, reinterpret_cast<std::byte*>(out), heap.get()));
  const Padded negative(testing::delta(std::vector<int32_t>{-1}, 128, 4));
  auto lengths = open_values(ValueEncoding::DeltaLengthByteArray, {RawKind::ByteArray, 16, false},
                             negative.span());
  ASSERT_TRUE(lengths);
  EXPECT_FALSE((*lengths)->decode(1, reinterpret_cast<std::byte*>(out), heap.get()));
}

TEST(ByteStreamSplit, EveryWidth) {
  std::mt19937_64 random(6);
  for (const uint32_t width : {1u, 2u, 4u, 8u, 12u, 16u, 7u}) {
    std::vector<uint8_t> values(width * 301);
    for (auto& b : values) b = static_cast<uint8_t>(random());
    std::vector<uint8_t> split(values.size());
    for (size_t i = 0; i < 301; ++i) {
      for (uint32_t k = 0; k < width; ++k) split[k * 301 + i] = values[i * width + k];
    }
    const Padded bytes(split);
    auto decoder =
        open_values(ValueEncoding::ByteStreamSplit, {RawKind::Fixed, width, false}, bytes.span());
    ASSERT_TRUE(decoder);
    std::vector<uint8_t> out(values.size());
    ASSERT_TRUE((*decoder)->skip(3));
    ASSERT_TRUE((*decoder)->decode(298, reinterpret_cast<std::byte*>(out.data()), nullptr));
    EXPECT_TRUE(std::equal(values.begin() + 3 * width, values.end(), out.begin()));
    EXPECT_FALSE((*decoder)->skip(1));
  }
}

TEST(Booleans, PlainAndRle) {
  std::mt19937_64 random(7);
  const auto values = testing::runs(random, 1, 777);
  std::vector<uint64_t> wide(values.begin(), values.end());
  const Padded plain(testing::pack(wide, 1));
  ByteWriter prefixed;
  const auto runs = testing::rle(random, values, 1);
  prefixed.u32(static_cast<uint32_t>(runs.size())).raw(runs);
  const Padded rle(prefixed.bytes);
  for (const bool is_rle : {false, true}) {
    auto decoder = open_values(is_rle ? ValueEncoding::Rle : ValueEncoding::Plain,
                               {RawKind::Boolean, 1, false}, is_rle ? rle.span() : plain.span());
    ASSERT_TRUE(decoder);
    std::vector<uint8_t> out(777);
    ASSERT_TRUE((*decoder)->skip(5));
    ASSERT_TRUE((*decoder)->decode(772, reinterpret_cast<std::byte*>(out.data()), nullptr));
    for (size_t i = 0; i < 772; ++i) ASSERT_EQ(out[i], values[i + 5]);
  }
}

}  // namespace
}  // namespace whittle::parquet
