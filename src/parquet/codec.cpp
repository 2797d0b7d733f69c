#include "parquet/codec.hpp"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <lz4.h>
#include <snappy-sinksource.h>
#include <snappy.h>
#include <zstd.h>

#include <climits>
#include <cstring>
#include <string>

namespace whittle::parquet {

namespace {

Status broken(Codec codec) {
  return fail(ErrorCode::Corrupt, "a page does not inflate to the size it announces (" +
                                      std::string(codec_name(codec)) + ")");
}

Status lz4_block(std::span<const std::byte> from, std::span<std::byte> into) {
  if (from.size() > INT_MAX || into.size() > INT_MAX) return broken(Codec::Lz4Raw);
  const int written = LZ4_decompress_safe(
      reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(into.data()),
      static_cast<int>(from.size()), static_cast<int>(into.size()));
  if (written < 0 || static_cast<size_t>(written) != into.size()) return broken(Codec::Lz4Raw);
  return {};
}

uint32_t big_endian_32(const std::byte* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, 4);
  return __builtin_bswap32(value);
}

// Hadoop's Lz4Codec: frames of (inflated size, compressed size, block), both sizes big-endian. A
// frame may hold several blocks that add up to its inflated size. False: not in this form.
bool lz4_hadoop(std::span<const std::byte> from, std::span<std::byte> into) {
  while (!from.empty()) {
    if (from.size() < 8) return false;
    uint32_t inflated = big_endian_32(from.data());
    from = from.subspan(4);
    if (inflated > into.size()) return false;
    while (inflated > 0) {
      if (from.size() < 4) return false;
      const uint32_t compressed = big_endian_32(from.data());
      from = from.subspan(4);
      if (compressed > from.size() || compressed > INT_MAX || inflated > INT_MAX) return false;
      const int written = LZ4_decompress_safe(
          reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(into.data()),
          static_cast<int>(compressed), static_cast<int>(inflated));
      if (written <= 0) return false;
      from = from.subspan(compressed);
      into = into.subspan(static_cast<size_t>(written));
      inflated -= static_cast<uint32_t>(written);
    }
  }
  return into.empty();
}

Status snappy_page(std::span<const std::byte> from, std::span<std::byte> into) {
  const auto* input = reinterpret_cast<const char*>(from.data());
  size_t size;
  if (!snappy::GetUncompressedLength(input, from.size(), &size) || size != into.size() ||
      !snappy::RawUncompress(input, from.size(), reinterpret_cast<char*>(into.data()))) {
    return broken(Codec::Snappy);
  }
  return {};
}

Status brotli_page(std::span<const std::byte> from, std::span<std::byte> into) {
  size_t size = into.size();
  const auto result =
      BrotliDecoderDecompress(from.size(), reinterpret_cast<const uint8_t*>(from.data()), &size,
                              reinterpret_cast<uint8_t*>(into.data()));
  if (result != BROTLI_DECODER_RESULT_SUCCESS || size != into.size()) return broken(Codec::Brotli);
  return {};
}

}  // namespace

Status check_inflation(Codec codec, uint64_t compressed, uint64_t uncompressed) {
  // The most that one compressed byte can stand for, with slack; zstd and brotli know no limit
  // (a 128 KB block of one byte takes 4), so they get one that no writer of pages comes near.
  uint64_t ratio = 0;
  switch (codec) {
    case Codec::Uncompressed:
      ratio = 1;
      break;
    case Codec::Snappy:
      ratio = 32;
      break;
    case Codec::Gzip:
      ratio = 1040;
      break;
    case Codec::Lz4:
    case Codec::Lz4Raw:
      ratio = 260;
      break;
    case Codec::Zstd:
    case Codec::Brotli:
      ratio = uint64_t{1} << 20;
      break;
    case Codec::Lzo:
      return fail(ErrorCode::Unsupported, "LZO compression is not supported");
    default:
      return fail(ErrorCode::Unsupported,
                  "unknown compression codec " + std::to_string(static_cast<int>(codec)));
  }
  if (uncompressed > (compressed + 64) * ratio) {
    return fail(ErrorCode::Corrupt, "a page of " + format_bytes(compressed) +
                                        " claims to inflate to " + format_bytes(uncompressed));
  }
  return {};
}

Status Decompressor::decompress(Codec codec, std::span<const std::byte> from,
                                std::span<std::byte> into) {
  // Not all libraries take null pointers, even for nothing.
  std::byte nothing{};
  if (from.empty()) from = {&nothing, 0};
  if (into.empty()) into = {&nothing, 0};
  switch (codec) {
    case Codec::Uncompressed:
      if (from.size() != into.size()) return broken(codec);
      if (!from.empty()) std::memcpy(into.data(), from.data(), from.size());
      return {};
    case Codec::Snappy:
      return snappy_page(from, into);
    case Codec::Gzip:
      return gzip(from, into);
    case Codec::Brotli:
      return brotli_page(from, into);
    case Codec::Lz4:
      return lz4_hadoop(from, into) ? Status() : lz4_block(from, into);
    case Codec::Zstd:
      return zstd(from, into);
    case Codec::Lz4Raw:
      return lz4_block(from, into);
    default:
      return check_inflation(codec, from.size(), into.size());
  }
}

Status Decompressor::zstd(std::span<const std::byte> from, std::span<std::byte> into) {
  if (!zstd_) {
    zstd_ = ZSTD_createDCtx();
    if (!zstd_) return fail(ErrorCode::BudgetExceeded, "no memory for a zstd context");
    account(ZSTD_sizeof_DCtx(static_cast<ZSTD_DCtx*>(zstd_)));
  }
  const size_t written = ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(zstd_), into.data(),
                                             into.size(), from.data(), from.size());
  if (ZSTD_isError(written) || written != into.size()) return broken(Codec::Zstd);
  return {};
}

// A gzip file may be several members one after another (RFC 1952 §2.2). Some old writers put a zlib
// stream here instead.
Status Decompressor::gzip(std::span<const std::byte> from, std::span<std::byte> into) {
  if (!deflate_) {
    deflate_ = libdeflate_alloc_decompressor();
    if (!deflate_) return fail(ErrorCode::BudgetExceeded, "no memory for a gzip context");
    account(16 << 10);
  }
  auto* context = static_cast<libdeflate_decompressor*>(deflate_);
  const bool is_gzip = from.size() >= 2 && from[0] == std::byte{0x1f} && from[1] == std::byte{0x8b};
  const auto inflate = is_gzip ? libdeflate_gzip_decompress_ex : libdeflate_zlib_decompress_ex;
  while (!from.empty()) {
    size_t consumed = 0, written = 0;
    if (inflate(context, from.data(), from.size(), into.data(), into.size(), &consumed, &written) !=
            LIBDEFLATE_SUCCESS ||
        consumed == 0) {
      return broken(Codec::Gzip);
    }
    from = from.subspan(consumed);
    into = into.subspan(written);
  }
  return into.empty() ? Status() : broken(Codec::Gzip);
}

void Decompressor::account(uint64_t bytes) {
  budget_.charge(bytes);
  charged_ += bytes;
}

Decompressor::~Decompressor() {
  if (zstd_) ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(zstd_));
  if (deflate_) libdeflate_free_decompressor(static_cast<libdeflate_decompressor*>(deflate_));
  budget_.release(charged_);
}

uint32_t crc32(std::span<const std::byte> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace whittle::parquet
