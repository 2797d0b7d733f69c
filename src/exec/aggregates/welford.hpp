// Welford's running mean and sum of squared differences, and the merge of two of them.
#pragma once

#include <cstdint>

namespace whittle::aggregates {

struct Welford {
  uint64_t count;
  double mean, squares;
  void add(double value) {
    ++count;
    const double before = value - mean;
    mean += before / static_cast<double>(count);
    squares += (value - mean) * before;
  }
  void merge(const Welford& from) {
    if (from.count == 0) return;
    if (count == 0) {
      *this = from;
      return;
    }
    const double a = static_cast<double>(count), b = static_cast<double>(from.count);
    const double delta = from.mean - mean;
    mean = (b * from.mean + a * mean) / (a + b);
    squares += from.squares + delta * delta * b * a / (a + b);
    count += from.count;
  }
  double variance() const { return count > 1 ? squares / static_cast<double>(count) : 0; }
};

}  // namespace whittle::aggregates
