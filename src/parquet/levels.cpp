#include "parquet/levels.hpp"

#include <bit>
#include <cstring>

namespace whittle::parquet {

unsigned level_width(uint32_t maximum) {
  return static_cast<unsigned>(std::bit_width(maximum));
}

namespace {

Status levels_cut_short() {
  return fail(ErrorCode::Corrupt, "a page's levels are longer than the page");
}

// The deprecated BIT_PACKED encoding fills bytes from the most significant bit: rewritten to the
// order of the hybrid's packed runs, so that one decoder serves both.
Result<RleDecoder> open_bit_packed(std::span<const std::byte> bytes, unsigned width, uint32_t count,
                                   MemoryBudget& budget, BufferRef& owner) {
  owner = TRY(Buffer::reserve(budget, bytes.size(), "levels"));
  auto* out = owner->as<uint8_t>();
  std::memset(out, 0, bytes.size());
  for (uint64_t i = 0; i < count; ++i) {
    for (unsigned b = 0; b < width; ++b) {
      const uint64_t from = i * width + b;  // most significant bit of the value first
      const uint64_t to = i * width + (width - 1 - b);
      const auto bit =
          static_cast<uint8_t>(static_cast<uint8_t>(bytes[from / 8]) >> (7 - from % 8) & 1);
      out[to / 8] = static_cast<uint8_t>(out[to / 8] | bit << (to % 8));
    }
  }
  return RleDecoder::packed(owner->bytes(), width, count);
}

// Takes one level stream off the front of a v1 page.
Result<RleDecoder> take_levels(std::span<const std::byte>& page, PageEncoding encoding,
                               uint32_t maximum, uint32_t count, MemoryBudget& budget,
                               BufferRef& owner) {
  if (maximum == 0) return RleDecoder::packed({}, 0, count);
  const unsigned width = level_width(maximum);
  if (encoding == PageEncoding::Rle) {
    uint32_t length;
    if (page.size() < 4) TRY(levels_cut_short());
    std::memcpy(&length, page.data(), 4);
    if (length > page.size() - 4) TRY(levels_cut_short());
    const RleDecoder decoder(page.subspan(4, length), width);
    page = page.subspan(4 + size_t{length});
    return decoder;
  }
  if (encoding == PageEncoding::BitPacked) {
    const uint64_t length = (uint64_t{count} * width + 7) / 8;
    if (length > page.size()) TRY(levels_cut_short());
    const auto bytes = page.first(length);
    page = page.subspan(length);
    return open_bit_packed(bytes, width, count, budget, owner);
  }
  return fail(ErrorCode::Corrupt, "levels in the encoding " + std::string(encoding_name(encoding)));
}

}  // namespace

Result<PageLevels> open_levels_v1(std::span<const std::byte> page, const PageHeader& header,
                                  uint32_t max_repetition, uint32_t max_definition,
                                  MemoryBudget& budget) {
  PageLevels levels;
  levels.repetition = TRY(take_levels(page, header.repetition_encoding, max_repetition,
                                      header.value_count, budget, levels.rewritten[0]));
  levels.definition = TRY(take_levels(page, header.definition_encoding, max_definition,
                                      header.value_count, budget, levels.rewritten[1]));
  levels.values = page;
  return levels;
}

Result<PageLevels> open_levels_v2(std::span<const std::byte> bytes,
                                  std::span<const std::byte> values, const PageHeader& header,
                                  uint32_t max_repetition, uint32_t max_definition) {
  const uint64_t total = uint64_t{header.repetition_length} + header.definition_length;
  if (total > bytes.size()) TRY(levels_cut_short());
  const auto open = [&](std::span<const std::byte> part, uint32_t maximum) {
    return maximum == 0 ? RleDecoder::packed({}, 0, header.value_count)
                        : RleDecoder(part, level_width(maximum));
  };
  PageLevels levels;
  levels.repetition = open(bytes.first(header.repetition_length), max_repetition);
  levels.definition =
      open(bytes.subspan(header.repetition_length, header.definition_length), max_definition);
  levels.values = values;
  return levels;
}

}  // namespace whittle::parquet
