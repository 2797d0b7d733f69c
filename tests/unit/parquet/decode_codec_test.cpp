// Codecs: round trips, sizes that lie, Hadoop's LZ4 frames, gzip members one after another.
#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <lz4.h>
#include <snappy-sinksource.h>
#include <snappy.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "parquet/codec.hpp"
#include "parquet/utf8.hpp"

namespace whittle::parquet {
namespace {

std::string sample(size_t size) {
  std::string text;
  while (text.size() < size) text += "row " + std::to_string(text.size() * 7919 % 1000) + ", ";
  text.resize(size);
  return text;
}

std::string gzip(const std::string& text) {
  auto* context = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(context, text.size()), 0);
  out.resize(libdeflate_gzip_compress(context, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(context);
  return out;
}

std::string lz4(const std::string& text) {
  std::string out(static_cast<size_t>(LZ4_compressBound(static_cast<int>(text.size()))), 0);
  out.resize(static_cast<size_t>(LZ4_compress_default(
      text.data(), out.data(), static_cast<int>(text.size()), static_cast<int>(out.size()))));
  return out;
}

std::string big_endian(size_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

std::string hadoop_frame(const std::string& text) {
  const std::string block = lz4(text);
  return big_endian(text.size()) + big_endian(block.size()) + block;
}

std::string compress(Codec codec, const std::string& text) {
  std::string out(text.size() * 2 + 1000, 0);
  size_t size = out.size();
  switch (codec) {
    case Codec::Snappy:
      snappy::RawCompress(text.data(), text.size(), out.data(), &size);
      break;
    case Codec::Gzip:
      return gzip(text);
    case Codec::Brotli:
      BrotliEncoderCompress(4, 20, BROTLI_MODE_GENERIC, text.size(),
                            reinterpret_cast<const uint8_t*>(text.data()), &size,
                            reinterpret_cast<uint8_t*>(out.data()));
      break;
    case Codec::Lz4:
      return hadoop_frame(text);
    case Codec::Zstd:
      size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
      break;
    case Codec::Lz4Raw:
      return lz4(text);
    default:
      return text;
  }
  out.resize(size);
  return out;
}

bool inflates_to(Decompressor& decompressor, Codec codec, const std::string& from,
                 const std::string& text) {
  std::string out(text.size(), 1);
  return decompressor
             .decompress(codec, std::as_bytes(std::span(from)),
                         std::as_writable_bytes(std::span(out)))
             .has_value() &&
         out == text;
}

constexpr Codec codecs[] = {Codec::Uncompressed, Codec::Snappy, Codec::Gzip,  Codec::Brotli,
                            Codec::Lz4,          Codec::Zstd,   Codec::Lz4Raw};

TEST(Codec, RoundTripsAndExactSizes) {
  MemoryBudget budget(1 << 30);
  Decompressor decompressor(budget);
  for (const Codec codec : codecs) {
    for (const size_t size : {1, 100, 70'000}) {
      const std::string text = sample(size);
      const std::string packed = compress(codec, text);
      EXPECT_TRUE(inflates_to(decompressor, codec, packed, text)) << codec_name(codec);
      EXPECT_TRUE(check_inflation(codec, packed.size(), size));
      EXPECT_FALSE(inflates_to(decompressor, codec, packed, text + "x")) << codec_name(codec);
      EXPECT_FALSE(inflates_to(decompressor, codec, packed, text.substr(1))) << codec_name(codec);
      EXPECT_FALSE(inflates_to(decompressor, codec, packed.substr(0, packed.size() / 2), text));
      EXPECT_FALSE(inflates_to(decompressor, codec, "", text));
    }
  }
}

TEST(Codec, PiecesOneAfterAnother) {
  MemoryBudget budget(1 << 30);
  Decompressor decompressor(budget);
  const std::string a = sample(5000), b = sample(300);
  EXPECT_TRUE(inflates_to(decompressor, Codec::Gzip, gzip(a) + gzip(b), a + b));
  EXPECT_TRUE(inflates_to(decompressor, Codec::Lz4, hadoop_frame(a) + hadoop_frame(b), a + b));
  // Two blocks in one frame, and no frame at all.
  const std::string blocks = big_endian(a.size() + b.size()) + big_endian(lz4(a).size()) + lz4(a) +
                             big_endian(lz4(b).size()) + lz4(b);
  EXPECT_TRUE(inflates_to(decompressor, Codec::Lz4, blocks, a + b));
  EXPECT_TRUE(inflates_to(decompressor, Codec::Lz4, lz4(a), a));
}

TEST(Codec, RefusesWhatCannotBe) {
  EXPECT_FALSE(check_inflation(Codec::Snappy, 100, 2'000'000'000));
  EXPECT_FALSE(check_inflation(Codec::Gzip, 100, 2'000'000'000));
  EXPECT_FALSE(check_inflation(Codec::Zstd, 10, 2'000'000'000));
  EXPECT_FALSE(check_inflation(Codec::Uncompressed, 10, 100));
  const Status lzo = check_inflation(Codec::Lzo, 10, 10);
  ASSERT_FALSE(lzo);
  EXPECT_EQ(lzo.error().code(), ErrorCode::Unsupported);
  EXPECT_EQ(crc32(std::as_bytes(std::span("123456789", 9))), 0xcbf43926u);
}

TEST(Utf8, AcceptsAndRefuses) {
  const auto valid = [](std::string_view text) { return is_utf8(text.data(), text.size()); };
  for (const char* good : {"", "plain", "é", "€uro", "😀", "long enough for words: ü",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(valid(good)) << good;
  }
  for (const char* bad :
       {"\xff", "\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "12345678\xe2\x82", "\xf0\x9f\x98"}) {
    EXPECT_FALSE(valid(bad)) << bad;
  }
  const StringRef strings[] = {StringRef(std::string_view("fine")),
                               StringRef(std::string_view("bro\xffken"))};
  const Status status = check_utf8(strings, 2);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("bro\\xFFken"), std::string::npos);
}

}  // namespace
}  // namespace whittle::parquet
