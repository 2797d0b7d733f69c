// Planning is pure: which ranges share a request, and how large ones are cut. See range_engine.hpp.
#include <algorithm>
#include <numeric>

#include "io/range_engine.hpp"

namespace whittle {

namespace {

// Grows `block` by `next` (which does not begin before it) if the rules allow.
bool try_join(PlannedBlock& block, uint64_t& needed, ByteRange next, uint64_t gap,
              uint64_t max_block) {
  const uint64_t end = block.range.end();
  const uint64_t new_end = std::max(end, next.end());
  const uint64_t new_length = new_end - block.range.offset;
  const uint64_t added = next.end() > end ? next.end() - std::max(end, next.offset) : 0;
  const bool overlaps = next.offset < end;
  if (!overlaps) {
    if (new_length > max_block || next.offset - end > gap) return false;
    // needed + added <= new_length, so neither side overflows.
    if (new_length / 2 > needed + added) return false;
  }
  block.range.length = new_length;
  needed += added;
  return true;
}

}  // namespace

std::vector<PlannedBlock> plan_blocks(std::span<const ByteRange> ranges, uint64_t gap,
                                      uint64_t max_block) {
  std::vector<uint32_t> order(ranges.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return ranges[a].offset < ranges[b].offset; });
  std::vector<PlannedBlock> blocks;
  uint64_t needed = 0;
  for (uint32_t index : order) {
    const ByteRange range = ranges[index];
    if (blocks.empty() || !try_join(blocks.back(), needed, range, gap, max_block)) {
      blocks.push_back({range, {}});
      needed = range.length;
    }
    blocks.back().members.push_back(index);
  }
  // Who was asked for first is fetched first.
  const auto first_member = [](const PlannedBlock& block) {
    return *std::min_element(block.members.begin(), block.members.end());
  };
  std::sort(blocks.begin(), blocks.end(), [&](const PlannedBlock& a, const PlannedBlock& b) {
    return first_member(a) < first_member(b);
  });
  return blocks;
}

std::vector<ByteRange> split_block(ByteRange block, uint64_t max_request) {
  std::vector<ByteRange> pieces;
  if (block.empty()) return pieces;
  // Cut pieces are half the limit: a range just above it becomes three requests in parallel, not
  // two.
  const uint64_t target =
      block.length <= max_request ? block.length : std::max<uint64_t>(max_request / 2, 1);
  const uint64_t count = (block.length - 1) / target + 1;
  const uint64_t share = block.length / count, larger = block.length % count;
  uint64_t offset = block.offset;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t length = share + (i < larger ? 1 : 0);
    pieces.push_back({offset, length});
    offset += length;
  }
  return pieces;
}

}  // namespace whittle
