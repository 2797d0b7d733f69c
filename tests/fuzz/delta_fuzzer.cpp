// The delta family and the other value encodings: any bytes, every layout.
#include <vector>

#include "parquet/encodings/value_decoder.hpp"
#include "unit/parquet/encoders.hpp"

using namespace whittle;
using namespace whittle::parquet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto encoding = static_cast<ValueEncoding>(data[0] % 6);
  static constexpr RawLayout layouts[] = {
      {RawKind::Boolean, 1, false}, {RawKind::Fixed, 4, true},  {RawKind::Fixed, 8, true},
      {RawKind::Fixed, 12, false},  {RawKind::Fixed, 3, false}, {RawKind::ByteArray, 16, false}};
  const RawLayout layout = layouts[data[0] / 6 % 6];
  const uint32_t piece = 1 + data[1] * 4u;
  const testing::Padded bytes(std::vector<uint8_t>(data + 2, data + size));
  MemoryBudget budget(16 << 20);
  auto heap = make_ref<StringHeap>(budget);
  auto decoder = open_values(encoding, layout, bytes.span());
  if (!decoder) return 0;
  std::vector<StringRef> scratch(piece);  // 16 bytes are the widest
  uint64_t sum = 0;
  for (int round = 0; round < 64; ++round) {
    if (round % 4 == 3) {
      if (!(*decoder)->skip(piece)) break;
      continue;
    }
    const auto raw =
        (*decoder)->decode(piece, reinterpret_cast<std::byte*>(scratch.data()), heap.get());
    if (!raw) break;
    if (layout.kind == RawKind::ByteArray) {
      for (const StringRef& text : scratch) {
        for (const char c : text.view()) sum += static_cast<unsigned char>(c);
      }
    } else {
      for (size_t i = 0; i < size_t{piece} * layout.width; ++i)
        sum += static_cast<uint8_t>((*raw)[i]);
    }
  }
  return static_cast<int>(sum & 0);
}
