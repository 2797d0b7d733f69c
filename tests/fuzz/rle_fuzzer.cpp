// Levels and dictionary codes: any bytes as a hybrid stream, read in any pieces.
#include <vector>

#include "parquet/encodings/rle.hpp"
#include "unit/parquet/encoders.hpp"

using namespace whittle::parquet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const unsigned width = data[0] % 33;
  const uint64_t piece = 1 + data[1];
  const testing::Padded bytes(std::vector<uint8_t>(data + 2, data + size));
  RleDecoder decoder(bytes.span(), width), skipped(bytes.span(), width), bits(bytes.span(), 1),
      counted(bytes.span(), 1);
  std::vector<uint32_t> out(piece);
  std::vector<uint64_t> bitmap(piece / 64 + 3);
  for (int round = 0; round < 64; ++round) {
    const bool some = decoder.decode(out.data(), piece).has_value();
    if (some != skipped.skip(piece).has_value()) __builtin_trap();
    for (const uint32_t code : out) {
      if (some && code > low_bits(width)) __builtin_trap();
    }
    const auto ones = decode_bits(bits, bitmap.data(), data[1] % 64, piece);
    const auto count = count_ones(counted, piece);
    if (ones.has_value() != count.has_value() || (ones && *ones != *count)) __builtin_trap();
    if (!some && !ones) break;
  }
  return 0;
}
