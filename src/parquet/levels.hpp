// Where a data page's levels lie, and decoders for them: the front part of DataPage v1 and v2
// (parquet-format, README "Data Pages").
//
// Levels are at most 255, so one byte each. Views into the page; the rewritten copy of legacy
// BIT_PACKED levels is owned here.
#pragma once

#include <span>

#include "base/buffer.hpp"
#include "parquet/encodings/rle.hpp"
#include "parquet/metadata.hpp"

namespace whittle::parquet {

struct PageLevels {
  RleDecoder repetition, definition;  // constant 0 where the maximum is 0
  std::span<const std::byte> values;  // what follows the levels
  BufferRef rewritten[2];
};

/// `page` is the inflated page of v1.
Result<PageLevels> open_levels_v1(std::span<const std::byte> page, const PageHeader& header,
                                  uint32_t max_repetition, uint32_t max_definition,
                                  MemoryBudget& budget);
/// `levels` is the part of a v2 page that is never compressed, `values` the inflated rest.
Result<PageLevels> open_levels_v2(std::span<const std::byte> levels,
                                  std::span<const std::byte> values, const PageHeader& header,
                                  uint32_t max_repetition, uint32_t max_definition);

/// Bits that hold 0 … maximum.
unsigned level_width(uint32_t maximum);

}  // namespace whittle::parquet
