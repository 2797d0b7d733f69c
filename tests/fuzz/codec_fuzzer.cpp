// Decompressors: any bytes, any announced size.
#include <vector>

#include "parquet/codec.hpp"

using namespace whittle;
using namespace whittle::parquet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const auto codec = static_cast<Codec>(data[0] % 9);
  const size_t into = data[1] | data[2] << 8;
  const std::vector<uint8_t> from(data + 3, data + size);
  if (!check_inflation(codec, from.size(), into)) return 0;
  MemoryBudget budget(16 << 20);
  Decompressor decompressor(budget);
  std::vector<uint8_t> out(into);
  (void)decompressor.decompress(codec, std::as_bytes(std::span(from)),
                                std::as_writable_bytes(std::span(out)));
  return 0;
}
