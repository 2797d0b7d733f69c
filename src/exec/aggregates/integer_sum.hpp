// Exact sums of integers, shared by sum and avg: 64 bits and a carry for anything up to 64 bits
// wide, so that the hot loop adds one word; 128 bits with a check for wider ones.
#pragma once

#include "base/int128.hpp"

namespace whittle::aggregates {

struct CarrySum {
  uint64_t low;
  int64_t high;
  void add(int64_t value) {
    const uint64_t before = low;
    low += static_cast<uint64_t>(value);
    high += (value >> 63) + (low < before);
  }
  void add(const CarrySum& other) {
    low += other.low;
    high += other.high + (low < other.low);
  }
  int128_t value() const {
    return static_cast<int128_t>(static_cast<uint128_t>(static_cast<uint64_t>(high)) << 64 | low);
  }
};

}  // namespace whittle::aggregates
