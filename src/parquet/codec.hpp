// Codecs: from a page's compressed bytes to exactly the bytes its header announced.
//
// Decompressor keeps the contexts that are dear to make (zstd, libdeflate); one per worker or row
// group, one thread at a time. The caller allocates the output from its budget after
// `check_inflation`, so a page that claims gigabytes is refused before anything is allocated.
#pragma once

#include <cstdint>
#include <span>

#include "base/memory.hpp"
#include "base/result.hpp"
#include "parquet/metadata.hpp"

namespace whittle::parquet {

/// Refuses sizes that the codec cannot reach from so few bytes, and codecs that are not there.
Status check_inflation(Codec codec, uint64_t compressed, uint64_t uncompressed);

class Decompressor {
 public:
  explicit Decompressor(MemoryBudget& budget) : budget_(budget) {}
  Decompressor(const Decompressor&) = delete;
  ~Decompressor();

  /// Fills `into` completely; Corrupt when the bytes do not inflate to exactly that size.
  Status decompress(Codec codec, std::span<const std::byte> from, std::span<std::byte> into);

 private:
  Status zstd(std::span<const std::byte> from, std::span<std::byte> into);
  Status gzip(std::span<const std::byte> from, std::span<std::byte> into);
  void account(uint64_t bytes);

  MemoryBudget& budget_;
  uint64_t charged_ = 0;
  void* zstd_ = nullptr;
  void* deflate_ = nullptr;
};

/// CRC-32 of zlib and gzip, as PageHeader::crc has it.
uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace whittle::parquet
